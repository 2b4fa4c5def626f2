"""The Python-Markdown extension on its own: its order among other extensions, and its errors."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from markdown import Markdown

from mdtables import MdtablesError
from tests.conftest import RAGGED, sourced


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("a\n1\n")
    return tmp_path


def rendered(text: str, **options: str) -> str:
    return Markdown(extensions=["tables", "fenced_code", "mdtables"], extension_configs={"mdtables": options}).convert(
        text
    )


def test_sourced_region_becomes_its_table(folder: Path) -> None:
    html = rendered(sourced("source=d.csv"))
    assert "<td" in html
    assert ">1</td>" in html


def test_bare_region_is_a_table_and_surrounding_text_stays(folder: Path) -> None:
    html = rendered(f"before\n\n{RAGGED}\nafter")
    assert html.startswith("<p>before</p>")
    assert html.endswith("<p>after</p>")
    assert html.count("<td>") == 2


@pytest.mark.parametrize("fence", ["```\n{}```", "~~~ markdown\n{}~~~"])
def test_markers_in_fenced_code_are_ignored(fence: str, folder: Path) -> None:
    assert "<td" not in rendered(fence.format(sourced("source=d.csv")))


def test_markers_in_indented_code_are_ignored(folder: Path) -> None:
    assert "<td" not in rendered("text\n\n" + "".join(f"    {line}\n" for line in sourced("source=d.csv").splitlines()))


def test_root_option_sets_where_sources_are_found(folder: Path) -> None:
    (folder / "pages").mkdir()
    (folder / "pages/e.csv").write_text("a\n2\n")
    assert ">2</td>" in rendered(sourced("source=e.csv"), root="pages")


def test_error_is_logged_and_the_page_is_still_rendered(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        html = rendered(sourced("source=gone.csv") + "\nafter\n")
    assert "error[source-missing]: there is no file gone.csv" in caplog.text
    assert "<p>after</p>" in html


def test_on_error_raise_raises(folder: Path) -> None:
    with pytest.raises(MdtablesError, match=r"there is no file gone\.csv"):
        rendered(sourced("source=gone.csv"), on_error="raise")


def test_wrong_option_raises_value_error(folder: Path) -> None:
    with pytest.raises(ValueError, match="on_error must be warn or raise, not 'maybe'"):
        rendered("", on_error="maybe")
    with pytest.raises(ValueError, match='unknown option "on_eror"; did you mean "on_error"'):
        rendered("", on_eror="raise")
