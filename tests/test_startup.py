"""Start-up is part of the product: what a run imports is counted here, and never timed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mdtables.cli.commands import COMMANDS

HEAVY = {"dataclasses", "pathlib", "importlib.metadata", "inspect", "typing", "logging", "tomllib", "json", "difflib"}
FOR_FEW = {"dataclasses", "decimal", "inspect", "shutil", "difflib", "tomllib"}
FOR_REGIONS = {
    "mdtables.model.diagnostics",
    "mdtables.model.options",
    "mdtables.pipelines",
    "mdtables.report",
    "mdtables.workspace.cache",
    "mdtables.workspace.config",
}
THIRD_PARTY = {"mistune", "yaml", "wcwidth", "tabulate"}
BARE = "<!-- TABLE_GENERATE_START -->\n|a|\n|-|\n|b|\n<!-- TABLE_GENERATE_END -->\n"
SOURCED = "<!-- TABLE_GENERATE_START source=d.csv -->\n<!-- TABLE_GENERATE_END -->\n"


def modules_after(arguments: list[str], folder: Path) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after one run, without site hooks of the environment."""
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
def test_document_without_a_marker_imports_next_to_nothing(command: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Nothing here\n\n| a |\n|---|\n")
    loaded = modules_after([command, "a.md"], tmp_path)
    assert not loaded & (HEAVY | FOR_REGIONS | THIRD_PARTY)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_imports_nothing_of_what_the_command_does(command: str, tmp_path: Path) -> None:
    loaded = modules_after(["help", command], tmp_path)
    allowed = {"mdtables.model.options"} if command == "show" else set()
    assert not loaded & (FOR_REGIONS | THIRD_PARTY) - allowed


def test_folder_without_a_marker_imports_only_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Nothing here\n")
    (tmp_path / "pyproject.toml").write_text("[tool.mdtables]\n")
    assert not modules_after(["check", "."], tmp_path) & (FOR_REGIONS | THIRD_PARTY | {"dataclasses", "pathlib"})


@pytest.mark.skipif(not hasattr(os, "posix_spawnp"), reason="without posix_spawn, git is run by subprocess")
def test_git_is_run_without_subprocess(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a.md").write_text("# Nothing here\n")
    assert "subprocess" not in modules_after(["check", "."], tmp_path)


def test_bare_region_in_ascii_imports_only_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(BARE)
    assert modules_after(["check", "a.md"], tmp_path) & (THIRD_PARTY | FOR_FEW) == set()


@pytest.mark.parametrize("command", ["fix", "check", "list", "pull"])
def test_no_command_but_refresh_imports_an_engine(command: str, tmp_path: Path) -> None:
    (tmp_path / "mdtables.toml").write_text('[refresh."d.csv"]\nengine = "duckdb"\nquery = "SELECT 1 AS a"\n')
    (tmp_path / "a.md").write_text(SOURCED)
    (tmp_path / "d.csv").write_text("a\n1\n")
    loaded = modules_after([command, "a.md"], tmp_path)
    assert not {name for name in loaded if name.startswith(("mdtables.engines", "duckdb", "psycopg", "openpyxl"))}


def test_csv_source_without_markdown_imports_only_the_standard_library(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(SOURCED)
    (tmp_path / "d.csv").write_text("a\n1\n")
    assert modules_after(["check", "a.md"], tmp_path) & (THIRD_PARTY | FOR_FEW) == set()


def test_hand_edit_with_markdown_imports_no_markdown_library(tmp_path: Path) -> None:
    """The checksum depends on canonical text, which depends on no library."""
    (tmp_path / "a.md").write_text(SOURCED)
    (tmp_path / "d.csv").write_text("a\n*b* `c` [d](e)\n")
    modules_after(["fix", "a.md"], tmp_path)
    document = (tmp_path / "a.md").read_text()
    (tmp_path / "a.md").write_text(document.replace("*b*", "**b**"))
    assert not modules_after(["check", "a.md"], tmp_path) & THIRD_PARTY


def test_document_that_was_clean_imports_only_the_cache(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a.md").write_text(SOURCED)
    (tmp_path / "d.csv").write_text("a\n1\n")
    for command in ("fix", "check"):
        modules_after([command, "-q"], tmp_path)
    assert not modules_after(["check", "-q"], tmp_path) & (HEAVY | THIRD_PARTY | {"mdtables.pipelines"})
