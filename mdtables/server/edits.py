"""Edits of texts in the form of the protocol, for one text or for several files together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mdtables.server.messages import FAILED, ProtocolError
from mdtables.server.open_texts import OpenText, uri_of
from mdtables.server.positions import Positions, edits_between
from mdtables.server.workspace import Workspace
from mdtables.text.edits import Edit

TextEdit = dict[str, Any]
WorkspaceEdit = dict[str, Any]


def text_edits(positions: Positions, edits: Iterable[Edit]) -> list[TextEdit]:
    """Return edits of a text."""
    return [{"range": positions.range(start, end), "newText": new} for start, end, new in edits]


def edits_to(text: OpenText, new: str) -> list[TextEdit]:
    """Return the smallest edits, line by line, that turn an open text into another."""
    return text_edits(text.positions, edits_between(text.text, new))


def changing(text: OpenText, edits: list[TextEdit]) -> WorkspaceEdit:
    """Return edits of one open text, which apply to this version of it."""
    document = {"uri": text.uri, "version": text.version}
    return {"documentChanges": [{"textDocument": document, "edits": edits}]}


def together(
    workspace: Workspace, text: OpenText, changed: Mapping[str, tuple[str, str]], created: Mapping[str, str]
) -> WorkspaceEdit:
    """Return edits of files, by their real paths: from one text to another; and of files that are created.

    Those of the file that is open as `text` are for that. Raise ProtocolError if a file is open with another text.
    """
    changes: list[dict[str, Any]] = []
    for path, content in created.items():
        uri = uri_of(path)
        changes.append({"kind": "create", "uri": uri, "options": {"overwrite": False, "ignoreIfExists": False}})
        start = {"line": 0, "character": 0}
        edit = {"range": {"start": start, "end": start}, "newText": content}
        changes.append({"textDocument": {"uri": uri, "version": None}, "edits": [edit]})
    for path, (old, new) in changed.items():
        buffers = [text] if path == text.real else [each for each in workspace.texts.values() if each.real == path]
        if any(each.text != old for each in buffers):
            raise ProtocolError(FAILED, f"{path} is open with another text than the one that was read: save it")
        uri, version = (buffers[0].uri, buffers[0].version) if buffers else (uri_of(path), None)
        edits = text_edits(Positions(old, workspace.encoding), edits_between(old, new))
        changes.append({"textDocument": {"uri": uri, "version": version}, "edits": edits})
    return {"documentChanges": changes}
