"""Start-up is part of the product: what a run imports is counted here, and never timed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"dataclasses", "pathlib", "importlib.metadata", "inspect", "typing", "logging", "tomllib", "json", "difflib"}
FOR_FEW = {
    "dataclasses",
    "decimal",
    "hashlib",
    "inspect",
    "shutil",
    "mdtables.cells.encode_text",
    "mdtables.cells.encode_markdown",
}
OURS = {
    "mdtables.model.diagnostics",
    "mdtables.model.options",
    "mdtables.pipelines.regenerate",
    "mdtables.report",
    "mdtables.workspace.config",
}
THIRD_PARTY = {"mistune", "yaml", "wcwidth", "tabulate", "pathspec"}


def modules_after(arguments: list[str], folder: Path) -> set[str]:
    """The modules that a fresh interpreter has loaded after one run. Site hooks of the environment are left out."""
    code = f"import sys; from mdtables.cli import main; main({arguments!r}); print('\\n'.join(sys.modules))"
    root = Path(__file__).parent.parent
    run = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(root), *sys.path]!r}; {code}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.mark.parametrize("command", ["fix", "check"])
def test_a_document_without_a_marker_costs_next_to_nothing(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Nothing here\n\n| a |\n|---|\n")
    loaded = modules_after([command, "a.md"], tmp_path)
    assert not loaded & (HEAVY | OURS | THIRD_PARTY)


def test_a_folder_without_a_marker_needs_only_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Nothing here\n")
    (tmp_path / "pyproject.toml").write_text("[tool.mdtables]\n")
    assert not modules_after(["check", "."], tmp_path) & (OURS | THIRD_PARTY | {"dataclasses", "pathlib"})


@pytest.mark.skipif(not hasattr(os, "posix_spawnp"), reason="where processes are made otherwise, subprocess does it")
def test_git_is_asked_without_subprocess(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a.md").write_text("# Nothing here\n")
    assert "subprocess" not in modules_after(["check", "."], tmp_path)


def test_a_bare_region_in_ascii_needs_only_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("<!-- TABLE_GENERATE_START -->\n|a|\n|-|\n|b|\n<!-- TABLE_GENERATE_END -->\n")
    assert modules_after(["check", "a.md"], tmp_path) & (THIRD_PARTY | FOR_FEW) == set()


def test_a_csv_source_without_markdown_in_it_needs_only_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("<!-- TABLE_GENERATE_START source=d.csv -->\n<!-- TABLE_GENERATE_END -->\n")
    (tmp_path / "d.csv").write_text("a\n1\n")
    assert modules_after(["check", "a.md"], tmp_path) & (THIRD_PARTY | FOR_FEW) == set()
