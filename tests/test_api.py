"""The public names: exactly these, and each can be used by who imports it."""

from __future__ import annotations

import subprocess
import sys

import mdtables
from mdtables import Diagnostic, Location, MdtablesError, Options, Outcome, Policy, RegionOutcome, Table, regenerate


def test_the_public_names_are_these() -> None:
    assert mdtables.__all__ == sorted(mdtables.__all__)
    assert set(mdtables.__all__) == {
        *(
            "Diagnostic",
            "Location",
            "MdtablesError",
            "Options",
            "Outcome",
            "Policy",
            "RegionOutcome",
            "Table",
            "regenerate",
        )
    }


def test_every_public_name_is_there() -> None:
    for name in mdtables.__all__:
        assert getattr(mdtables, name) is not None


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    assert not hasattr(mdtables, "parse")


def test_the_version_is_the_distributions() -> None:
    from importlib.metadata import version

    assert mdtables.__version__ == version("mdtables-cli")


def test_a_document_is_regenerated_from_whatever_load_returns() -> None:
    def load(options: Options, place: Location) -> tuple[Table, list[Diagnostic]]:
        assert options.source is not None
        assert options.source.path == "anything"
        assert str(place) == "a.md:1:1"
        return Table(["name"], [["x|y"], [None]]), []

    text = "<!-- TABLE_GENERATE_START source=anything -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(text, "a.md", load)
    assert isinstance(outcome, Outcome)
    assert "| x\\|y |\n|      |\n" in outcome.new
    assert [type(region) for region in outcome.regions] == [RegionOutcome]


def test_load_reports_a_problem_by_raising() -> None:
    def load(options: Options, place: Location) -> tuple[Table, list[Diagnostic]]:
        raise MdtablesError(Diagnostic("source-missing", "no database", place))

    text = "<!-- TABLE_GENERATE_START source=db -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(text, "a.md", load, Policy(checksum=False))
    assert outcome.failed
    assert outcome.new == text
    assert [d.message for d in outcome.diagnostics] == ["no database"]


def test_the_package_runs_as_a_module() -> None:
    run = subprocess.run([sys.executable, "-m", "mdtables", "--version"], capture_output=True, text=True, check=True)
    assert run.stdout == f"mdtables {mdtables.__version__}\n"
