"""The public names: exactly these, and each works when imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mdtables
from mdtables import (
    Diagnostic,
    Locate,
    MdtablesError,
    Options,
    Outcome,
    Policy,
    RegionOutcome,
    Table,
    regenerate,
    render,
)


def test_public_names() -> None:
    assert " ".join(mdtables.__all__) == (
        "Diagnostic Difference Fix Locate Location MdtablesError Options Outcome Policy RegionOutcome Related Table"
        " fix_file read regenerate render"
    )


def test_every_public_name_exists() -> None:
    for name in mdtables.__all__:
        assert getattr(mdtables, name) is not None


def test_public_names_are_completed() -> None:
    assert {*mdtables.__all__} <= set(dir(mdtables))


def test_source_is_read_and_a_table_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text("name,stars\nRuff,31000\nBlack,39000\n")
    table = mdtables.read("x.csv", sort="-stars", columns="name as Tool, stars")
    assert (list(table.header), [list(row) for row in table.rows]) == (
        ["Tool", "stars"],
        [["Black", "39000"], ["Ruff", "31000"]],
    )
    assert mdtables.render(table) == ("| Tool  | stars |\n| ----- | ----: |\n| Black | 39000 |\n| Ruff  | 31000 |\n")
    assert (
        mdtables.render(Table(["a"], [["x|y"], [None]]), null="?", style="compact")
        == "| a |\n| --- |\n| x\\|y |\n| ? |\n"
    )
    with pytest.raises(MdtablesError):
        mdtables.read("y.csv")
    with pytest.raises(ValueError, match="unknown option"):
        mdtables.read("x.csv", sorted="a")
    with pytest.raises(ValueError, match="invalid limit"):
        mdtables.render(table, limit="0")


def test_file_is_fixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = "<!-- TABLE_GENERATE_START -->\n\n|a|b|\n|-|-|\n\n<!-- TABLE_GENERATE_END -->\n"
    (tmp_path / "a.md").write_text(text)
    assert mdtables.fix_file("a.md", write=False).stale
    assert (tmp_path / "a.md").read_text() == text
    assert mdtables.fix_file(tmp_path / "a.md").stale
    assert "| a   | b   |" in (tmp_path / "a.md").read_text()
    with pytest.raises(FileNotFoundError):
        mdtables.fix_file("b.md")


def test_private_name_is_an_attribute_error() -> None:
    assert not hasattr(mdtables, "parse")


def test_version_is_that_of_the_distribution() -> None:
    from importlib.metadata import version

    assert mdtables.__version__ == version("mdtables-cli")


def test_regenerate_uses_the_table_that_load_returns() -> None:
    def load(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
        assert options.source is not None
        assert options.source.path == "anything"
        assert str(locate()) == "a.md:1:1"
        assert str(locate("source", "anything")) == "a.md:1:34"
        return Table(["name"], [["x|y"], [None]]), []

    text = "<!-- TABLE_GENERATE_START source=anything -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(text, "a.md", load)
    assert isinstance(outcome, Outcome)
    assert "| x\\|y |\n|      |\n" in outcome.new
    assert [type(region) for region in outcome.regions] == [RegionOutcome]


def test_load_reports_a_problem_by_raising() -> None:
    def load(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
        raise MdtablesError(Diagnostic("source-missing", "no database", at=locate("source")))

    text = "<!-- TABLE_GENERATE_START source=db -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(text, "a.md", load, Policy(checksum=False))
    assert outcome.failed
    assert outcome.new == text
    assert [d.message for d in outcome.diagnostics] == ["no database"]


def test_custom_diagnostic_code_is_an_error() -> None:
    def load(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
        raise MdtablesError(Diagnostic("my-database", "it is down", at=locate()))  # type: ignore[arg-type]

    text = "<!-- TABLE_GENERATE_START source=db -->\n<!-- TABLE_GENERATE_END -->\n"
    assert regenerate(text, "a.md", load).failed


@pytest.mark.parametrize("table", [Table([], []), Table(["a", "b"], [["1", "2"], ["3"]])])
def test_invalid_table_from_load_is_reported(table: Table) -> None:
    text = "<!-- TABLE_GENERATE_START source=db -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(text, "a.md", lambda options, locate: (table, []))
    assert [d.code for d in outcome.diagnostics] == ["source-shape"]


def test_table_failing_the_self_check_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdtables.cells.render.first_misread", lambda texts, header, rows: 1)
    text = "<!-- TABLE_GENERATE_START source=db -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(text, "a.md", lambda options, locate: (Table(["a"], [["1"]]), []))
    assert outcome.new == text
    assert [d.code for d in outcome.diagnostics] == ["self-check"]
    assert "  |   1 |" in outcome.diagnostics[0].details
    assert "report it" in outcome.diagnostics[0].hint


def test_package_runs_as_a_module() -> None:
    run = subprocess.run([sys.executable, "-m", "mdtables", "--version"], capture_output=True, text=True, check=True)
    assert run.stdout == f"mdtables {mdtables.__version__}\n"


def test_a_document_of_many_large_tables_is_an_error() -> None:
    table = Table(["a"], [["x" * 1000]] * 1000)
    region = '<!-- TABLE_GENERATE_START source="d.csv" -->\n<!-- TABLE_GENERATE_END -->\n'
    outcome = regenerate(region * 60, "a.md", lambda options, locate: (table, []))
    assert {found.code for found in outcome.diagnostics} == {"table-size"}
    assert outcome.new == outcome.old
    assert not regenerate(region * 40, "a.md", lambda options, locate: (table, [])).failed


def test_a_document_that_sorts_one_source_thousands_of_times_is_an_error() -> None:
    table = Table(["a"], [["x"]] * 10_000)
    loads = 0

    def load(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
        nonlocal loads
        loads += 1
        return table, []

    region = '<!-- TABLE_GENERATE_START source="d.csv" sort="a" limit=1 -->\n<!-- TABLE_GENERATE_END -->\n'
    outcome = regenerate(region * 500, "a.md", load)
    assert {found.code for found in outcome.diagnostics} == {"table-size"}
    assert loads == 401


def test_ragged_table_is_an_error_and_not_a_traceback() -> None:
    with pytest.raises(MdtablesError, match="not as long as the header"):
        render(Table(["a", "b"], [["1"]]))


def test_option_that_is_no_text_says_how_it_is_written() -> None:
    with pytest.raises(TypeError, match="limit must be a text, as on a marker, not int"):
        render(Table(["a"], [["1"]]), limit=1)  # type: ignore[arg-type]
