"""The server as pytest-lsp sees it, which reads every answer by the definition of the protocol, as editors would.

It is in an environment of its own, since it brings plugins for pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.editors.conftest import PROGRAMS, missing

HERE = Path(__file__).parent


@pytest.mark.parametrize("editor", ["visual_studio_code", "neovim", "emacs"])
def test_every_answer_is_what_the_protocol_says(editor: str, project: Path) -> None:
    python = PROGRAMS / "lsp/bin/python"
    if not python.exists():
        missing("pytest-lsp")
    words = [str(python), str(HERE / "conformance.py"), editor, sys.executable, str(project)]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent.parent)}
    ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert ran.returncode == 0, ran.stderr
