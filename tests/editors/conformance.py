"""An editor that reads every answer by the definition of the protocol: run where pytest-lsp is installed, for

    python conformance.py EDITOR PYTHON FOLDER

PYTHON is the one that has mdtables, EDITOR the one whose capabilities are claimed.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest_lsp
from lsprotocol import types


async def talk(editor: str, server: str, project: Path) -> None:
    """Raise an exception for an answer that the protocol does not have."""
    capabilities = pytest_lsp.client_capabilities(editor)
    client: Any = pytest_lsp.make_test_lsp_client()
    await client.start_io(server, "-m", "mdtables", "server", cwd=str(project))
    root, uri = project.as_uri(), (project / "a.md").as_uri()
    folders = [types.WorkspaceFolder(root, "x")]
    started = types.InitializeParams(capabilities=capabilities, root_uri=root, workspace_folders=folders)
    result = await client.initialize_session(started)
    assert result.server_info.name == "mdtables"
    item = types.TextDocumentItem(uri, "markdown", 1, (project / "a.md").read_text())
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    for _ in range(200):
        if uri in client.diagnostics:
            break
        await asyncio.sleep(0.1)
    assert [each.code for each in client.diagnostics[uri]] == ["stale"]
    document, place = types.TextDocumentIdentifier(uri), types.Position(2, 46)
    span = types.Range(types.Position(2, 0), types.Position(2, 1))
    context = types.CodeActionContext(diagnostics=client.diagnostics[uri])
    actions = await client.text_document_code_action_async(types.CodeActionParams(document, span, context))
    assert actions[0].title == "Regenerate this table"
    if getattr(actions[0], "data", None):  # else it is a command, for an editor that resolves nothing
        assert (await client.code_action_resolve_async(actions[0])).edit
    for ask, params in (
        (client.text_document_hover_async, types.HoverParams(document, place)),
        (client.text_document_completion_async, types.CompletionParams(document, types.Position(2, 52))),
        (client.text_document_definition_async, types.DefinitionParams(document, place)),
        (client.text_document_references_async, types.ReferenceParams(types.ReferenceContext(True), document, place)),
        (client.text_document_document_symbol_async, types.DocumentSymbolParams(document)),
        (client.text_document_document_link_async, types.DocumentLinkParams(document)),
        (client.text_document_folding_range_async, types.FoldingRangeParams(document)),
        (client.text_document_code_lens_async, types.CodeLensParams(document)),
        (
            client.text_document_formatting_async,
            types.DocumentFormattingParams(document, types.FormattingOptions(2, True)),
        ),
    ):
        assert await ask(params)
    await client.shutdown_session()
    await client.stop()
    assert not client.error


asyncio.run(talk(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
