"""An editor for tests: it talks to the server in a process of its own, as a real one does, and keeps what it hears."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Empty, Queue
from typing import Any

CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {"codeAction": {"resolveSupport": {"properties": ["edit"]}}},
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}},
}


class Client:
    """One connection. `diagnostics` are the last ones of each URI, `asked` the requests of the server."""

    def __init__(self, folder: Path, capabilities: dict[str, Any] | None = None, *, initialize: bool = True) -> None:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "mdtables", "server"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment)
        self.folder = folder
        self.diagnostics: dict[str, list[Any]] = {}
        self.asked: list[Any] = []
        self.logged: list[str] = []
        self._answers: dict[object, Any] = {}
        self._number = 0
        self._versions: dict[str, int] = {}
        self._messages: Queue[Any] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if initialize:
            uri = folder.as_uri()
            folders = [{"uri": uri, "name": "x"}]
            wanted = CAPABILITIES if capabilities is None else capabilities
            self.server = self.request(
                "initialize", {"processId": None, "rootUri": uri, "capabilities": wanted, "workspaceFolders": folders}
            )
            self.notify("initialized", {})

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream
        while line := stream.readline():
            length = int(line.split(b":")[1])
            assert stream.readline() == b"\r\n"
            self._messages.put(json.loads(stream.read(length)))
        self._messages.put(None)

    def send_raw(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: Any) -> None:
        body = json.dumps(message).encode()
        self.send_raw(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def notify(self, method: str, params: Any) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        """Send a request, and return its identity."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def request(self, method: str, params: Any) -> Any:
        """Return the result of a request. Raise AssertionError for an error."""
        answer = self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def answer(self, identity: object) -> Any:
        """Wait for the answer to a request."""
        while identity not in self._answers:
            self._take(30)
        return self._answers.pop(identity)

    def _take(self, seconds: float) -> None:
        message = self._messages.get(timeout=seconds)
        assert message is not None, "the server ended"
        if "method" not in message:
            self._answers[message["id"]] = message
        elif "id" in message:
            self.asked.append(message)
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif message["method"] == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        else:
            self.logged.append(message["params"]["message"])

    def settle(self) -> None:
        """Wait until everything that was sent is answered, and what follows from it is told."""
        self.answer(self.ask("workspace/symbol", {}))
        self.wait(0.1)

    def wait(self, seconds: float) -> None:
        """Take what comes until nothing came for so long."""
        while True:
            try:
                self._take(seconds)
            except Empty:
                return

    def until(self, condition: Any, seconds: float = 20) -> None:
        """Take what comes until a condition is true."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s"
            try:
                self._take(0.05)
            except Empty:
                continue

    # --- texts ------------------------------------------------------------------------------------------------------

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, language: str = "markdown") -> str:
        """Open a file of the folder, and return its URI."""
        uri, text = self.uri(name), (self.folder / name).read_bytes().decode()
        self._versions[uri] = 1
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, *changes: Any) -> None:
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    def codes(self, uri: str) -> list[str]:
        """Return the codes of a text's diagnostics, once these are up to date."""
        self.settle()
        return [each["code"] for each in self.diagnostics.get(uri, [])]

    def at(self, uri: str, line: int, character: int, **more: Any) -> Any:
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}, **more}

    def close(self) -> int:
        """End the connection as the protocol has it, and return the exit status."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.end()

    def end(self) -> int:
        """Close all streams, and return the exit status."""
        assert self.process.stdin
        self.process.stdin.close()
        status = self.process.wait(20)
        self._reader.join(20)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()
        return status


def applied(text: str, edits: list[Any]) -> str:
    """Return a text of characters in the basic plane with the edits of the protocol."""
    lines = [*text.splitlines(keepends=True), ""]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(position: Any) -> int:
        line, character = int(position["line"]), int(position["character"])
        return min(starts[min(line, len(lines))] + character, len(text))

    spans = sorted((offset(each["range"]["start"]), offset(each["range"]["end"]), each["newText"]) for each in edits)
    for start, end, new in reversed(spans):
        text = text[:start] + new + text[end:]
    return text
