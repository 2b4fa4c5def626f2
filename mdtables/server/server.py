"""The life of a connection: what may be asked when, and who answers. One message at a time; knows no streams.

Until a text is opened, nothing is imported that knows Markdown, so that an editor need not wait when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mdtables import __version__
from mdtables.server.messages import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    NOT_INITIALIZED,
    UNKNOWN_METHOD,
    Message,
    ProtocolError,
)
from mdtables.sources import DOCUMENTS, FORMATS, QUERY

if TYPE_CHECKING:
    from mdtables.server.editor import Editor

Params = Any

ENCODINGS = ("utf-8", "utf-16", "utf-32")
COMMANDS = [f"mdtables.{name}" for name in ("regenerate", "regenerateAll", "letSourceWin", "pull", "extract")]
_WATCHED = f"**/*{{{','.join((*DOCUMENTS, *FORMATS, QUERY))}}}"
_IGNORED = ("$/cancelRequest", "$/setTrace", "$/progress")


class Server:
    """The state of one connection. `send` takes messages to the editor; `exit_status` is set when it has to end."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send = send
        self.exit_status: int | None = None
        self._state = "new"  # then "open", then "shut down"
        self._capabilities: dict[str, Any] = {}
        self._encoding, self._folders = "utf-16", list[str]()
        self._opened: Editor | None = None
        self._asked = 0

    def handle(self, message: Message) -> None:
        """Answer a message. A mistake in it, and a fault in here, is an error for the editor and ends nothing."""
        method, is_request = message.get("method"), "id" in message
        if method is None and is_request:
            return  # an answer to a request of ours
        try:
            if not isinstance(method, str):
                raise ProtocolError(INVALID_REQUEST, "a message without a method")
            result = self._call(method, message.get("params"), is_request=is_request)
        except OSError:
            raise
        except ProtocolError as error:
            self._fail(message, error.code, error.message)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            self._fail(message, INVALID_PARAMS, f"{method}: {type(error).__name__}: {error}")
        except Exception as error:  # a bug: the next message may be answered
            self._fail(message, INTERNAL_ERROR, f"{method}: {type(error).__name__}: {error}")
        else:
            if is_request:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _fail(self, message: Message, code: int, reason: str) -> None:
        if "id" in message:
            self._send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": reason}})
        elif code not in (UNKNOWN_METHOD, NOT_INITIALIZED):
            self.notify("window/logMessage", {"type": 1, "message": f"mdtables: {reason}"})

    def _call(self, method: str, params: Params, *, is_request: bool) -> Any:
        if method == "exit":
            self.exit_status = 0 if self._state == "shut down" else 1
            return None
        if self._state == "new" and method != "initialize":
            raise ProtocolError(NOT_INITIALIZED, "initialize comes first")
        if self._state == "shut down" or (self._state == "open" and method == "initialize"):
            raise ProtocolError(INVALID_REQUEST, f"{method} at this time")
        if own := _OWN.get((method, is_request)):
            return own(self, params)
        if not is_request and method in _IGNORED:
            return None
        return self._editor().call(method, params, is_request=is_request)

    def _editor(self) -> Editor:
        if self._opened is None:
            from mdtables.server.editor import Editor  # it knows Markdown

            self._opened = Editor(self, self._encoding, self._folders)
        return self._opened

    def publish(self) -> None:
        """Publish the diagnostics that changed."""
        if self._opened and self._state == "open":
            self._opened.publish()

    def look(self) -> None:
        """Look whether the disk changed below an open document, for editors that do not watch files."""
        if self._opened and self._state == "open":
            self._opened.look()

    # --- to the editor ----------------------------------------------------------------------------------------------

    def notify(self, method: str, params: Params) -> None:
        """Tell the editor something."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Params) -> None:
        """Ask the editor to do something, whose answer does not matter."""
        self._asked += 1
        self._send({"jsonrpc": "2.0", "id": f"mdtables-{self._asked}", "method": method, "params": params})

    def can(self, *names: str) -> bool:
        """Return True if the editor has a capability."""
        found: Any = self._capabilities
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return bool(found)

    # --- the life of a connection -----------------------------------------------------------------------------------

    def _initialize(self, params: Params) -> Any:
        self._capabilities = params.get("capabilities") or {}
        offered = (self._capabilities.get("general") or {}).get("positionEncodings") or []
        self._encoding = next((each for each in offered if each in ENCODINGS), "utf-16")
        folders = [each["uri"] for each in params.get("workspaceFolders") or ()]
        self._folders = folders or [each for each in [params.get("rootUri")] if each]
        self._state = "open"
        return {"capabilities": self._own_capabilities(), "serverInfo": {"name": "mdtables", "version": __version__}}

    def _own_capabilities(self) -> dict[str, Any]:
        kinds = ["quickfix", "refactor.extract", "source.fixAll.mdtables"]
        return {
            "positionEncoding": self._encoding,
            "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
            "codeActionProvider": {"codeActionKinds": kinds, "resolveProvider": True},
            "codeLensProvider": {"resolveProvider": False},
            "completionProvider": {"triggerCharacters": list('"=/#,{@ -')},
            "definitionProvider": True,
            "documentFormattingProvider": True,
            "documentOnTypeFormattingProvider": {"firstTriggerCharacter": "\n", "moreTriggerCharacter": ["|"]},
            "documentLinkProvider": {"resolveProvider": False},
            "documentRangeFormattingProvider": True,
            "documentSymbolProvider": True,
            "executeCommandProvider": {"commands": COMMANDS},
            "foldingRangeProvider": True,
            "hoverProvider": True,
            "referencesProvider": True,
            "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
        }

    def _initialized(self, _: Params) -> None:
        if self.can("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
            method, watchers = "workspace/didChangeWatchedFiles", [{"globPattern": _WATCHED}]
            registration = {"id": "mdtables-files", "method": method, "registerOptions": {"watchers": watchers}}
            self.ask("client/registerCapability", {"registrations": [registration]})

    def _shutdown(self, _: Params) -> None:
        self._state = "shut down"


_OWN: dict[tuple[str, bool], Callable[[Server, Params], Any]] = {
    ("initialize", True): Server._initialize,
    ("initialized", False): Server._initialized,
    ("shutdown", True): Server._shutdown,
}
