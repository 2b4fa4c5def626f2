"""Reading the tables in a region: cells, rows of another length, and rows far down."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.cells.verify import first_misread
from mdtables.document.table import CurrentTable, Paragraph, cell_spans, extents, prefix_of, read_table, split_row
from mdtables.model.table import Row
from mdtables.tables.packed import CHUNK_ROWS, Rows

CELL = st.text(st.sampled_from("ab \t:-\u00a0\x0b"), max_size=4)
ROW = st.tuples(CELL, CELL, st.sampled_from(["\n", "\r\n", "\r"])).map(lambda row: f"|{row[0]}|{row[1]}|{row[2]}")


def only_table(body: list[str], live: dict[int, Paragraph]) -> CurrentTable:
    (extent,) = extents(body, 1, live)
    return read_table(body, extent, 1, "a.md")


def rows_of(lines: list[str], prefix: str = "") -> list[Row]:
    body = [prefix + line for line in ["| a | b |\n", "| - | - |\n", *lines]]
    return list(only_table(body, {2: Paragraph(1, prefix.count(">"), 0)}).table.rows)


@given(st.lists(ROW | CELL.map(lambda cell: f"|{cell}\n") | CELL.map(lambda cell: f"{cell}|a|b|c\n"), max_size=5))
@example(["|a|b|\r", "|c|d|\n"])
def test_backslash_in_one_row_does_not_affect_others(rows: list[str]) -> None:
    before = rows_of(rows)
    assert rows_of(["| \\ | |\n", *rows])[1:] == before
    assert rows_of(rows, prefix="> ")[: len(before)] == before


def test_rows_far_down_are_read_and_checked() -> None:
    lines = [f"| {number} | x |" for number in range(5000)]
    rows = rows_of([line + "\n" for line in lines])
    assert rows[4999] == ["4999", "x"]
    cells = Rows.pack(2, ([str(number), "x"] for number in range(5000)))

    def misread(lines: list[str]) -> int | None:
        texts = ["\n".join(lines[at : at + CHUNK_ROWS]) for at in range(0, len(lines), CHUNK_ROWS)]
        return first_misread(["| a | b |", "| - | - |", *texts], ["a", "b"], cells)

    assert misread(lines) is None
    for broken in ("| 4321 | x | y |", "| 4321 \\| x |", "| 4321 x |", "| 4321\n | x |", "| 4321 | z |", "| 4321x | |"):
        assert misread([*lines[:4321], broken, *lines[4322:]]) == 4322
    assert misread(lines[:4999]) == 5000


def test_delimiter_rows_beyond_twenty_are_only_counted() -> None:
    body = ["| a | b |\n", *["|---|---|\n"] * 26]
    messages = [
        problem.message for problem in only_table(body, dict.fromkeys(range(2, 28), Paragraph(1, 0, 0))).problems
    ]
    assert len(messages) == 21
    assert messages[-1] == "5 more problems like this"


def test_long_rows_beyond_twenty_are_only_counted_and_never_hidden_by_warnings() -> None:
    body = ["| a | b |\n", "|---|---|\n", *["| x\n"] * 30, *["| 1 | 2 | 3 |\n"] * 30]
    problems = only_table(body, {2: Paragraph(1, 0, 0)}).problems
    assert [(found.code, found.at.line) for found in problems if found.message.startswith("10 more")] == [
        ("short-row", 23),
        ("long-row", 53),
    ]
    assert sum(found.code == "long-row" for found in problems) == 21


@given(
    st.text(st.sampled_from("a \t|\\>é"), max_size=12),
    st.sampled_from(["", "> ", "  "]),
    st.sampled_from(["", "\n", "\r\n"]),
)
@example("|a|b\\|", "", "\n")
@example("|", "> ", "")
def test_spans_of_cells_are_those_of_the_cells(content: str, prefix: str, ending: str) -> None:
    line = prefix + content + ending
    cells = split_row(line[len(prefix_of(line)) :])
    assert [line[start:end] for start, end in cell_spans(line)] == cells
