"""Cells hold against the test suites of other projects, and read like paragraphs.

`tests/judges/fetch` brings the suites; tests of a missing one are skipped, with `MDTABLES_JUDGES=all` they fail.
`MDTABLES_JUDGED` is the number of random tables elsewhere; a fifth of it is the number of values from each suite here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache

import pytest

from mdtables import Table
from tests.judges import JUDGES, Judge
from tests.judges.inputs import SUITES, values_of
from tests.judges.page import readings
from tests.judges.second_circle import HOSTS
from tests.test_judges import PARAMS, REQUIRE_ALL, TABLES, document, failures_of, markdown_problem, text_problem

pytestmark = pytest.mark.slow
ROWS = 20
SURELY_THERE = {"summaries"}


@pytest.fixture(params=PARAMS, ids=lambda judge: judge.name)
def judge(request: pytest.FixtureRequest) -> Judge:
    chosen: Judge = request.param
    if not chosen.is_there():
        (pytest.fail if REQUIRE_ALL else pytest.skip)(f"{chosen.name} needs {chosen.needs}: bash tests/judges/install")
    return chosen


@cache
def sample(suite: str) -> Sequence[str]:
    """Return some values of a suite, always the same ones."""
    values = values_of(suite)
    if not values and suite != "kramdown":  # which Debian has in one release only
        (pytest.fail if REQUIRE_ALL else pytest.skip)(f"{suite} is missing: bash tests/judges/fetch")
    return random.Random(suite).sample(values, min(len(values), TABLES // 5))


def tables_of(values: Sequence[str]) -> list[Table]:
    """Return tables with some of the values in each, between harmless cells, and one of them as a header."""
    tables = []
    for start in range(0, len(values), ROWS):
        some = values[start : start + ROWS]
        rows = [[f"sentinel {n % 10}", value, f"sentinel {n % 7}"] for n, value in enumerate(some)]
        tables.append(Table(["head 0", some[-1], "head 1"], rows))
    return tables


@pytest.mark.parametrize("suite", SUITES)
def test_values_of_other_suites_show_as_text(suite: str, judge: Judge) -> None:
    assert failures_of(judge, tables_of(sample(suite)), "cells=text", text_problem) == []


@pytest.mark.parametrize("suite", SUITES)
def test_markdown_of_other_suites_stays_in_its_cell(suite: str, judge: Judge) -> None:
    assert failures_of(judge, tables_of(sample(suite)), "cells=markdown", markdown_problem) == []


DOLLARS = [
    *(
        "$",
        "$5",
        "US$",
        "$x",
        "x$",
        "`$`",
        "`a$`",
        "$$",
        "$a$",
        "($b$)",
        "$a|b$",
        "$HOME",
        "{$}",
        "\\$",
        "5",
        "\\",
        " ",
    ),
    *(
        "https://a.b/$x",
        "<https://a.b/$y>",
        "< $x",
        "> US$",
        "a\u00a0$",
        "[$](x$y)",
        "<i title='$'>",
        "[^a|$]",
        "{{",
        "a",
    ),
]


def tables_of_dollars() -> list[Table]:
    """Return random tables in whose cells dollar signs could pair with those in other cells."""
    chosen = random.Random("dollars")

    def value() -> str:
        return "".join(chosen.choice(DOLLARS) for _ in range(chosen.choice([0, 1, 1, 2, 3])))

    def row(columns: int, name: str) -> list[str]:
        return [cell for n in range(columns) for cell in (value() or name, f"{name} {n}")]

    columns = [chosen.randint(1, 3) for _ in range(TABLES)]
    return [Table(row(n, "head"), [row(n, "sentinel") for _ in range(chosen.randint(1, 5))]) for n in columns]


def test_dollar_signs_of_several_cells_do_not_pair(judge: Judge) -> None:
    assert failures_of(judge, tables_of_dollars(), "cells=markdown", markdown_problem) == []


# --- like a paragraph -------------------------------------------------------------------------------------------------

EVERYDAY = [
    *("plain", "*a* **b** `c` ~~d~~ <kbd>e</kbd>", "[a](https://e.com/b?c=d&e=f) and ![g](h.png)", "https://e.com/a_b"),
    *("$99", "$HOME", "$5-$10", "$5 and $6", "US$ 5", "https://a.b/$x", "AT&T &copy; &#41;", "it costs 5$, or 6$"),
    *("Hello {name}", "@returns {string}", "{a} b", "x {.red} y", "https://a.b/{id}", "[TOC]", "[^a-z]", "[^\\w]+"),
    *("a < b", "a <= b", "<3", "a &#41 b", "&#x41", "&reg.x;", "foo(&notify->x);", "?a=1&copy=2;", "&#"),
    *("`ls $HOME`", "<code>a\\b</code>", "(see <b>x</b>)", "C:\\dir\\x_y", "a\\*b\\_c", "1.10", "50%", "e.g. a/b"),
]
# What a judge reads differently from all others in a paragraph, and like them in a cell: TeX, and references that end
# without a semicolon.
OWN_READING = {
    **dict.fromkeys(["pandoc", "mistune"], r"\\[A-Za-z]|&reg|&copy|&notify"),
    **dict.fromkeys(["mkdocs", "material"], r"&#x?\d"),
}
FORMULAS = [
    *(r"x\,dx", r"\{a\}", r"50\%", r"a\;b", r"\$5", r"a \& b", "a < b", "a<b", "{{a}}", "x^2", "x_i", r"\frac{1}{2}"),
    *(r"\alpha", r"\sqrt{x}", r"\sum_{i=1}^n i", r"\int_0^1 x\,dx", r"e^{i\pi}+1=0", r"a\le b", r"\|x\|", "a_b_c"),
    *("x^{*}", "f(x)", "[0,1)", "(0,1]", r"P(A \mid B)", r"\lim_{x\to 0}", r"\mathbb{R}", r"\vec{v}", r"A \cup B"),
    *(r"\lfloor x \rfloor", r"\text{if } x", r"\begin{pmatrix}a & b\\c & d\end{pmatrix}", "n!", "x'", "a:b", "a~b"),
    *(r"\#1", r"5\$", "10^{-3}", r"O(n \log n)", r"\mathrm{CO_2}", "|x|", "a|b", "P(A|B)"),
]
MATH = [JUDGES[name] for name in ("pandoc", "pandoc-gfm", "material")]
MATH += [host.judge for host in HOSTS if host.has_math]


def compared(judge: Judge, values: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return each value with what the judge shows for it in a cell and in a paragraph, without blanks."""
    cells = judge.render([document(Table(["v"], [[value]]), "cells=markdown") for value in values])
    paragraphs = judge.render([f"x {value} x\n" for value in values])
    found = []
    for value, cell, paragraph in zip(values, cells, paragraphs, strict=True):
        shown = re.fullmatch(r"<p >x(.*?)x((?:</[^>]*>)*)</p>", readings(paragraph)[1])
        in_cell = readings(cell)[0][-1].removeprefix("<p >").removesuffix("</p>")  # Sphinx has a paragraph in each cell
        found.append((value, _even(in_cell), _even(shown[1] + shown[2] if shown else "none")))
    return found


def _even(text: str) -> str:
    """Return a text without blanks, and with straight quotes: which way a quote curls depends on what is before it."""
    return text.replace(" ", "").translate(str.maketrans("“”‘’", "\"\"''"))


def test_everyday_values_read_like_a_paragraph(judge: Judge) -> None:
    values = [value for value in EVERYDAY if not re.search(OWN_READING.get(judge.name, "$^"), value)]
    assert [found for found in compared(judge, values) if found[1] != found[2]] == []


@pytest.mark.parametrize("suite", ["commonmark", "gfm", "summaries", "naughty", "expressions"])
def test_values_of_other_suites_read_like_a_paragraph(suite: str, judge: Judge) -> None:
    values = [value for value in sample(suite) if _is_comparable(value)]
    assert [found for found in compared(judge, values) if found[1] != found[2]] == []


def _is_comparable(value: str) -> bool:
    """Return True if a value can read the same in a cell: with a pipe, HTML, a template or TeX it cannot everywhere."""
    odd = r"``|\||<[A-Za-z/!?]|\{[{%#]|\\|\$\$|\n|^[-=:+ ]+$|`\s|\s`"
    return not re.search(odd, value)


def _as_tex(reading: str) -> str:
    """Return a formula with one spelling of what cells spell differently."""
    spelled = [(r"\Vert", r"\|"), (r"\vert", "|"), (r"\lbrack", "["), (r"\langle", "<"), (r"\lt", "<"), ("‖", "∥")]
    for command, character in spelled:
        reading = reading.replace(command, character)
    return reading


@pytest.mark.parametrize("dollars", ["$", "$$"])
@pytest.mark.parametrize("judge", MATH, ids=lambda judge: judge.name)
def test_formulas_read_like_a_paragraph(judge: Judge, dollars: str) -> None:
    if not judge.is_there():
        (pytest.fail if REQUIRE_ALL and judge.name in JUDGES else pytest.skip)(f"{judge.name} needs {judge.needs}")
    formulas = [*FORMULAS, *(formula for formula in sample("katex") if _is_whole(formula))]
    found = compared(judge, [f"{dollars}{formula}{dollars}" for formula in formulas])
    assert [each for each in found if _as_tex(each[1]) != _as_tex(each[2])] == []


def _is_whole(formula: str) -> bool:
    """Return True for TeX on one line, whose braces come in pairs, without a backtick, which cells spell as text."""
    braces = re.sub(r"\\.", "", formula)
    return not re.search(r"[`\n$]|\\$", formula) and braces.count("{") == braces.count("}")
