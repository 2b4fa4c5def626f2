"""Canonical text: frozen for the cells of `canonical.csv`, the same for spellings that show the same, else different.

`python -m tests.cells.test_canonical` adds the cells of `NEW` to `canonical.csv`; what is in that file never changes.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.cells.canonical import canonical, canonical_table
from mdtables.cells.checksum import checksum
from mdtables.model.table import Table

GOLDEN = Path(__file__).with_name("canonical.csv")
NEW: list[str] = []


def visible(text: str) -> str:
    """Return a cell or its canonical text with its control characters as visible ones, and blanks at its ends kept."""
    return "".join(chr(0x2400 + ord(c)) if c < " " else c for c in text)


def golden() -> list[list[str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(("cell", "expected"), golden()[1:])
def test_canonical_text_never_changes(cell: str, expected: str) -> None:
    assert visible(canonical(cell.replace("␉", "\t"))) == expected


SAME = [
    ["a*b", "a\\*b", "a&#42;b", "a&ast;b"],
    ["*a*", "_a_"],
    ["**a**", "__a__"],
    ["***a***", "**_a_**", "_**a**_", "*__a__*"],
    ["https://e.com/a_b", "<https://e.com/a_b>"],
    ["see https://e.com.", "see <https://e.com>."],
    ["a@e.com", "<a@e.com>", "[a@e.com](mailto:a@e.com)"],
    ["a<br>b", "a <br/> b", "a<BR />b"],
    ["a b", "a  b", "a\tb", " a b "],
    ["`a`", "`` a ``", "` a `"],
    ["[a](b 't')", '[a](<b> "t")', "[a]( b (t) )"],
    ["[a](b)", '[a](b "")'],
    ["[a](é)", "[a](%C3%A9)"],
    ["![*a*](b)", "![a](b)"],
    ["a\\|b", "a|b", "a&#124;b"],
    ["&amp;", "&", "\\&"],
    ["[x]", "\\[x\\]"],
    ["2 * 3 * 4", "2 \\* 3 \\* 4"],
    ["snake_case_name", "snake\\_case\\_name"],
    ["&nbsp;a", "\u00a0a", "a"],
    ["<!x *b*>", "<!x _b_>"],
    ["*a<br>b*", "*a*<br>*b*"],
    ["xmailto:a@b.co", "xmailto:<a@b.co>"],
    ["[**a**](b)", "**[a](b)**"],
]


@pytest.mark.parametrize("cells", SAME, ids=lambda cells: cells[0])
def test_spellings_that_show_the_same_are_one(cells: list[str]) -> None:
    assert len({canonical(cell) for cell in cells}) == 1, [visible(canonical(cell)) for cell in cells]


DIFFERENT = [
    ["a", "*a*", "**a**", "***a***", "~~a~~", "`a`", "[a](a)", "<b>a</b>", "\\*a\\*", "\\`a\\`"],
    ["[a](file:///v1)", "[a](file:///v2)", "[a](javascript:1)", "[a](javascript:2)", "[a](data:,x)", "[a](data:,y)"],
    ["https://e.com", "http://e.com", "https\\://e.com", "`https://e.com`", "https://e.com/"],
    ["[a](b)", "[a](b 't')", "[a](c)", "![a](b)", "[a](b)[a](b)"],
    ["&copy;", "&copy", "&copyx;", "copy"],
    ["&lt;b>", "<b>", "`<b>`"],
    ["a<br>b", "a b", "ab"],
    ["`a  b`", "`a b`"],
    ["007", "7", "7.0"],
    ["a\\\\b", "a\\\\\\\\b"],
    ["*a* *b*", "*a b*"],
    ["$a$", "\\$a"],
    ["a\x1fb", "a b", "ab"],
    ["[^1]", "[1]"],
    ["", "-", "\\\\"],
    ['[<img src="a">](b)', '[<img src="a">](c)', '<img src="a">', '[<img src="a">x](b)', '[<img src="a">](b)x'],
    ["a", "a [](b)", "a [](c)", "a [](b 't')"],
    ["[a](b)", "[a](b)[](c)"],
    ["<br>a", "[<br>](b)a", "[<br>a](b)"],
    ["<img>", "~~<img>~~", "*<img>*"],
    ["[a](b 'c d')", "[a](b 'c  d')", "[a](b 'c d ')"],
    ["a@b.co_", "<a@b.co>_"],
    ["a@___.co", "<a@___.co>"],
    ["xmpp:a@b.co/d", "<xmpp:a@b.co>/d"],
]


@pytest.mark.parametrize("cells", DIFFERENT, ids=lambda cells: cells[0])
def test_cells_that_show_something_else_differ(cells: list[str]) -> None:
    texts = [canonical(cell) for cell in cells]
    assert len(set(texts)) == len(cells), list(map(visible, texts))


CELL = st.text(st.sampled_from("ab1é_\".*`&<>[]()~\\|#;! \t\n:/@w'\x1f"), max_size=10)


@given(st.lists(st.tuples(CELL, CELL), max_size=4))
@example([("_a_", "b")])
@example([('"', "b"), ("c", "d")])
def test_rows_have_the_canonical_text_of_their_cells(rows: list[tuple[str, str]]) -> None:
    table = canonical_table(Table(["a", "*b*"], rows))
    assert [tuple(row) for row in table.rows] == [tuple(canonical(cell) for cell in row) for row in rows]
    assert table.header == [canonical("a"), canonical("*b*")]


@given(CELL)
def test_canonical_text_has_no_character_that_ends_a_cell(cell: str) -> None:
    assert "\x1f" not in canonical(cell)
    assert canonical(cell) == canonical(f" {cell}\t")


def test_checksum_starts_with_its_version_and_depends_on_cells_and_alignments() -> None:
    tables = [
        Table(["a", "b"], [["c", "d"]], ["none", "none"]),
        Table(["a", "b"], [["c", "d"]], ["none", "right"]),
        Table(["a"], [["b"], ["c"], ["d"]], ["none"]),
        Table(["a", "b"], [["c", "e"]], ["none", "none"]),
        Table(["a", "b"], [["cd", ""]], ["none", "none"]),
    ]
    checksums = [checksum(canonical_table(table)) for table in tables]
    assert len(set(checksums)) == len(tables)
    assert checksums[0] == "1:93f62d812795"  # in users' documents: it must stay the same for ever


CONSTRUCTS = [
    *("`", "``", "*", "_a ", "**a", "~~", "[", "](", "![", "](a", "<", "<a b=", "<a b='", "<!--", "&", "&#1", "\\"),
    *("http://", "http://a(", "www.", "a@", "a.b", "](a 'b", "*_~[`<", "a b", "<a b=\u00a0c", "_a_*b*"),
]


@pytest.mark.parametrize("construct", CONSTRUCTS)
def test_time_is_linear_in_a_large_cell(construct: str) -> None:
    assert canonical(construct * (60_000 // len(construct)) + "@*x*") is not None  # quadratic time would be minutes


if __name__ == "__main__":
    known = {row[0] for row in golden()}
    with GOLDEN.open("a", encoding="utf-8", newline="") as file:
        rows = ([visible(cell), visible(canonical(cell))] for cell in NEW)
        csv.writer(file, lineterminator="\n").writerows(row for row in rows if row[0] not in known)
