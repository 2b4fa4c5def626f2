"""How long an editor waits for the language server, and how much memory that takes; beside a Python that does nothing.

    python benchmarks/server.py [--rounds 5] [--against 'COMMAND']

The document has 100 KB and 20 regions. `--against` names another server, to which the same is said: that of rumdl, or
one of pygls.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

REGION = '<!-- TABLE_GENERATE_START source="d.csv" -->\n<!-- TABLE_GENERATE_END -->\n\n'
TEXT = "Some words of a paragraph, which is not a table, again and again.\n" * 75 + "\n"


class Talk:
    """One connection with a server."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)

    def send(self, method: str, params: Any, identity: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if identity is None else message | {"id": identity}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def until(self, wanted: Any) -> None:
        """Read until a message is as wanted."""
        stream = self.process.stdout
        assert stream
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length"):
                    length = int(line.split(b":")[1])
            if wanted(json.loads(stream.read(length))):
                return

    def resident(self) -> float:
        """Return megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def is_diagnostics(message: Any) -> bool:
    return bool(message.get("method") == "textDocument/publishDiagnostics")


def measure(command: list[str], folder: Path) -> tuple[float, float, float, float]:
    """Return seconds to initialize, to the first diagnostics, from an edit to its diagnostics; and megabytes."""
    text, uri = (folder / "a.md").read_text(encoding="utf-8"), (folder / "a.md").as_uri()
    talk = Talk(command, folder)
    folders = [{"uri": folder.as_uri(), "name": "x"}]
    root = folder.as_uri()
    talk.send("initialize", {"processId": None, "rootUri": root, "capabilities": {}, "workspaceFolders": folders}, 1)
    talk.until(lambda message: message.get("id") == 1)
    started = time.perf_counter() - talk.began
    talk.send("initialized", {})
    document = {"uri": uri, "languageId": "markdown", "version": 1, "text": text}
    talk.send("textDocument/didOpen", {"textDocument": document})
    talk.until(is_diagnostics)
    first = time.perf_counter() - talk.began
    times = []
    for version in range(2, 22):
        at = {"line": 0, "character": 0}
        new = f'<!-- TABLE_GENERATE_START source="d.csv" colums="{version}" -->\n<!-- TABLE_GENERATE_END -->\n'
        change = {"range": {"start": at, "end": at}, "text": new}
        begin = time.perf_counter()
        document = {"uri": uri, "version": version}
        talk.send("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        talk.until(is_diagnostics)
        times.append(time.perf_counter() - begin)
    memory = talk.resident()
    talk.send("shutdown", None, 99)
    talk.until(lambda message: message.get("id") == 99)
    talk.send("exit", None)
    talk.process.wait(10)
    return started, first, statistics.median(times), memory


def main() -> None:
    """Print a line for each server: medians of all rounds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", action="append", default=[])
    arguments = parser.parse_args()
    commands = {"mdtables": [sys.executable, "-m", "mdtables", "server"]}
    commands |= {command: shlex.split(command) for command in arguments.against}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "d.csv").write_text("name,stars\n" + "".join(f"n{n},{n}\n" for n in range(20)), encoding="utf-8")
        (folder / "a.md").write_text((TEXT + REGION) * 20, encoding="utf-8")
        subprocess.run([sys.executable, "-m", "mdtables", "fix", "-q", "a.md"], cwd=folder, check=True)
        found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in commands}
        nothing = []
        for _ in range(arguments.rounds):
            begin = time.perf_counter()
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            nothing.append(time.perf_counter() - begin)
            for each, command in commands.items():
                found[each].append(measure(command, folder))
    print(f"python -c pass  {statistics.median(nothing) * 1000:.0f} ms")
    for each, rounds in found.items():
        started, first, edit, memory = map(statistics.median, zip(*rounds, strict=True))
        line = f"initialize {started * 1000:.0f} ms, first diagnostics {first * 1000:.0f} ms, edit {edit * 1000:.1f} ms"
        print(f"{each}  {line}, {memory:.0f} MB")


main()
