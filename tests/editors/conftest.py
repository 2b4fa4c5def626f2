"""Real editors: each test needs one, and is left out where it is missing, unless MDTABLES_EDITORS is `all`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

PROGRAMS = Path(os.environ.get("MDTABLES_EDITORS_FOLDER") or Path(__file__).parent / ".programs")
CSV = "name,stars,kind\nRuff,31000,lint\nBlack,39000,format\nESLint,24000,lint\n"
DOCUMENT = """# Tools

<!-- TABLE_GENERATE_START source="data/tools.csv" sort="-stars" -->
<!-- TABLE_GENERATE_END -->
"""
TABLE = """
| name   | stars | kind   |
| ------ | ----: | ------ |
| Black  | 39000 | format |
| Ruff   | 31000 | lint   |
| ESLint | 24000 | lint   |
"""


def missing(what: str) -> NoReturn:
    """Leave a test out; fail if no editor may be missing."""
    if os.environ.get("MDTABLES_EDITORS") == "all":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


def program(name: str) -> str:
    """Return the path of a program, or leave the test out."""
    found = shutil.which(name)
    return found or missing(name)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a stale table, and a program `mdtables` in an environment of its own."""
    folder = tmp_path / "project"
    (folder / "data").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "data/tools.csv").write_text(CSV)
    (folder / "a.md").write_text(DOCUMENT)
    return folder


@pytest.fixture
def command(tmp_path: Path) -> str:
    """The path of a program that runs this mdtables."""
    path = tmp_path / "bin" / "mdtables"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -m mdtables "$@"\n')
    path.chmod(0o755)
    return str(path)
