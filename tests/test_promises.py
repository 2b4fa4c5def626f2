"""The promises as properties of documents that Hypothesis builds from difficult fragments."""

from __future__ import annotations

from hypothesis import assume, example, given
from hypothesis import strategies as st

from mdtables import Diagnostic, Locate, Location, Options, Table, regenerate
from mdtables.cells.canonical import canonical_table
from mdtables.cells.encode import encode
from mdtables.cells.layout import lines_of
from mdtables.cells.render import render
from mdtables.cells.verify import first_misread
from mdtables.document import parse as documents
from mdtables.model.option_values import Source
from mdtables.model.options import SPECS
from mdtables.tables.shape import shape
from tests.conftest import text_outside_regions

START, END = "<!-- TABLE_GENERATE_START -->", "<!-- TABLE_GENERATE_END -->"
FRAGMENTS = [
    *(START, START, END, END, '<!-- TABLE_GENERATE_START source="d.csv" -->', "<!-- TABLE_GENERATE_END checksum=x -->"),
    *("| a | b |", "|---|---|", "|:-:|--:|", "| 1 | 2 |", "| 1 |", "| 1 | 2 | 3 |", "a | b", "| x \\| y | `z|w` |"),
    *("| 漢字 | é\u0301 |", "| \\\\| |", "{: .class}", "text", "# heading", "- item", "> quote", "```", "~~~", "<pre>"),
    *("</pre>", "<div>", "<!--", "-->", "`", "---", "", "", " ", "\t", "<<<<<<< HEAD", "\ufeff", "|", "\x0c", "\x85"),
]
LINES = st.builds(
    lambda prefix, fragment, ending: prefix + fragment + ending,
    st.sampled_from(["", "", "", "  ", "    ", "> ", "- ", ">", "\t", "        "]),
    st.sampled_from(FRAGMENTS) | st.text(max_size=8).filter(lambda text: "\0" not in text),
    st.sampled_from(["\n", "\n", "\n", "\r\n", "\r", ""]),
)
DOCUMENTS = st.lists(LINES, max_size=14).map("".join)
REGIONS = DOCUMENTS.map(lambda text: f"{START}\n\n{text}\n{END}\n")
VALUES = st.text(
    st.sampled_from("ab1 |\\`*_[]()<>&{}$~^:-=+.!#@%/'\"\n\t\u00a0漢é\u0301👩\u200d"), max_size=12
) | st.text(max_size=8)
CELLS = st.none() | VALUES.filter(lambda value: "\0" not in value)


def tables(cells: st.SearchStrategy[str | None]) -> st.SearchStrategy[Table]:
    def table(width: int) -> st.SearchStrategy[Table]:
        rows = st.lists(st.lists(cells, min_size=width, max_size=width), max_size=5)
        header = st.lists(cells.map(lambda cell: cell or "h"), min_size=width, max_size=width, unique=True)
        return st.tuples(header, rows).map(lambda parts: Table(*parts))

    return st.integers(1, 4).flatmap(table)


def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
    return Location("a.md", 1)


def load(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
    return Table(["a", "b"], [["x|y", None], ["`z", "-"]]), []


@given(DOCUMENTS | REGIONS)
@example(f"{START}\r| a |\r|---|\r{END}")
@example(f"{START}\n| a |\n|---|\r \n\n{END}\n")
def test_bytes_outside_stay_and_fix_is_idempotent(text: str) -> None:
    outcome = regenerate(text, "a.md", load)
    assert text_outside_regions(outcome.new) == text_outside_regions(text)
    again = regenerate(outcome.new, "a.md", load)
    assert again.new == outcome.new
    assert again.failed == outcome.failed


@given(DOCUMENTS | REGIONS)
def test_document_with_an_error_is_not_written(text: str) -> None:
    outcome = regenerate(text, "a.md", load)
    assert not (outcome.failed and outcome.stale)
    assert all(d.at.line > 0 and d.message for d in outcome.diagnostics)


@given(REGIONS)
def test_bare_region_changes_only_layout_characters(text: str) -> None:
    def content(document: str) -> str:
        return "".join(c for c in document if c not in " \t\r\n|-:>")

    assume("source=" not in text)
    new = regenerate(text, "a.md", load).new
    assert content(new).replace("checksum=x", "") == content(text).replace("checksum=x", "")


@given(tables(CELLS), st.sampled_from(["markdown", "text"]), st.sampled_from(["aligned", "compact"]))
def test_rendered_table_reads_back_as_its_cells(table: Table, cells: str, style: str) -> None:
    options = Options(cells=cells, style=style)  # type: ignore[arg-type]
    shaped = shape(table, options, locate)
    encoded, (part,), _ = render(shaped, options, locate)  # raises unless it reads back
    texts = part.texts
    lines = lines_of(texts)
    assert len(lines) == len(table.rows) + 2
    assert not any(character in line for line in lines for character in "\n\r\u2028\u2029")
    for row, values in zip(encoded.rows, table.rows, strict=True):
        for cell, value in zip(row, values, strict=True):
            assert cell in {encode(value or "", options.cells, dollars=dollars) for dollars in (True, False)}


@given(tables(CELLS))
def test_generated_table_is_never_reported_as_hand_edit(table: Table) -> None:
    def given_table(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
        return table, []

    text = '<!-- TABLE_GENERATE_START source="d.csv" -->\n<!-- TABLE_GENERATE_END -->\n'
    once = regenerate(text, "a.md", given_table)
    assert not once.failed
    assert regenerate(once.new, "a.md", given_table).new == once.new
    changed = Table([*table.header], [*table.rows, ["new"] * len(table.header)])
    assert not regenerate(once.new, "a.md", lambda options, locate: (changed, [])).failed


@given(tables(CELLS), st.data())
def test_hand_edit_is_reported_unless_only_spelling_changed(table: Table, data: st.DataObject) -> None:
    text = '<!-- TABLE_GENERATE_START source="d.csv" -->\n<!-- TABLE_GENERATE_END -->\n'
    once = regenerate(text, "a.md", lambda options, locate: (table, [])).new
    lines = once.split("\n")
    row = data.draw(st.integers(2, len(lines) - 4))
    at = data.draw(st.integers(0, len(lines[row])))
    typed = data.draw(st.sampled_from(["x", " | x", "|", " ", "\\", "`", "<br>", "&#32;", "-", "\x1e"]))
    lines[row] = lines[row][:at] + typed + lines[row][at:]
    outcome = regenerate("\n".join(lines), "a.md", lambda options, locate: (table, []))
    assert outcome.failed or canonical_cells(outcome.new) == canonical_cells(once)
    assert regenerate(outcome.new, "a.md", lambda options, locate: (table, [])).new == outcome.new


def canonical_cells(text: str) -> list[list[str | None]]:
    document = documents.parse(text, "a.md")
    (table,) = documents.tables_of(document, document.regions[0])
    found = canonical_table(table.table)
    return [list(found.header), *map(list, found.rows), list(found.align)]


@given(st.text(max_size=200) | st.text(st.sampled_from("ab= \"'\n>-<!"), max_size=40))
def test_any_marker_text_gives_a_region_or_a_diagnostic(text: str) -> None:
    document = f"<!-- TABLE_GENERATE_START {text} -->\n{END}\n"
    outcome = regenerate(document, "a.md", load)
    assert outcome.regions or outcome.diagnostics
    marker = document[: document.index("-->")]
    assert outcome.new.startswith(marker)
    if outcome.failed:
        assert outcome.new == document
    lines = len(document.splitlines())
    assert all(0 < d.at.line <= lines and d.message for d in outcome.diagnostics)


@given(tables(CELLS), st.data())
def test_self_check_finds_a_broken_row(table: Table, data: st.DataObject) -> None:
    """Remove or add a pipe in one rendered row; the self-check must name that row."""
    options = Options()
    encoded, (part,), _ = render(shape(table, options, locate), options, locate)
    texts = part.texts
    lines = lines_of(texts)
    row = data.draw(st.sampled_from([n for n in range(len(lines)) if n != 1]))
    broken = data.draw(st.sampled_from([lines[row] + " x |", lines[row].replace("|", "\\|", 1)]))
    lines[row] = broken
    whole = [*lines[:2], "\n".join(lines[2:])] if lines[2:] else lines
    assert first_misread(whole, encoded.header, encoded.rows) == max(0, row - 1)


KEYS = st.text(st.sampled_from("ab.'\" ,:-\u00a0"), max_size=5).filter(lambda key: not ("'" in key and '"' in key))


@given(st.lists(KEYS, max_size=4))
@example(["x 'y", "z' w"])
def test_source_round_trips_through_its_text(keys: list[str]) -> None:
    source = Source("d.yaml", tuple(keys))
    assert SPECS["source"].parse(str(source))._replace(named=()) == source


def parse(name: str, value: str) -> tuple[object, str | None]:
    """Return what the option's parser returns, and the reason if it refuses the value."""
    try:
        return SPECS[name].parse(value), None
    except ValueError as error:
        return None, str(error)


@given(st.sampled_from(sorted(SPECS)), st.text(max_size=60))
def test_option_parses_a_value_or_gives_a_reason(name: str, value: str) -> None:
    assert parse(name, value)[1] != ""


SAMPLE_VALUES = ["a", "b as c", "*", "-b", "left", "a: right", "3", "text", "markdown", "compact", ";", "cp1252"]
MARKER_VALUES = st.text(st.sampled_from("abc*'.,:=-_ 019é#"), min_size=1, max_size=12).filter(lambda v: "--" not in v)


@given(st.sampled_from(sorted(set(SPECS) - {"source"})), MARKER_VALUES | st.sampled_from(SAMPLE_VALUES))
def test_marker_gives_the_parsed_value_or_the_reason(name: str, value: str) -> None:
    given_options: list[Options] = []

    def remember(options: Options, locate: Locate) -> tuple[Table, list[Diagnostic]]:
        given_options.append(options)
        return load(options, locate)

    text = f'<!-- TABLE_GENERATE_START source="d.csv" {name}="{value}" -->\n{END}\n'
    outcome = regenerate(text, "a.md", remember)
    parsed, reason = parse(name, value)
    if reason is None:
        assert [getattr(options, SPECS[name].field) for options in given_options] == [parsed]
    else:
        assert any(reason in d.message for d in outcome.diagnostics)
