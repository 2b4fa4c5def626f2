"""Helix in a terminal, with the lines of the docs: what it shows, formats and jumps to."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.conftest import TABLE, program


class Terminal:
    """A program in tmux: keys go in, what is on the screen comes out."""

    def __init__(self, words: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._tmux = [program("tmux"), "-L", f"mdtables-{os.getpid()}"]
        settings = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
        size = ["-x", "120", "-y", "30", "-c", str(folder)]
        subprocess.run([*self._tmux, "new-session", "-d", *size, *settings, shlex.join(words)], check=True)

    def keys(self, *keys: str) -> None:
        subprocess.run([*self._tmux, "send-keys", *keys], check=True)

    def until(self, text: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while text not in (screen := self.screen()):
            assert time.monotonic() < end, screen
            time.sleep(0.2)

    def screen(self) -> str:
        command = [*self._tmux, "capture-pane", "-p"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def end(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def helix(project: Path, command: str) -> Iterator[Terminal]:
    home = project.parent / "home"
    settings = home / ".config/helix/languages.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        f'[language-server.mdtables]\ncommand = "{command}"\nargs = ["server"]\n\n'
        '[[language]]\nname = "markdown"\nlanguage-servers = ["mdtables"]\nauto-format = true\n'
    )
    environment = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
    terminal = Terminal([program("hx"), "a.md"], project, environment)
    yield terminal
    terminal.end()


def test_helix_shows_formats_and_jumps(helix: Terminal, project: Path) -> None:
    helix.until("this table is stale")
    helix.keys(":w", "Enter")  # formats
    helix.until("| Black  | 39000 | format |")
    end = time.monotonic() + 20
    while TABLE not in (project / "a.md").read_text():
        assert time.monotonic() < end
        time.sleep(0.1)
    helix.keys("/31000", "Enter")
    helix.keys("gd")
    helix.until("data/tools.csv")
    helix.until("2:6")
