"""Neovim and Emacs with the lines of the docs: what they underline, offer, format and jump to."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.editors.conftest import TABLE, missing, program

HERE = Path(__file__).parent


def driven(words: list[str], project: Path, command: str) -> Any:
    """Run an editor over a project, and return what it wrote down."""
    result = project.parent / "result.json"
    home = project.parent / "home"
    home.mkdir()
    environment = os.environ | {"MDTABLES": command, "RESULT": str(result), "HOME": str(home)}
    ran = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert result.exists(), ran.stdout + ran.stderr
    return json.loads(result.read_text(encoding="utf-8"))


def test_neovim_underlines_offers_formats_and_jumps(project: Path, command: str) -> None:
    words = [program("nvim"), "--headless", "--clean", "-c", f"luafile {HERE / 'neovim.lua'}"]
    found = driven(words, project, command)
    assert found["diagnostics"] == ["stale"]
    assert found["actions"][0] == "Regenerate this table"
    assert TABLE in found["text"]
    assert found["left"] == 0
    assert found["definition"]["uri"] == (project / "data/tools.csv").as_uri()
    assert found["definition"]["range"]["start"] == {"line": 1, "character": 5}


def test_emacs_underlines_offers_formats_and_jumps(project: Path, command: str) -> None:
    emacs = program("emacs")
    has_eglot = [emacs, "-q", "--batch", "--eval", "(require 'eglot)"]
    if subprocess.run(has_eglot, capture_output=True, check=False).returncode:
        missing("eglot")
    found = driven([emacs, "-q", "--batch", "-l", str(HERE / "emacs.el")], project, command)
    assert len(found["diagnostics"]) == 1
    assert "stale" in found["diagnostics"][0]
    assert found["actions"][0] == "Regenerate this table"
    assert TABLE in found["text"]
    assert found["definition"] == "tools.csv:2:5"
