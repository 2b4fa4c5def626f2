"""MDX documents: markers in comments of MDX's, and values in which no brace begins an expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.cells.encode import encode
from tests.conftest import Ran

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
EMPTY = '{/* TABLE_GENERATE_START source="d.csv" */}\n{/* TABLE_GENERATE_END */}\n'


def test_region_between_comments_of_mdx_is_generated(run: Run, write: Write) -> None:
    write("d.csv", 'a,b\n{x},"`{a: 1}` <https://a.b/c?d=1|2> <!-- c -->"\n')
    document = write("a.mdx", EMPTY)
    assert run("fix").status == 0
    cells = "| &#123;x} | `{a: 1}` https://a.b/c?d=1%7C2 {/* c */} |\n"
    assert 'source="d.csv" */}\n\n| a        | b  ' in document.read_text()
    assert cells in document.read_text()
    assert '{/* TABLE_GENERATE_END checksum="1:' in document.read_text()
    assert run("check").status == 0
    assert "a.mdx:1" in run("list").out


def test_comments_of_mdx_are_text_in_other_documents(run: Run, write: Write) -> None:
    document = write("a.md", EMPTY)
    assert run("fix", "a.md").status == 0
    assert document.read_text() == EMPTY


def test_hand_edit_in_mdx_is_pulled(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "a,b\n1,{x} old\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    document.write_text(document.read_text().replace("old", "new"))
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "a,b\n1,{x} new\n"


def test_extract_writes_markers_that_compile(run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.mdx", "Text.\n\n| a |\n|---|\n| `{x}` |\n| \\{y} |\n")
    assert run("extract", "a.mdx", "--all").status == 0
    assert document.read_text().startswith('Text.\n\n{/* TABLE_GENERATE_START source="data/a.csv" */}\n\n| a ')
    assert run("check").status == 0


@pytest.mark.parametrize("cell", ["{props.x}", "text {1 + 1} more", '<Badge type={"a"} />', "$x_{ab}$"])
def test_expressions_of_a_hand_written_table_stay_live(cell: str, run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.mdx", f"import Badge from './b'\n\n| a |\n|---|\n| {cell} |\n")
    assert run("extract", "a.mdx", "--all").status == 0
    assert 'templates="keep"' in document.read_text()
    assert f"| {cell} |" in document.read_text()
    assert run("check").out == ""


def test_unclosed_comment_of_mdx_is_reported(run: Run, write: Write) -> None:
    write("a.mdx", "{/* TABLE_GENERATE_START source=d.csv\n")
    assert "this start marker is not closed by */}" in run("check").out


def test_tags_in_mdx_are_closed_or_text(run: Run, write: Write) -> None:
    write("d.csv", "a\n<b>x</b> <br> <img src=a.png> <p>y </i> <Foo/>\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    assert '| <b>x</b> <br /> <img src="a.png" /> &lt;p>y &lt;/i> <Foo/> |' in document.read_text()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a < b", "a &lt; b"),
        ("<IMG SRC=a.png>", '<img SRC="a.png" />'),
        ("<B>x</b>", "<b>x</b>"),
        ("<b>x", "&lt;b>x"),
        ("*<b>x*</b>", "*&lt;b>x*&lt;/b>"),
        ("<a href=x @click=y>z</a>", "&lt;a href=x @click=y>z&lt;/a>"),
        ("<a title='{x}'>z</a>", "<a title='&#123;x}'>z</a>"),
        ('<b style="color: red; font-weight: bold">x</b>', '<b style={{color: "red", fontWeight: "bold"}}>x</b>'),
        ("<!-- a */ b -->c", "{/* a * / b */}c"),
        ("<me@e.com> <https://e.com>", "me@e.com https://e.com"),
        ("https://e.com:a", 'htt{""}ps://e.com:a'),
        ("$x_{a}$", "$x_&#123;a}$"),
        ("`{a}` {b}", "`{a}` &#123;b}"),
        ("[[a](b)](<c d>)", "[[a](b)](c%20d)"),
        ("<br></br>", "<br />&lt;/br>"),
        ("<p style>x</p>", "<p style={{}}>x</p>"),
        ('<img children="x">', '&lt;img children="x">'),
        ("<b style='a:\"</b>\"'>z</b>", '<b style={{a: "\\"\\u003c/b>\\""}}>z</b>'),
        ('<i style="background: url(a;b); --x: 1">z</i>', '<i style={{background: "url(a;b)", "--x": "1"}}>z</i>'),
        ("\\(x{a}\\)", "\\(x&#123;a}\\)"),
        ('<Tabs.Item label="a|b" />', '<Tabs.Item label="a&#124;b" />'),
        ("http://localhost:27017/x", "http://localhost:27017/x"),
        ("www.a.bc/he<lp", 'www{""}.a.bc/he&lt;lp'),
        ("www.a.bc<table>", 'www{""}.a.bc&lt;table>'),
        ("https://a.b/c<br>d", "https://a.b/c<br />d"),
        ("http://127.0.0.1:80 http://a.1", 'http://127.0.0.1:80 htt{""}p://a.1'),
        ("<props.constructor.keys a='x' />", "&lt;props.constructor.keys a='x' />"),
        ('<b a="`"> <i>` </i>', '&lt;b a="&#96;"> <i>&#96; </i>'),
        ('<b a="<!--"> <i> --> </i>', '&lt;b a="&lt;!\\-\\-"> <i> --> </i>'),
    ],
)
def test_values_in_mdx_are_written_as_what_compiles(value: str, cell: str) -> None:
    assert encode(value, "markdown", "mdx-escape") == cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("{x} <b a={1}>y</b> {z", "{x} <b a={1}>y</b> &#123;z"),
        ("{ {a: {b: 1}} }", "{ {a: {b: 1}} }"),
        ("$x_{a}$", "$x_{a}$"),
        ('<b style={{color: "red"}}>x</b>', '<b style={{color: "red"}}>x</b>'),
    ],
)
def test_kept_expressions_of_mdx_stay_live(value: str, cell: str) -> None:
    assert encode(value, "markdown", "mdx-keep") == cell


@pytest.mark.parametrize("value", ["{a || b}", "{f({a: {b: 1}}) || c}", "<Badge a={x||y} />", "<b a={x||y}>z</b>"])
def test_pipe_in_a_kept_expression_is_an_error(value: str) -> None:
    with pytest.raises(ValueError, match="a pipe inside"):
        encode(value, "markdown", "mdx-keep")


def test_text_in_mdx_shows_no_emoji_and_no_broken_address() -> None:
    assert encode(":a: https://e.com>", "text", "mdx-escape") == ':{""}a: htt{""}ps://e.com>'


def test_what_may_end_the_build_is_reported_at_the_data(run: Run, write: Write) -> None:
    write("d.csv", "a,b\n<Known/>,x\n<Foo/>,$x_{a}$\n<Bar/>,$y$\n")
    write("a.mdx", "import Known from './known'\n\n" + EMPTY)
    out = run("fix").out
    assert 'd.csv:3: warning[mdx-cell]: column "a": this cell and 1 more contain a component that the document' in out
    assert "(<Foo>)" in out
    assert 'd.csv:3: warning[mdx-cell]: column "b": this cell contains a formula with braces, which remark-math' in out
    assert "used by this region: a.mdx:3:1" in out
    assert "Known" not in out


def test_misspelled_marker_in_mdx_is_reported(run: Run, write: Write) -> None:
    write("a.mdx", "{/* table_generate_start */}\n")
    assert "warning[misspelled-marker]" in run("check").out


def test_expression_typed_over_its_text_is_a_hand_edit(run: Run, write: Write) -> None:
    write("d.csv", "a\n{props.x}\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    edited = document.read_text().replace("&#123;props.x}", "{props.x}")
    document.write_text(edited)
    assert "a.mdx:3: error[hand-edit]" in run("fix").out
    assert document.read_text() == edited
    assert "this cell cannot be stored as a value: {props.x}" in run("pull").out


@pytest.mark.parametrize(
    "typed",
    ['<img style={{color: "red"}} />', "{/* todo */}", "<Badge type={'a'} />", '<b style={{margin: "0"}}>x</b>'],
)
def test_jsx_typed_into_a_cell_is_not_pulled_as_text(typed: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "k,a\n1,word\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    document.write_text(document.read_text().replace("word", typed))
    assert run("pull").status == 2
    assert (tmp_path / "d.csv").read_text() == "k,a\n1,word\n"


def test_address_in_an_added_row_is_pulled_without_what_keeps_it_apart(run: Run, write: Write, tmp_path: Path) -> None:
    write("d.csv", "k,a\n1,see http://a.b:other\n")
    document = write("a.mdx", EMPTY)
    run("fix")
    row = next(line for line in document.read_text().splitlines() if "see" in line)
    document.write_text(
        document.read_text().replace(row, f"{row}\n{row.replace('| 1', '| 2').replace('|   1', '|   2')}")
    )
    assert run("pull").status == 0
    assert (tmp_path / "d.csv").read_text() == "k,a\n1,see http://a.b:other\n2,see http://a.b:other\n"


@pytest.mark.parametrize(
    "value", ["\\(x{globalThis.x=1}\\)", "`{a}`", "<b title='{a}'>x</b>", "{a}", "$\\frac{a}{b}$", "\\\\{a}"]
)
def test_no_expression_in_data_is_live(value: str) -> None:
    cell = encode(value, "markdown", "mdx-escape")
    assert "{" not in re.sub(r"\\.|`.*?`", "", cell), cell
