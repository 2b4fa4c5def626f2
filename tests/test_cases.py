"""Every case through the command line, standard input and the library.

A case is a folder with `in.md` and its data. `out.md` is the fixed document, if it differs from `in.md`.
`problems.txt` has the diagnostics as the command line prints them, if there are any.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
from pathlib import Path

import pytest

from mdtables.cli import main
from mdtables.commands.session import start
from mdtables.report.report import Report
from mdtables.report.text import as_text
from tests.conftest import text_outside_regions

CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())
EXPECTED = ("out.md", "problems.txt")
assert CASES, "no cases found"


@pytest.fixture(params=CASES, ids=lambda path: path.name)
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the case into a new working folder, and the expected results into `../expected`."""
    expected, folder = tmp_path / "expected", tmp_path / "case"
    shutil.copytree(request.param, folder, ignore=shutil.ignore_patterns(*EXPECTED))
    expected.mkdir()
    for name in EXPECTED:
        if (request.param / name).exists():
            shutil.copy(request.param / name, expected / name)
    monkeypatch.chdir(folder)
    return folder


def expected_document(case: Path) -> bytes:
    fixed = case.parent / "expected" / "out.md"
    return (fixed if fixed.exists() else case / "in.md").read_bytes()


def expected_problems(case: Path) -> str:
    problems = case.parent / "expected" / "problems.txt"
    return problems.read_text(encoding="utf-8").replace("ROOT", str(case)) if problems.exists() else ""


def expected_status(case: Path, otherwise: int) -> int:
    return 2 if "error[" in expected_problems(case) else otherwise


def diagnostics_in(output: str) -> str:
    lines = output.splitlines(keepends=True)
    return "".join(
        line
        for line in lines
        if not re.match(r"(?:fixed|stale) in\.md$|in\.md:\d+: (?:[+]\d|\d+ cell|only|columns|column |rows)", line)
    )


def test_fix_writes_the_expected_document(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, fixed = (case / "in.md").read_bytes(), expected_document(case)
    status = main(["fix", "in.md"])
    assert (case / "in.md").read_bytes() == fixed
    output = capsys.readouterr().out
    assert diagnostics_in(output) == expected_problems(case)
    assert ("fixed in.md\n" in output) == (fixed != before)
    assert status == expected_status(case, 0)


def test_a_second_run_changes_nothing(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["fix", "in.md"])
    once, changed = (case / "in.md").read_bytes(), (case / "in.md").stat().st_mtime_ns
    capsys.readouterr()
    assert main(["check", "in.md"]) == expected_status(case, 0)
    main(["fix", "in.md"])
    assert "fixed" not in capsys.readouterr().out
    assert (case / "in.md").read_bytes() == once
    assert (case / "in.md").stat().st_mtime_ns == changed


def test_check_reports_the_same_and_writes_nothing(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, fixed = (case / "in.md").read_bytes(), expected_document(case)
    status = main(["check", "in.md"])
    assert (case / "in.md").read_bytes() == before
    assert diagnostics_in(capsys.readouterr().out) == expected_problems(case)
    assert status == expected_status(case, 1 if fixed != before else 0)


def test_fix_of_stdin_prints_the_expected_document(
    case: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    fixed = expected_document(case)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((case / "in.md").read_bytes())))
    status = main(["fix", "-", "--stdin-filename", "in.md"])
    output = capfdbinary.readouterr()
    assert output.out == fixed
    assert output.err.decode() == expected_problems(case)
    assert status == expected_status(case, 0)


def test_library_gives_the_expected_result(case: Path) -> None:
    outcome = start(str(case), None).check("in.md", (case / "in.md").read_bytes())
    report = Report([outcome], 1)
    assert "".join(as_text(found) + "\n" for found in report.diagnostics) == expected_problems(case)
    if outcome.old:
        assert outcome.new.encode() == expected_document(case)


def test_bytes_outside_regions_are_unchanged(case: Path) -> None:
    old = (case / "in.md").read_bytes().decode()
    new = expected_document(case).decode()
    assert text_outside_regions(old) == text_outside_regions(new)
