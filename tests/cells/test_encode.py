"""Encoding a value as a cell, in both modes."""

from __future__ import annotations

import re
from html import unescape
from typing import Literal

import mistune
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mdtables.cells.canonical import canonical
from mdtables.cells.encode import encode, encode_table
from mdtables.cells.encode_markdown import encode_markdown
from mdtables.cells.encode_text import encode_text
from mdtables.model.table import Table

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
def test_ordinary_value_is_its_own_cell(value: str, cells: str) -> None:
    assert encode(value, cells) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a|b", "a\\|b"),
        ("a\\|b", "a\\\\\\|b"),
        ("__init__", "\\_\\_init\\_\\_"),
        ("`x`", "&#96;x&#96;"),
        ("{{ x }}", "&#123;&#123; x }}"),
        ("a\r\nb\n\nc\n", "a <br/> b <br/> <br/> c"),
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
def test_text_mode_shows_the_characters(value: str, cell: str) -> None:
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
        ("[a|b](c|d 'e|f')", "[a\\|b](c%7Cd 'e&#124;f')"),
        ("<i title='a|`b'>x</i>", "<i title='a&#124;&#96;b'>x</i>"),
        ("<!-- a|b -->", "<!-- a&#124;b -->"),
        ("<!-- open", "&lt;!-- open"),
        ("<!--> x -->", "&lt;!--> x -->"),
        ("a < b", "a < b"),
        ("a <b", "a &lt;b"),
        ("<td>x</td>", "&lt;td>x&lt;/td>"),
        ("<iframe src=x></iframe>", "<iframe src=x></iframe>"),
        ("<iframe src=x>", "&lt;iframe src=x>"),
        ("[x", "\\[x"),
        ("![x", "!\\[x"),
        ("a](b)", "a](b)"),
        ("$a|b$", "$a\\vert b$"),
        ('{"price": "$5", "re": "^a|b$"}', '{"price": "&#36;5", "re": "^a\\|b&#36;"}'),
        ("${a}|${b}", "&#36;{a}\\|&#36;{b}"),
        ("while [ $i<$(wc -l) ]", "while [ &#36;i&lt;&#36;(wc -l) ]"),
        ("$\\left< x \\right>$", "$\\left\\langle x \\right>$"),
        ("https://a.b/{$x|{`", "https://a.b/%7B$x%7C%7B%60"),
        ("\\({% raw %}\\) $\\{{a}\\}$", "\\(&#123;% raw %}\\) $\\{ {a}\\}$"),
        ("<CODE>x</CODE>", "<CODE>x</CODE>"),
        ("$\\alpha$ \\alpha", "$\\alpha$ \\\\alpha"),
        ("$5 and $6", "$5 and $6"),
        ("$$x$$ $", "$$x$$ $"),
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
        with pytest.raises(ValueError, match="a pipe inside"):
            encode(value, "markdown", "keep")


def test_backslash_or_bracket_after_an_address_is_escaped() -> None:
    """Pandoc reads the argument of a TeX command up to a bracket in the next cell."""
    assert encode("https://e.com/a\\alpha[", "markdown") == "https://e.com/a\\\\alpha\\["
    assert encode("http://[::1]/a_b|c", "markdown") == "http://[::1]/a_b\\|c"


LIVE = ["*a*", "_a_", "**", "`a`", "~~a~~", "<b>", "<!--", "[a](b)", "&amp;", "&#42;", "\\", "|", " ", "a", "\n"]


@given(
    st.text(max_size=30).filter(lambda value: "\0" not in value)
    | st.lists(st.sampled_from(LIVE), max_size=4).map("".join)
)
def test_to_mistune_a_text_cell_shows_its_value_except_for_blanks(value: str) -> None:
    markdown = mistune.create_markdown(escape=False, plugins=["strikethrough"])
    tokens = markdown.inline(encode(value, "text").replace("\\|", "|"), {"ref_links": {}})
    shown = unescape(re.sub(r"<(?:br ?/?)>", "", str(markdown.renderer.render_tokens(tokens, mistune.BlockState()))))  # type: ignore[union-attr]
    assert "".join(shown.split()) == "".join(value.split())


HARD = st.text(st.sampled_from("ab1 .,-+|wW*_:/@=<[$^&~(>{%`\\\t\n\x1f\u2028\u3000\ufeff"), max_size=6)


PIECES = st.lists(HARD | st.sampled_from(["https://e.com/", "www.", "ftp://", "{", "}"]), max_size=3).map("".join)


@given(st.lists(st.tuples(st.text("ab1 .,-", max_size=4), HARD, st.none() | PIECES), max_size=4))
@example([("a", "\x1f", "b"), ("-", "1", None)])
def test_rows_are_encoded_like_single_values(rows: list[tuple[str, str, str | None]]) -> None:
    """Checking a chunk or a column as a whole gives the same as checking each value; but for dollar signs."""
    modes: tuple[Literal["text", "markdown"], ...] = ("text", "markdown")
    for cells in modes:
        rows = [tuple(v and v.replace("$", "%") for v in row) for row in rows]  # type: ignore[misc]
        one_by_one = [tuple(encode("?" if v is None else v, cells) for v in row) for row in rows]
        assert list(map(tuple, encode_table(Table(["a", "b", "c"], rows), cells, null="?").rows)) == one_by_one


@given(HARD | PIECES | st.text(max_size=8).filter(lambda value: "\0" not in value))
@example("")
@example("-")
@example("=")
@example(":")
@example("+")
def test_value_that_is_its_own_cell_has_nothing_to_encode(value: str) -> None:
    for cells, encoder in (("text", encode_text), ("markdown", encode_markdown)):
        if value and encode(value, cells) == value:  # type: ignore[arg-type]
            assert encoder(value) == value
            assert canonical(value) or value.isspace()


@pytest.mark.parametrize("templates", ["escape", "mdx-escape", "mdx-keep"])
@pytest.mark.parametrize(
    "construct",
    [
        *("`", "$ ", "[", "](", "<!--", "<a ", "{{", "{% ", "https://", "\\", "<a b='", "|", "- ", "`` ` ", "$a", "[^"),
        *("<b>", "<code>", "{", "\\(\\alpha", "[^a|]", "www.e.com<", "https://e.com/$x ", "[a](b$c)", " {a}", "<A/>"),
    ],
)
@pytest.mark.parametrize("cells", ["text", "markdown"])
def test_time_is_linear_in_a_large_cell(construct: str, cells: str, templates: str) -> None:
    value = construct * (150_000 // len(construct))
    try:
        assert encode(value, cells, templates)  # type: ignore[arg-type]  # quadratic time would be minutes
    except ValueError:
        assert templates == "mdx-keep"  # a pipe in an expression
