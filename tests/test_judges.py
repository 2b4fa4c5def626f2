"""Readers see the same cells in every renderer. Each judge is a real Markdown renderer.

Tests of a missing judge are skipped with a note on what it needs; with `MDTABLES_JUDGES=all` they fail.
`MDTABLES_JUDGED` is the number of random tables (2500 in continuous integration).
"""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mdtables import Table, regenerate
from tests.judges import JUDGES, Judge
from tests.judges.page import Page, collapse_spaces, read, readings

REQUIRE_ALL = os.environ.get("MDTABLES_JUDGES") == "all"
TABLES = int(os.environ.get("MDTABLES_JUDGED", "100"))

# Differences that cannot be avoided at a reasonable cost. Any other difference is a failure. The docs list these.
KNOWN_EXCEPTIONS = {
    "typographic quotes": "jekyll, hugo and pandoc curl raw quotes, as they do in the prose around the table",
    "spaces": "HTML shows one space for any number of them; pandoc makes a no-break space after `Mr.` and `e.g.`",
    "line break": "hugo by default drops `<br/>`; the spaces around it keep the words apart",
    "composed": "pandoc -f gfm composes e + U+0301 to é, which looks the same",
    "space before a closing quote": "pandoc moves it out of the quotation",
    "control characters": "Python-Markdown keeps U+0002 and U+0003 for itself; NUL is refused",
    "arrows": "pandoc adds an invisible variation selector after ↔ and ↩",
    "block HTML": "pandoc ends a cell at `<div>`, `<p>`, `<ul>` and the like: reported as `block-html`",
    "formulas": "where nothing renders formulas, readers see `\\vert` for a pipe in one, and `\\lt` for a `<`",
    "unclosed code": "a `<code>` without its end shows as text: kramdown looks for the end in the cells that follow",
    "footnotes": "pandoc's `^[x]` in a cell with live Markdown is a footnote, and its text is below the table",
}
CURLS_QUOTES = {"jekyll", "hugo", "pandoc"}

NASTY = [
    *(
        "a|b",
        "|",
        "||",
        "a\\",
        "\\|",
        "\\\\",
        "`",
        "``",
        "`a`",
        "`a|b`",
        "*a*",
        "**",
        "_a_",
        "__init__",
        "a_b",
        "~~a~~",
        "~",
    ),
    *(
        "[a]",
        "[a](b)",
        "![a](b)",
        "[x]",
        "[^1]",
        "<b>",
        "</td>",
        "<!-- a -->",
        "-->",
        "<https://e.com>",
        "&amp;",
        "&copy",
        "AT&T",
    ),
    *(
        "$a$",
        "$5 and $6",
        "^a^",
        "{{ a }}",
        "{% b %}",
        "{{< c >}}",
        "{: .d}",
        "{#e}",
        "{a}",
        ":smile:",
        "12:30:45",
        "==a==",
        "++a++",
    ),
    *(
        "-",
        "--",
        "---",
        ":-:",
        "=",
        "===",
        "+",
        "...",
        "1.",
        "- a",
        "# a",
        "> a",
        ">>",
        "<<",
        "1/2",
        "(c)",
        "(tm)",
        "+/-",
        "c/o",
    ),
    *(
        "https://e.com/a_b?c=d&e=f",
        "https://e.com/*",
        "www.e.com",
        "a@b.co",
        "@key",
        "mailto:a@b.co",
        "%41",
        "100%25",
        "C++",
    ),
    *(
        "it's",
        '"a"',
        "a\nb",
        "  a  ",
        "\u00a0a",
        "漢字",
        "👩\u200d👩\u200d👧",
        "🇫🇷",
        "עברית",
        "e\u0301",
        "C:\\dir\\x",
        "\\alpha",
        "\\(a\\)",
    ),
    *(
        "007",
        "1.10",
        "1e5",
        "no",
        "NA",
        "",
        "a  b",
        "a\tb",
        "<script>",
        "<textarea>",
        "*[a]: b",
        "!",
        "\u2028",
        "\ufeffa",
        "｜",
    ),
]
ATOMS = [*NASTY, *"|\\`*_[]()<>&{}$~^:-=+.!#@%/'\" \n", "x", "word", "x", "a b"]
VALUES = st.lists(st.sampled_from(ATOMS), max_size=5).map("".join)


QUICK = {"mistune", "comrak"}  # in this process, and always installed
PARAMS = [pytest.param(judge, marks=() if name in QUICK else pytest.mark.slow) for name, judge in JUDGES.items()]


@pytest.fixture(params=PARAMS, ids=lambda judge: judge.name)
def judge(request: pytest.FixtureRequest) -> Judge:
    chosen: Judge = request.param
    if not chosen.is_there():
        (pytest.fail if REQUIRE_ALL else pytest.skip)(
            f"judge {chosen.name} needs {chosen.needs}; run: bash tests/judges/install"
        )
    return chosen


# --- documents --------------------------------------------------------------------------------------------------------


def document(table: Table, options: str, file: str = "a.md") -> str:
    """Return a document of this name with this table as mdtables writes it."""
    marked = f"<!-- TABLE_GENERATE_START source=d {options} -->\n<!-- TABLE_GENERATE_END -->"
    if file.endswith(".mdx"):
        marked = marked.replace("<!--", "{/*").replace("-->", "*/}")
    outcome = regenerate(f"Before.\n\n{marked}\n\nAfter.\n", file, lambda asked, place: (table, []))
    assert not outcome.failed, outcome.diagnostics
    return outcome.new


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    def of_width(width: int) -> st.SearchStrategy[Table]:
        header = st.lists(cells.filter(lambda name: bool(name.strip())), min_size=width, max_size=width, unique=True)
        rows = st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=4)
        return st.tuples(header, rows).map(lambda parts: Table(parts[0], [[*row] for row in parts[1]]))

    return st.integers(1, 4).flatmap(of_width)


def collected(strategy: st.SearchStrategy[Table]) -> list[Table]:
    """Let Hypothesis make `MDTABLES_JUDGED` tables. Collected in a list, because renderers work on batches."""
    made: list[Table] = []

    @settings(max_examples=TABLES, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def collect(table: Table) -> None:
        made.append(table)

    collect()
    return made


@cache
def random_tables() -> Sequence[Table]:
    return collected(tables(VALUES))


@cache
def random_tables_with_sentinels() -> Sequence[Table]:
    """Add a harmless column after every column; its text must stay unchanged whatever its neighbours contain."""

    def guarded(table: Table) -> Table:
        def between(row: Sequence[str | None]) -> list[str | None]:
            return [cell for n, value in enumerate(row) for cell in (value, f"sentinel {n}")]

        header = [cell for n, name in enumerate(table.header) for cell in (name, f"head {n}")]
        return Table(header, [between(row) for row in table.rows])

    return collected(tables(VALUES).map(guarded))


def each_position() -> list[Table]:
    """Return a table for each nasty value, with it as the first, a middle and the last cell, and as a header."""
    found = []
    for value in NASTY:
        cells = [[value, "b", "c"], ["a", value, "c"], ["a", "b", value]]
        header = [value if value.strip() else "h", "head", "last"]
        found.append(Table(header, [list(row) for row in cells]))
    return found


# --- expectations -----------------------------------------------------------------------------------------------------


def normalized(text: str, judge: Judge) -> str:
    """Return the text with the known exceptions of this judge evened out."""
    text = collapse_spaces(text)
    if judge.name in CURLS_QUOTES:
        text = text.translate(str.maketrans("“”‘’", "\"\"''"))
    if judge.name == "pandoc":
        text = re.sub(r"\s*([\"'])\s*", r"\1", text)
    if judge.name.startswith("pandoc"):
        text = text.replace("\ufe0e", "")
    if judge.name == "pandoc-gfm":
        text = unicodedata.normalize("NFC", text)
    return text


def rows_of(table: Table) -> list[list[str]]:
    return [list(table.header), *([cell or "" for cell in row] for row in table.rows)]


def text_problem(table: Table, page: Page, judge: Judge) -> str:
    """Describe how the page differs from the data; return an empty string if it does not."""
    expected = [[normalized(cell, judge) for cell in row] for row in rows_of(table)]
    if len(page.tables) != 1:
        return f"{len(page.tables)} tables"
    found = [[normalized(cell, judge) for cell in row] for row in page.tables[0]]
    if page.around.replace(" ", "") != "Before.After.":
        return f"around the table: {page.around!r}"
    if found != expected:
        return f"expected {expected}, found {found}"
    return ""


def markdown_problem(table: Table, page: Page, judge: Judge) -> str:
    """Describe how the table lost its shape or a harmless cell its text; return an empty string if neither."""
    rows = rows_of(table)
    if len(page.tables) != 1:
        return f"{len(page.tables)} tables"
    found = page.tables[0]
    if [len(row) for row in found] != [len(row) for row in rows]:
        return f"expected {rows}, found {found}"
    harmless = re.compile(r"(?:sentinel|head) \d")
    for row, cells in zip(rows, found, strict=True):
        for value, cell in zip(row, cells, strict=True):
            if harmless.fullmatch(value) and cell != value:
                return f"{value!r} became {cell!r} in {cells}"
    if not page.around.startswith("Before.") or "After." not in page.around:
        return f"around the table: {page.around!r}"
    return ""


def failures_of(
    judge: Judge, made: Sequence[Table], options: str, wrong: Callable[[Table, Page, Judge], str]
) -> list[tuple[str, str]]:
    """Return the documents that this judge renders wrongly, each with a description of the problem."""
    documents = [document(table, options) for table in made]
    failures = []
    for table, text, html in zip(made, documents, judge.render(documents), strict=True):
        if problem := wrong(table, read(html), judge):
            failures.append((text, problem))
    return failures


# --- the tests --------------------------------------------------------------------------------------------------------


def test_text_cells_show_the_value_in_every_position(judge: Judge) -> None:
    assert failures_of(judge, each_position(), "cells=text", text_problem) == []


def test_random_text_tables_show_their_values(judge: Judge) -> None:
    assert failures_of(judge, random_tables(), "cells=text", text_problem)[:3] == []


def test_markdown_cells_keep_table_and_neighbouring_cells(judge: Judge) -> None:
    failures = failures_of(judge, random_tables_with_sentinels(), "cells=markdown", markdown_problem)
    assert failures[:3] == []


LIVE = {
    "*a*": "<em>a</em>",
    "**a**": "<strong>a</strong>",
    "`a`": "<code>a</code>",
    "[a](https://e.com)": '<a href="https://e.com">a</a>',
    "![a](b.png)": '<img alt="a" src="b.png">',
    "<https://e.com>": "https://e.com</a>",
    "<sup>a</sup>": "<sup>a</sup>",
    "`a|b`": "<code>a|b</code>",
    "[a|b](https://e.com)": ">a|b</a>",
}


def test_markdown_in_cells_is_rendered(judge: Judge) -> None:
    """Attributes may come in any order. Hugo's default configuration drops raw HTML and keeps its text."""
    table = Table(["value"], [[value] for value in LIVE])
    html = judge.render([document(table, "cells=markdown")])[0]
    for value, expected in LIVE.items():
        if judge.name == "hugo" and "<" in value + expected and ("|" in value or "sup" in value):
            continue
        assert _canonical(expected) in _canonical(html), value


def _canonical(html: str) -> str:
    """Return the HTML with only the expected attributes, in sorted order."""

    def tag(found: re.Match[str]) -> str:
        kept = sorted(re.findall(r'(?:href|src|alt)="[^"]*"', found[2]))
        return f"<{found[1]}{''.join(' ' + attribute for attribute in kept)}>"

    return re.sub(r"<(\w+)((?:\s[^<>]*)?)/?>", tag, html.replace("&#124;", "|").replace("&#x7C;", "|"))


def test_pipes_in_code_show_as_pipes(judge: Judge) -> None:
    values = [
        "`a|b`",
        "`||`",
        "``a`|b``",
        "`a \\| b`",
        "x `|` y `|` z",
        '`--x="a|b"`',
        "`{{ a | b }}`",
        "`a|*b*|<c>|&copy;`",
    ]
    shown = ["a|b", "||", "a`|b", "a \\| b", "x | y | z", '--x="a|b"', "{{ a | b }}", "a|*b*|<c>|&copy;"]
    page = read(judge.render([document(Table(["v"], [[v] for v in values]), "")])[0])
    assert [row[0] for row in page.tables[0][1:]] == shown


def test_alignment_reaches_the_reader(judge: Judge) -> None:
    html = judge.render([document(Table(["a", "b", "c"], [["1", "2", "3"]]), 'align="l, r, c"')])[0]
    found = re.findall(r"""<t[hd][^>]*?(?:align="|text-align:\s*)(left|right|center)""", html)
    assert found == ["left", "right", "center"] * 2


# --- templates ----------------------------------------------------------------------------------------------------

IN_TEMPLATES = {  # a template, and what a reader sees of it for a value
    "[{v}](https://e.com/a) as T": "<a https://e.com/a>VALUE</a>",
    "[{v} x](https://e.com/a) as T": "<a https://e.com/a>VALUE x</a>",
    "**{v}** as T": "<strong >VALUE</strong>",
    "x {v} y as T": "x VALUE y",
    "`{v}` as T": "<code >VALUE</code>",
    "[`{v}`](https://e.com/a) as T": "<a https://e.com/a><code >VALUE</code></a>",
    "[x](https://e.com/{v}) y as T": "<a ADDRESS>x</a> y",
    "[x](https://e.com/?q={v}) y as T": "<a ADDRESS>x</a> y",
    "[x]({v}) y as T": "<a ADDRESS>x</a> y",
    "![x](https://e.com/{v}.png) y as T": "<img ADDRESS></img> y",
    "[![x](https://e.com/{v}.png)](https://e.com/{v}) y as T": "<a ADDRESS><img ADDRESS></img></a> y",
    '[x](https://e.com "{v}") y as T': "<a https://e.com>x</a> y",
    '<b title="{v}">x</b> y as T': "<b >x</b> y",
    "{w}{v}{w} as T": "wVALUEw",
    "<kbd>{v}</kbd> as T": "<kbd >VALUE</kbd>",
    "<code>{v}</code> as T": "<code >VALUE</code>",
    '<img src="{v}"> y as T': "<img ADDRESS></img> y",
}


def template_values() -> list[str]:
    made = [cell or "" for table in random_tables()[:400] for row in table.rows for cell in row]
    return [value for value in [*NASTY, *made] if value.strip(" \t\n\r") and "\u2028" not in value]


@pytest.mark.parametrize("template", IN_TEMPLATES)
def test_values_in_templates_show_their_characters(judge: Judge, template: str) -> None:
    """Readers see each value in its place, and what is around it; an address leads to something, and ends there."""
    values = template_values()
    table = Table(["v", "w"], [[value, "w"] for value in values])
    options = f"columns='{template}, w'" if '"' in template else f'columns="{template}, w"'
    html = judge.render([document(table, f"cells=text {options}")])[0]
    cells, _ = readings(html)
    assert len(cells) == 2 * len(values) + 2, "a value ended its cell or its row"
    wrong = []
    for value, cell, beside in zip(values, cells[2::2], cells[3::2], strict=True):
        expected = IN_TEMPLATES[template].replace("VALUE", value.strip(" \t\n\r"))
        if judge.name == "hugo" and template.startswith("<img"):
            expected = "y"  # without raw HTML
        if beside != "w" or not is_shown(expected, cell, judge):
            wrong.append((value, cell, beside))
    assert wrong[:5] == []


@pytest.mark.parametrize("template", [each for each in IN_TEMPLATES if "{v}](" in each or "/{v}" in each])
def test_live_markdown_in_templates_stays_in_its_place(judge: Judge, template: str) -> None:
    """A link stays one, whatever Markdown is in its label or in its address, and so do the cells next to it."""
    values = template_values()
    table = Table(["v", "w"], [[value, "w"] for value in values])
    html = judge.render([document(table, f'cells=markdown columns="{template}, w"')])[0]
    cells, _ = readings(html)
    assert len(cells) == 2 * len(values) + 2, "a value ended its cell or its row"
    pairs = zip(values, cells[2::2], cells[3::2], strict=True)
    assert [each for each in pairs if each[2] != "w" or "<a https://e.com" not in each[1].replace("<img", "<a")] == []


def test_headings_of_groups_show_their_values(judge: Judge) -> None:
    values = {" ".join(value.split()): value for value in template_values()}
    table = Table(["v", "w"], [[value, "w"] for value in values])
    html = judge.render([document(table, "cells=text group=v")])[0]
    cells, rest = readings(html)
    headings = re.findall(r"<h2 [^>]*>(.*?)</h2>", rest)
    assert len(cells) == 2 * len(values)
    assert len(headings) == len(values)
    pairs = zip(values, headings, strict=True)
    assert [(value, heading) for value, heading in pairs if not is_shown(value, heading, judge)][:5] == []


def is_shown(expected: str, cell: str, judge: Judge) -> bool:
    """Return True if a reader sees what is expected, with any address for ADDRESS."""
    if "ADDRESS" not in expected:
        cell = re.sub(r"<a [^>]*@[^>]*>(.*?)</a>", r"\1", cell)  # which GitHub makes, however an address is spelled
    if judge.name == "hugo":  # it drops raw HTML by default, and keeps its text
        expected, cell = (re.sub("</?(?:b|code|kbd) ?>", "", each) for each in (expected, cell))
    parts = [re.escape("".join(normalized(part, judge).split())) for part in expected.split("ADDRESS")]
    return re.fullmatch(r"[^\s<>]*".join(parts), "".join(normalized(cell, judge).split())) is not None


# --- containers -------------------------------------------------------------------------------------------------------

MISTUNE_PLUGINS = "mistune reads tables in lists and quotes only with its plugins table_in_list and table_in_quote"
FOUR_SPACES = "Python-Markdown needs an indentation of four spaces inside a list item; the table comes after it"
TWO_SPACES = {"mistune": MISTUNE_PLUGINS, "mkdocs": FOUR_SPACES, "material": FOUR_SPACES}
RAW_HTML = "without md_in_html, Markdown inside raw HTML is not rendered"
DROPS_HTML = "hugo's default configuration drops raw HTML, including <details>"

PARENTHESES = "kramdown and Python-Markdown know no ordered list with parentheses"
NO_ALERTS = "pandoc -f gfm makes an alert a <div>"
DETAILS = '<details markdown="1">\n<summary>more</summary>\n\n'
MISTUNE = {"mistune": MISTUNE_PLUGINS}


class Container(NamedTuple):
    """Where a region is: the text before it, the prefix of its lines, and the text below it.

    `tag` must enclose the table, if it is set. `elsewhere` are the judges that render the table in another place or not
    at all, with the reason.
    """

    before: str
    prefix: str = ""
    tag: str = ""
    elsewhere: Mapping[str, str] = {}
    below: str = ""


CONTAINERS = {
    "bullet list, two spaces": Container("- item\n\n", "  ", "li", TWO_SPACES),
    "bullet list, four spaces": Container("-   item\n\n", "    ", "li", MISTUNE),
    "star list, two spaces": Container("* item\n\n", "  ", "li", TWO_SPACES),
    "plus list, four spaces": Container("+   item\n\n", "    ", "li", MISTUNE),
    "ordered list, three spaces": Container("1. item\n\n", "   ", "li", TWO_SPACES),
    "ordered list, four spaces": Container("1.  item\n\n", "    ", "li", MISTUNE),
    "ordered list of two digits": Container("10. item\n\n", "    ", "li", MISTUNE),
    "ordered list, parenthesis": Container(
        "1) item\n\n", "   ", "li", {**MISTUNE, **dict.fromkeys(["jekyll", "mkdocs", "material"], PARENTHESES)}
    ),
    "task list": Container("- [ ] item\n\n", "  ", "li", TWO_SPACES),
    "nested list, four spaces": Container("- item\n\n  - inner\n\n", "    ", "li", MISTUNE),
    "nested list, six spaces": Container("1.  item\n\n    - inner\n\n", "      ", "li", MISTUNE),
    "nested list, eight spaces": Container("-   item\n\n    -   inner\n\n", "        ", "li", MISTUNE),
    "loose list": Container("-   one\n\n-   two\n\n", "    ", "li", MISTUNE),
    "tight list, two spaces": Container("- one\n- two\n", "  ", "li", TWO_SPACES),
    "tight list, four spaces": Container("-   one\n-   two\n", "    ", "li", MISTUNE),
    "list below a paragraph": Container("text\n\n- item\n\n", "  ", "li", TWO_SPACES),
    "block quote": Container("", "> ", "blockquote", MISTUNE),
    "quote with a paragraph": Container("> text\n>\n", "> ", "blockquote", MISTUNE),
    "quote in a quote": Container("> > text\n> >\n", "> > ", "blockquote", MISTUNE),
    "quote in a list": Container("-   item\n\n", "    > ", "blockquote", MISTUNE),
    "list in a quote, two spaces": Container("> - item\n>\n", ">   ", "li", TWO_SPACES),
    "list in a quote, four spaces": Container("> -   item\n>\n", ">     ", "li", MISTUNE),
    "alert": Container("> [!NOTE]\n> text\n>\n", "> ", "blockquote", {**MISTUNE, "pandoc-gfm": NO_ALERTS}),
    "details": Container(DETAILS, "", "details", {"mkdocs": RAW_HTML, "hugo": DROPS_HTML}, "\n</details>\n"),
    "indented by three spaces": Container("", "   "),
    "right below a heading": Container("## heading\n"),
    "right above a heading": Container("", below="## heading\n"),
    "right below an underlined heading": Container("heading\n-------\n"),
    "right below a paragraph": Container("text\n"),
    "right above a paragraph": Container("", below="text\n"),
    "right below a fence": Container("```\ncode\n```\n"),
    "right above a fence": Container("", below="```\ncode\n```\n"),
    "right below a rule": Container("***\n"),
    "right above a rule": Container("", below="***\n"),
    "right below a comment": Container("<!-- comment -->\n"),
    "below a div": Container("<div>x</div>\n\n"),
    "below a footnote": Container("x[^1]\n\n[^1]: note\n\n"),
}
CELLS = Table(["name", "value"], [["a", "1"], ["b|c", "2"]])


@pytest.mark.parametrize("container", CONTAINERS)
def test_table_stays_inside_its_container(container: str, judge: Judge) -> None:
    place = CONTAINERS[container]
    marked = "<!-- TABLE_GENERATE_START source=d -->\n<!-- TABLE_GENERATE_END -->\n"
    region = "".join(place.prefix + line + "\n" for line in marked.splitlines())
    text = f"Before.\n\n{place.before}{region}{place.below}\nAfter.\n"
    outcome = regenerate(text, "a.md", lambda asked, where: (CELLS, []))
    assert not outcome.failed, outcome.diagnostics
    page = read(judge.render([outcome.new])[0])
    in_place = page.tables == [[["name", "value"], ["a", "1"], ["b|c", "2"]]]
    in_place = in_place and (not place.tag or place.tag in page.inside[0])
    assert in_place == (judge.name not in place.elsewhere), page


@pytest.mark.slow
def test_table_stays_inside_a_material_admonition() -> None:
    judge = JUDGES["material"]
    if not judge.is_there():
        (pytest.fail if REQUIRE_ALL else pytest.skip)(
            f"judge material needs {judge.needs}; run: bash tests/judges/install"
        )
    marked = "    <!-- TABLE_GENERATE_START source=d -->\n    <!-- TABLE_GENERATE_END -->\n"
    for opening in ('!!! note "Title"', '??? note "Title"'):
        outcome = regenerate(f"text\n\n{opening}\n\n    inside\n\n{marked}", "a.md", lambda asked, place: (CELLS, []))
        page = read(judge.render([outcome.new])[0])
        assert page.tables, outcome.new
        assert {"div", "details"} & set(page.inside[0])


# --- the matrix of the docs -------------------------------------------------------------------------------------------


def matrix() -> list[list[str]]:
    """Return a table row per judge with how many documents it rendered correctly. A missing judge is an error."""
    rows = [["judge", "what it is", "values", "text", "markdown", "containers"]]
    values, literal, live = each_position(), random_tables(), random_tables_with_sentinels()
    for judge in JUDGES.values():
        asked = [
            (values, failures_of(judge, values, "cells=text", text_problem)),
            (literal, failures_of(judge, literal, "cells=text", text_problem)),
            (live, failures_of(judge, live, "cells=markdown", markdown_problem)),
        ]
        right = [f"{len(made) - len(wrong)} of {len(made)}" for made, wrong in asked]
        rows.append([judge.name, judge.what, *right, in_containers(judge)])
    return rows


def in_containers(judge: Judge) -> str:
    placed = sum(judge.name not in place.elsewhere for place in CONTAINERS.values())
    return f"{placed} of {len(CONTAINERS)}"


if __name__ == "__main__":
    readers = Path(__file__).parent.parent / "docs" / "data" / "readers.csv"
    rows = matrix()
    with readers.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
