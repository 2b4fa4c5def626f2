"""What an editor tells of its texts, and asks about them -> answers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from mdtables.model.errors import MdtablesError
from mdtables.server import actions
from mdtables.server.cells import region_at
from mdtables.server.completion import completions, connections
from mdtables.server.edits import TextEdit, edits_to
from mdtables.server.hover import hover
from mdtables.server.messages import CHANGED, FAILED, UNKNOWN_METHOD, ProtocolError
from mdtables.server.navigation import definition, folds, lenses, links, references, symbols
from mdtables.server.open_texts import OpenText, path_of
from mdtables.server.problems import Problem, problems
from mdtables.server.workspace import Workspace
from mdtables.workspace.discover import CONFIGURATION_NAMES

Params = Any

_LOOK_AFTER = 0.5  # seconds


class Connection(Protocol):
    """What takes messages to the editor."""

    def notify(self, method: str, params: Params) -> None: ...

    def ask(self, method: str, params: Params) -> None: ...

    def can(self, *names: str) -> bool: ...


class Editor:
    """The texts of one editor, and the diagnostics that were published for them."""

    def __init__(self, connection: Connection, encoding: Any, folders: Sequence[str]) -> None:
        self._connection = connection
        self.workspace = Workspace(encoding)
        self.workspace.folders = [path for path in map(path_of, folders) if path]
        self._looked = time.monotonic()
        self._waiting = False  # diagnostics have to be published
        self._published: dict[str, dict[str, list[Problem]]] = {}  # by document, then by the URI of what they are in

    def call(self, method: str, params: Params, *, is_request: bool) -> Any:
        """Return the answer to a request, None to a notification. Raise ProtocolError, or what wrong params lead to."""
        handler = (_REQUESTS if is_request else _NOTIFICATIONS).get(method)
        if handler is None:
            raise ProtocolError(UNKNOWN_METHOD, f"there is no {method}")
        if is_request and time.monotonic() - self._looked > _LOOK_AFTER:
            self.look()
        try:
            return handler(self, params)
        except MdtablesError as error:
            raise ProtocolError(FAILED, error.diagnostics[0].message) from None

    # --- texts ------------------------------------------------------------------------------------------------------

    def _did_open(self, params: Params) -> None:
        text = params["textDocument"]
        self.workspace.open(text["uri"], str(text.get("languageId") or ""), int(text.get("version") or 0), text["text"])
        self._waiting = True

    def _did_change(self, params: Params) -> None:
        text = params["textDocument"]
        self.workspace.change(text["uri"], int(text.get("version") or 0), params["contentChanges"])
        self._waiting = True

    def _did_save(self, params: Params) -> None:
        self.workspace.saved(params["textDocument"]["uri"])
        self._waiting = True

    def _did_close(self, params: Params) -> None:
        self.workspace.close(params["textDocument"]["uri"])
        self._waiting = True

    def _files_changed(self, _: Params) -> None:
        self.workspace.forget()
        self._waiting = True

    def _folders_changed(self, params: Params) -> None:
        event = params["event"]
        gone = {path_of(each["uri"]) for each in event.get("removed") or ()}
        added = [path_of(each["uri"]) for each in event.get("added") or ()]
        folders = [folder for folder in self.workspace.folders if folder not in gone]
        self.workspace.folders = [*folders, *(folder for folder in added if folder)]
        self._files_changed(params)

    # --- diagnostics ------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look whether the disk changed below an open document, for editors that do not watch files."""
        self._looked = time.monotonic()
        if self.workspace.has_changed():
            self._waiting = True

    def publish(self) -> None:
        """Publish the diagnostics of open documents, where they differ from those that were published."""
        if not self._waiting:
            return
        self._waiting = False
        before = _together(self._published)
        self._published = {text.uri: self._problems(text) for text in self.workspace.documents()}
        after = _together(self._published)
        for uri in dict.fromkeys([*after, *before]):
            if after.get(uri) != before.get(uri):
                text = self.workspace.texts.get(uri)
                version = {"version": text.version} if text else {}
                params = {"uri": uri, "diagnostics": after.get(uri, []), **version}
                self._connection.notify("textDocument/publishDiagnostics", params)
        if before != after and self._connection.can("workspace", "codeLens", "refreshSupport"):
            self._connection.ask("workspace/codeLens/refresh", None)

    def _problems(self, text: OpenText) -> dict[str, list[Problem]]:
        try:
            return problems(text, self.workspace.outcome(text), self.workspace)
        except Exception as error:  # a bug in one document must not hide the problems of others
            reason = f"mdtables: {text.uri}: {type(error).__name__}: {error}"
            self._connection.notify("window/logMessage", {"type": 1, "message": reason})
            return {text.uri: []}

    # --- requests ---------------------------------------------------------------------------------------------------

    def _document(self, params: Params) -> OpenText | None:
        """Return the open document that a request is about, None for what is none. Raise KeyError."""
        uri = params["textDocument"]["uri"]
        return self.workspace.texts[uri] if self.workspace.is_document(uri) else None

    def _place(self, params: Params) -> tuple[OpenText | None, int]:
        text = self._document(params)
        return text, text.positions.offset(params["position"]) if text else 0

    def _actions(self, params: Params) -> list[Any]:
        text = self._document(params)
        if text is None:
            return []
        outcome, range_ = self.workspace.outcome(text), params["range"]
        context = params.get("context") or {}
        only = context.get("only")
        published = [each for each in context.get("diagnostics") or () if each.get("source") == "mdtables"]
        found: list[Any] = []
        first, last = (range_[name]["line"] + 1 for name in ("start", "end"))
        for diagnostic in outcome.diagnostics:
            place = text.positions.of(diagnostic.at)
            if place["start"]["line"] < last and first <= place["end"]["line"] + 1:
                own = [each for each in published if each["range"] == place]
                for title, edit in actions.corrections(text, diagnostic):
                    found.append({"title": title, "kind": "quickfix", "diagnostics": own, "edit": edit})
        available = actions.actions_at(text, outcome, first, last)
        found += [self._as_action(action, text, published) for action in available]
        return [each for each in found if not only or any(_is_kind(each["kind"], kind) for kind in only)]

    def _as_action(self, action: actions.Action, text: OpenText, published: Sequence[Any]) -> Any:
        made: dict[str, Any] = {"title": action.title, "kind": action.kind}
        made["diagnostics"] = [each for each in published if each.get("code") in action.problems]
        if action.is_preferred:
            made["isPreferred"] = True
        if self._connection.can("textDocument", "codeAction", "resolveSupport"):
            place = {"uri": text.uri, "version": text.version}
            made["data"] = {**place, "command": action.command, "number": action.number}
        else:
            arguments = [text.uri, action.number, text.version]
            made["command"] = {"title": action.title, "command": action.command, "arguments": arguments}
        return made

    def _resolve_action(self, params: Params) -> Any:
        data = params.get("data")
        if not isinstance(data, dict):
            return params
        edit = self._edit(data["command"], data["uri"], int(data["number"]), data.get("version"))
        return params | {"edit": edit}

    def _execute(self, params: Params) -> None:
        command, arguments = params["command"], [*(params.get("arguments") or []), None, None]
        edit = self._edit(command, arguments[0], int(arguments[1] or 0), arguments[2])
        self._connection.ask("workspace/applyEdit", {"label": command, "edit": edit})

    def _edit(self, command: str, uri: str, number: int, version: object) -> Any:
        """Return the edits of a command. Its number is that of a region in one version of the document."""
        text = self.workspace.texts[uri]
        if version != text.version and not (version is None and command == "mdtables.regenerateAll"):
            raise ProtocolError(CHANGED, "the document has changed since: ask again")
        return actions.edit_for(command, number, text, self.workspace)

    def _format(self, params: Params) -> list[TextEdit] | None:
        text = self._document(params)
        return edits_to(text, self._new(text)) if text else None

    def _new(self, text: OpenText) -> str:
        """Return the text of a document with everything regenerated; the same while it has an error."""
        return self.workspace.outcome(text).new

    def _format_range(self, params: Params) -> list[TextEdit] | None:
        """Return the edits of regions that a range touches."""
        text = self._document(params)
        if text is None:
            return None
        first, last = (params["range"][name]["line"] + 1 for name in ("start", "end"))
        touched = [
            index
            for index, region in enumerate(text.document.regions)
            if region.start.place.line <= last and first <= region.end.place.line
        ]
        return self._edits_of(text, touched)

    def _format_on_type(self, params: Params) -> list[TextEdit] | None:
        """Return the edits that align the hand-written table that is typed in; generated ones are left alone."""
        text, offset = self._place(params)
        if text is None:
            return None
        index = region_at(text.document, offset)
        regions = self.workspace.outcome(text).regions
        if index is None or index >= len(regions) or regions[index].options.source:
            return None
        return self._edits_of(text, [index])

    def _edits_of(self, text: OpenText, indexes: Sequence[int]) -> list[TextEdit]:
        try:
            return edits_to(text, actions.with_regions(text, indexes, self.workspace)) if indexes else []
        except ProtocolError:  # with an error in one of them, the document stays as it is
            return []

    def _definition(self, params: Params) -> list[Any]:
        text, offset = self._place(params)
        return definition(text, self.workspace.outcome(text), offset, self.workspace) if text else []

    def _references(self, params: Params) -> list[Any]:
        uri = params["textDocument"]["uri"]
        text, offset = self._place(params)
        if text is None:
            return references(path_of(uri), self.workspace)
        found = definition(text, self.workspace.outcome(text), offset, self.workspace)
        paths = dict.fromkeys(path_of(each["uri"]) for each in found)
        return [each for path in paths for each in references(path, self.workspace)]

    def _hover(self, params: Params) -> Any:
        text, offset = self._place(params)
        return hover(text, self.workspace.outcome(text), offset, self.workspace) if text else None

    def _completion(self, params: Params) -> Any:
        text, offset = self._place(params)
        if text:
            return {"isIncomplete": False, "items": completions(text, offset, self.workspace)}
        other = self.workspace.texts[params["textDocument"]["uri"]]
        is_configuration = os.path.basename(other.path) in CONFIGURATION_NAMES
        items = connections(other, other.positions.offset(params["position"])) if is_configuration else []
        return {"isIncomplete": False, "items": items}

    def _links(self, params: Params) -> list[Any]:
        text = self._document(params)
        return list(links(text, self.workspace)) if text else []

    def _symbols(self, params: Params) -> list[Any]:
        text = self._document(params)
        return list(symbols(text, self.workspace.outcome(text))) if text else []

    def _folds(self, params: Params) -> list[Any]:
        text = self._document(params)
        return list(folds(text)) if text else []

    def _lenses(self, params: Params) -> list[Any]:
        text = self._document(params)
        return list(lenses(text, self.workspace.outcome(text))) if text else []


def _together(published: Mapping[str, Mapping[str, list[Problem]]]) -> dict[str, list[Problem]]:
    """Return the diagnostics of all documents by the URI of what they are in, each once."""
    found: dict[str, list[Problem]] = {}
    for own in published.values():
        for uri, some in own.items():
            known = found.setdefault(uri, [])
            known += [each for each in some if each not in known]
    return found


def _is_kind(kind: str, wanted: str) -> bool:
    return kind == wanted or kind.startswith(f"{wanted}.")


_REQUESTS: Mapping[str, Callable[[Editor, Params], Any]] = {
    "codeAction/resolve": Editor._resolve_action,
    "textDocument/codeAction": Editor._actions,
    "textDocument/codeLens": Editor._lenses,
    "textDocument/completion": Editor._completion,
    "textDocument/definition": Editor._definition,
    "textDocument/documentLink": Editor._links,
    "textDocument/documentSymbol": Editor._symbols,
    "textDocument/foldingRange": Editor._folds,
    "textDocument/formatting": Editor._format,
    "textDocument/hover": Editor._hover,
    "textDocument/onTypeFormatting": Editor._format_on_type,
    "textDocument/rangeFormatting": Editor._format_range,
    "textDocument/references": Editor._references,
    "workspace/executeCommand": Editor._execute,
}
_NOTIFICATIONS: Mapping[str, Callable[[Editor, Params], Any]] = {
    "textDocument/didChange": Editor._did_change,
    "textDocument/didClose": Editor._did_close,
    "textDocument/didOpen": Editor._did_open,
    "textDocument/didSave": Editor._did_save,
    "workspace/didChangeConfiguration": Editor._files_changed,
    "workspace/didChangeWatchedFiles": Editor._files_changed,
    "workspace/didChangeWorkspaceFolders": Editor._folders_changed,
}
