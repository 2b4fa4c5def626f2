"""Single cells: what is written for a value, and that what a person reads there stays readable."""

from __future__ import annotations

from html import unescape
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.cells import TemplatePipeError
from mdtables.cells import encode as cells_module
from mdtables.cells.encode import encode, encode_rows
from mdtables.cells.meaning import meaning

READABLE = [
    *("DL for Coders", "2021-05-20", "1.10", "-5", "a, b", "it's", 'say "hi"', "AT&T", "C++", "50%", "a_b_c", "x > y"),
    *(
        "(see below)",
        "https://example.com/a/b-c?d=1&e=2",
        "www.example.com",
        "user@example.com",
        "12:30:45",
        "#1",
        "a/b",
    ),
    *("2021/05/20", "!", "~5", "a.b..c", "x = 1", "Straße", "漢字", "1,000.50 €", "v1.2.3-rc.1", "a: b", "why?"),
]


@pytest.mark.parametrize("value", READABLE)
@pytest.mark.parametrize("cells", ["text", "markdown"])
def test_ordinary_values_are_written_as_they_are(value: str, cells: str) -> None:
    assert encode(value, cells) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a|b", "a\\|b"),
        ("a\\|b", "a\\\\\\|b"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("`x`", "&#96;x&#96;"),
        ("{{ x }}", "&#123;&#123; x }}"),
        ("a\r\nb\n\nc\n", "a <br/> b <br/>  <br/> c"),
        ("  a   b\t ", "a b"),
        ("\u00a0a\u3000", "&nbsp;a&#12288;"),
        ("-", "\\-"),
        (":-:", "&#58;\\-&#58;"),
        ("https://e.com/*", "https&#58;//e.com/\\*"),
        ("www.e.com/[x]", "www\\.e.com/\\[x]"),
        ("@key a@b", "&#64;key a&#64;b"),
        ("~~x~~", "&#126;&#126;x&#126;&#126;"),
        ("a == b == c", "a &#61;&#61; b &#61;&#61; c"),
    ],
)
def test_text_means_its_characters(value: str, cell: str) -> None:
    assert encode(value, "text") == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("*a* **b** `c` [d](e) ![f](g) <b>h</b>", "*a* **b** `c` [d](e) ![f](g) <b>h</b>"),
        ("`a|b`", "<code>a&#124;b</code>"),
        ("``a`|b``", "<code>a&#96;&#124;b</code>"),
        ('`--x="y|z" a-b`', "<code>&#45;&#45;x=&quot;y&#124;z&quot; a-b</code>"),
        ("`a", "&#96;a"),
        ("a \\| b \\\\| c", "a \\| b \\\\\\| c"),
        ("[a|b](c|d 'e|f')", "[a\\|b](c&#124;d 'e&#124;f')"),
        ("<i title='a|`b'>x</i>", "<i title='a&#124;&#96;b'>x</i>"),
        ("<!-- a|b -->", "<!-- a&#124;b -->"),
        ("<!-- open", "&lt;!-- open"),
        ("<!--> x -->", "&lt;!--> x -->"),
        ("a < b", "a &lt; b"),
        ("<td>x</td>", "&lt;td>x&lt;/td>"),
        ("<iframe src=x></iframe>", "<iframe src=x></iframe>"),
        ("<iframe src=x>", "&lt;iframe src=x>"),
        ("[x", "\\[x"),
        ("![x", "!\\[x"),
        ("a](b)", "a](b)"),
        ("$a|b$", "$a\\vert b$"),
        ("$\\alpha$ \\alpha", "$\\alpha$ \\\\alpha"),
        ("$5 and $6", "&#36;5 and &#36;6"),
        ("$$x$$ $", "$$x$$ &#36;"),
        ("{{ x }} {% y %}", "&#123;{ x }} &#123;% y %}"),
        ("`{{ x }}`", "<code>&#123;&#123; x }}</code>"),
        ("a\\", "a\\\\"),
        ("\\< \\~ \\*", "&lt; &#126; \\*"),
        ("see https://e.com/a|b`c", "see https://e.com/a%7Cb%60c"),
        ("`a\nb`\nc", "`a b` <br/> c"),
        ("x ` $$ `C", "x `$$`C"),
        ("` a`` `", "<code>a&#96;&#96;</code>"),
        ("`a `", "`a `"),
        ("`\u00a0`", "`\u00a0`"),
        ("`a``b`", "<code>a&#96;&#96;b</code>"),
        ("``a`b``", "``a`b``"),
        ("--", "\\-\\-"),
    ],
)
def test_markdown_stays_live_and_in_its_cell(value: str, cell: str) -> None:
    assert encode(value, "markdown") == cell


def test_kept_templates_stay_live_without_pipes() -> None:
    assert encode("`{{ x }}` {{ y }}", "markdown", "keep") == "`{{ x }}` {{ y }}"
    for value in ("{{ x | y }}", "{% if a | b %}", "<a href='{{ x | y }}'>", "[a]({{x|y}})"):
        with pytest.raises(TemplatePipeError):
            encode(value, "markdown", "keep")


def test_a_backslash_or_a_bracket_that_ends_a_link_reaches_no_neighbour() -> None:
    """Pandoc read the argument of a TeX command up to the next cell's bracket."""
    assert encode("https://e.com/a\\alpha[", "markdown") == "https://e.com/a\\\\alpha\\["
    assert encode("http://[::1]/a_b|c", "markdown") == "http://[::1]/a_b\\|c"


LIVE = ["*a*", "_a_", "**", "`a`", "~~a~~", "<b>", "<!--", "[a](b)", "&amp;", "&#42;", "\\", "|", " ", "a", "\n"]


@given(
    st.text(max_size=30).filter(lambda value: "\0" not in value)
    | st.lists(st.sampled_from(LIVE), max_size=4).map("".join)
)
def test_to_mistune_a_literal_cell_says_its_value_but_for_blanks(value: str) -> None:
    said = unescape(meaning(encode(value, "text")).replace("<br>", "\n"))
    assert "".join(said.split()) == "".join(value.split())


HARD = st.text(st.sampled_from("ab1 .,-+|wW*_:/@=<[$^&~(>{%`\\\t\n\x1f\u2028\u3000\ufeff"), max_size=6)


PIECES = st.lists(HARD | st.sampled_from(["https://e.com/", "www.", "ftp://", "{", "}"]), max_size=3).map("".join)


@given(st.lists(st.tuples(st.text("ab1 .,-", max_size=4), HARD, st.none() | PIECES), max_size=4))
@example([("a", "\x1f", "b"), ("-", "1", None)])
def test_rows_are_their_cells_one_by_one(rows: list[tuple[str, str, str | None]]) -> None:
    """Looking at a column as a whole gives what looking at each value does."""
    modes: tuple[Literal["text", "markdown"], ...] = ("text", "markdown")
    for cells in modes:
        one_by_one = [tuple(encode("?" if v is None else v, cells) for v in row) for row in rows]
        assert list(map(tuple, encode_rows(rows, cells, null="?"))) == one_by_one


@given(HARD | PIECES | st.text(max_size=8).filter(lambda value: "\0" not in value))
@example("")
@example("-")
@example("=")
@example(":")
@example("+")
def test_a_value_without_marks_is_left_as_it_would_be_written(value: str) -> None:
    modes: tuple[Literal["text", "markdown"], ...] = ("text", "markdown")
    for cells in modes:
        assert encode(value, cells) == cells_module._written(value, cells, "escape")


@pytest.mark.parametrize(
    "construct", ["`", "$ ", "[", "](", "<!--", "<a ", "{{", "{% ", "https://", "\\", "<a b='", "|", "- ", "`` ` "]
)
@pytest.mark.parametrize("cells", ["text", "markdown"])
def test_a_large_cell_of_one_construct_is_no_trap(construct: str, cells: str) -> None:
    value = construct * (300_000 // len(construct))
    assert encode(value, cells)  # type: ignore[arg-type]  # it would take minutes if it were quadratic
