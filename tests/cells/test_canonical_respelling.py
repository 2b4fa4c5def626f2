"""A cell has the same canonical text before and after each real formatter, if GitHub shows the same.

Formatters also change what GitHub shows (`[ a ](b)`, `(a)[b]`, `` ` a` ``, `*a*_b`), and that is an edit. They are
skipped if they are not installed, unless `MDTABLES_JUDGES=all`. `MDTABLES_JUDGED` times 20 random cells are tried.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest

from mdtables.cells.canonical import canonical
from tests.judges import JUDGES
from tests.test_cases import CASES
from tests.test_formatters import REQUIRE_ALL, find_program

RANDOM_CELLS = 20 * int(os.environ.get("MDTABLES_JUDGED", "100"))
ROWS = 150  # per table: markdownlint and prettier are slow for many documents and for long ones
# Linters use the emphasis mark that comes first in a document for all of it.
LEADS = ("", "_x_ and __y__\n\n", "*x* and **y**\n\n")

# Parts of cells that formatters respell, or might, separated by ¦.
WRITTEN = r"""
*a* ¦ _a_ ¦ **a** ¦ __a__ ¦ ***a*** ¦ ___a___ ¦ **_a_** ¦ __*a*__ ¦ *__a__* ¦ _**a**_ ¦ *a*b ¦ a*b* ¦ _a_b ¦ **a**b
a*b*c ¦ a**b**c ¦ a_b_c ¦ *a_b* ¦ _a*b_ ¦ *a**b**c* ¦ **a*b*** ¦ *(a)* ¦ (_a_) ¦ *a*, ¦ _a_. ¦ *a*: ¦ **a**: ¦ *"a"*
"*a*" ¦ _`a`_ ¦ *`a`* ¦ *[a](b)* ¦ _[a](b)_ ¦ [*a*](b) ¦ [__a__](b) ¦ <b>*a*</b> ¦ *<b>a</b>* ¦ __init__
snake_case ¦ _private ¦ *.py ¦ 2*3*4 ¦ *漢字* ¦ _漢字_ ¦ **重要**です ¦ *👍* ¦ *a\_b* ¦ _a\*b_ ¦ *a\** ¦ \*a* ¦ a* ¦ *a
_a ¦ **a* ¦ * ¦ ** ¦ _ ¦ __ ¦ \*a\* ¦ \_a\_ ¦ ~~a~~ ¦ ~a~ ¦ ~~*a*~~ ¦ *~~a~~* ¦ a~b ¦ ~5 ¦ \~a
`a` ¦ ``a`` ¦ ` a ` ¦ `a b` ¦ `` a`b `` ¦ `` ` `` ¦ `` `a` `` ¦ `a*b` ¦ `a\|b` ¦ `a\*b` ¦ `<b>` ¦ `&amp;` ¦ ` ¦ ``
`a ¦ \`a\` ¦ \`a` ¦ <code>a</code> ¦ `https://e.com` ¦ `a_b` ¦ `a``b` ¦ `\` ¦ <code>a\|b</code>
\! ¦ \" ¦ \# ¦ \$ ¦ \% ¦ \& ¦ \' ¦ \( ¦ \) ¦ \* ¦ \+ ¦ \, ¦ \- ¦ \. ¦ \/ ¦ \: ¦ \; ¦ \< ¦ \= ¦ \> ¦ \? ¦ \@ ¦ \[
\\ ¦ \] ¦ \^ ¦ \_ ¦ \` ¦ \{ ¦ \} ¦ \| ¦ \a ¦ C:\dir ¦ a\b ¦ \\ ¦ \- a ¦ \+ a ¦ 1\. a ¦ a \-\- b ¦ \[a]\[b] ¦ \.\.\.
\<b> ¦ \[a\](b) ¦ \![a](b) ¦ !\[a](b) ¦ \&amp; ¦ https\://e.com
& ¦ &amp; ¦ &lt; ¦ &gt; ¦ &quot; ¦ &copy; ¦ © ¦ &copy ¦ &nbsp; ¦ &#42; ¦ &#x2a; ¦ &#95; ¦ &#124; ¦ &#91;a]
&lt;b&gt; ¦ &amp;amp; ¦ &amp;lt; ¦ &x; ¦ &hellip; ¦ AT&T ¦ a&nbsp;b ¦ &#39; ¦ &apos; ¦ &mdash; ¦ &eacute; ¦ &frac12;
&#0065; ¦ &#96;a&#96; ¦ &#123;&#123; ¦ &#36;5 ¦ &#64;a ¦ &#58;
[a](b) ¦ [a]( b ) ¦ [a](<b>) ¦ [a](<b c>) ¦ [a](<>) ¦ [a]() ¦ [](b) ¦ [a](b "t") ¦ [a](b 't') ¦ [a](b (t))
[a](b "t't") ¦ [a](b 't"t') ¦ [a](b "t\"t") ¦ [a](b 't\'t') ¦ [a](b "") ¦ [a](b  "t" ) ¦ [a](b(c)) ¦ [a](b\(c)
[a](<b(c>) ¦ [a](b_c*d) ¦ [a](b\_c) ¦ [a](b?c=d&e=f) ¦ [a](b?c=d&amp;e=f) ¦ [a](é) ¦ [a](%C3%A9)
[a](https://e.com) ¦ [a](<https://e.com>) ¦ [https://e.com](https://e.com) ¦ [a](javascript:x) ¦ [a](file:///a)
![a](b) ¦ ![a](<b>) ¦ ![a](b 't') ¦ ![*a*](b) ¦ [![a](b)](c) ¦ [a [b] c](d) ¦ [a\]](b) ¦ [`a`](b) ¦ [a<br>b](c)
[a] ¦ [a][b] ¦ [a][] ¦ [^1] ¦ [x] ¦ [ ] ¦ [[a]] ¦ a[0] ¦ [a] (b) ¦ [a](b "t&quot;t") ¦ [a](b&#42;c) ¦ [a](b\&c)
https://e.com ¦ <https://e.com> ¦ http://e.com/ ¦ https://e.com/a_b ¦ https://e.com/a_b_c ¦ https://e.com/*a*
https://e.com/?a=b&c=d ¦ https://e.com/?a=b&amp;c=d ¦ https://e.com. ¦ https://e.com, ¦ (https://e.com)
(https://e.com/a_(b)) ¦ https://e.com/(a) ¦ https://e.com/~a ¦ "https://e.com" ¦ *https://e.com* ¦ **https://e.com**
https://e.com/#a ¦ <https://e.com/a_b> ¦ <https://e.com/?a&b> ¦ a@b.co ¦ <a@b.co> ¦ a@b.co. ¦ (a@b.co) ¦ a_b@c.co
<a_b@c.co> ¦ www.e.com ¦ www.e.com/a_b ¦ mailto:a@b.co ¦ <mailto:a@b.co> ¦ <tel:+1> ¦ ftp://e.com ¦ <ftp://e.com>
https:// ¦ @a ¦ #1 ¦ https://e.com/a-b--c ¦ https://e.com/a%20b ¦ https://e.com:80/ ¦ https://e.com/é
https://e.com<br>b
<br> ¦ <br/> ¦ <BR> ¦ <b>a</b> ¦ <B>a</B> ¦ <em>a</em> ¦ <b>b</b> ¦ <kbd>a</kbd> ¦ <sup>2</sup> ¦ <!--> ¦ a<b ¦ a>b
<1> ¦ List<String> ¦ < ¦ > ¦ <=> ¦ -> ¦ <- ¦ --> ¦ << ¦ >> ¦ <br /> ¦ a <br> b ¦ <!-- a --> ¦ <b class='c*d*'>a</b>
<b title="a_b">c</b> ¦ <a href="b" title="c">d</a> ¦ a < b > c ¦ <img src="a"> ¦ <a href="b">c</a>
<b  class="c">a</b> ¦ <b>a
a ¦ b c ¦ a  b ¦ 1 ¦ - a ¦ + a ¦ * a ¦ # a ¦ 1. a ¦ 1) a ¦ > a ¦ - [ ] a ¦ --- ¦ - ¦ + ¦ = ¦ === ¦ :-: ¦ ... ¦ $a$
$a_b$ ¦ $a*b*c$ ¦ $5 ¦ {{ x }} ¦ {{ a_b }} ¦ {% a %} ¦ {: .a} ¦ ==a== ¦ ^a^ ¦ :smile: ¦ 12:30:45 ¦ (c) ¦ "a" ¦ it's
a.b ¦ a! ¦ ! ¦ 漢字 ¦ 日本語、文 ¦ 👍 ¦ é
"""
PARTS = [part for line in WRITTEN.strip().split("\n") for part in line.split(" ¦ ")]
PARTS += ["a\tb", "a\u00a0b", "a\u3000b", "a\u200bb", "\\|\\|"]
ROUND = """
{} ¦ *{}* ¦ _{}_ ¦ **{}** ¦ __{}__ ¦ ~~{}~~ ¦ ({}) ¦ "{}" ¦ [{}](b) ¦ a{} ¦ {}a ¦ {}. ¦ a {} b ¦ <b>{}</b> ¦ 漢{}字
"""
BETWEEN = [" ", " ", " ", "", ", ", "<br>", " a "]

_CELL_END = re.compile(r"(?<!\\)\|")


def is_a_cell(text: str) -> bool:
    whole = bool(text) and text == text.strip(" \t") and not _CELL_END.search(text) and not text.endswith("\\")
    return whole and not re.search(r"[\x00\n\v\f\r\ud800-\udfff]", text)


@cache
def cells_of_cases() -> list[str]:
    found: dict[str, None] = {}
    for document in (path for case in CASES for path in case.glob("*.md")):
        text = document.read_bytes().decode("utf-8", "replace")
        lines = (line for line in re.split(r"\r\n|\n|\r", text) if "|" in line)
        found |= dict.fromkeys(cell.strip(" \t") for line in lines for cell in _CELL_END.split(line))
    return [cell for cell in found if is_a_cell(cell)]


@cache
def random_cells() -> list[str]:
    chance, found = random.Random(8), dict.fromkeys(PARTS)
    while len(found) < len(PARTS) + RANDOM_CELLS:
        parts = (
            chance.choice(ROUND.strip().split(" ¦ ")).replace("{}", chance.choice(PARTS))
            for _ in range(chance.randint(1, 3))
        )
        found[chance.choice(BETWEEN).join(parts).strip(" \t")] = None
    return [cell for cell in found if is_a_cell(cell)]


def tables(cells: Sequence[str], lead: str) -> list[str]:
    """Return documents of one table each. A row begins with the number of its cell and ends with a mark."""
    rows = [f"| k{number} | {cell} | z |\n" for number, cell in enumerate(cells)]
    head = f"# T\n\n{lead}| key | cell | end |\n| --- | --- | --- |\n"
    return [head + "".join(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]


def pairs(cells: Sequence[str], formatted: Sequence[str]) -> set[tuple[str, str]]:
    """Return each respelled cell, before and after. Rows that a formatter broke are left out."""
    rows = ([cell.strip(" \t") for cell in _CELL_END.split(line)] for text in formatted for line in text.split("\n"))
    numbered = ((int(row[1][1:]), row[2]) for row in rows if len(row) == 5 and re.fullmatch(r"k\d+", row[1]))
    return {(cells[number], after) for number, after in numbered if cells[number] != after}


def by_command(cells: Sequence[str], command: Sequence[str], folder: Path) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    documents = [document for lead in LEADS for document in tables(cells, lead)]
    for number, document in enumerate(documents):
        (folder / f"{number}.md").write_bytes(document.encode())
    subprocess.run(command, cwd=folder, check=False, capture_output=True)  # linters fail for what they cannot fix
    for number in range(len(documents)):
        found |= pairs(cells, [(folder / f"{number}.md").read_bytes().decode()])
    return found


def prettier(cells: Sequence[str], folder: Path) -> set[tuple[str, str]]:
    return by_command(cells, [find_program("prettier"), "--write", "."], folder)


def markdownlint(cells: Sequence[str], folder: Path) -> set[tuple[str, str]]:
    return by_command(cells, [find_program("markdownlint-cli2"), "--fix", "*.md"], folder)


def rumdl(cells: Sequence[str], folder: Path) -> set[tuple[str, str]]:
    return by_command(cells, [find_program("rumdl"), "check", "--fix", "--no-cache", "."], folder)


def mdformat(cells: Sequence[str], folder: Path) -> set[tuple[str, str]]:
    formatter = pytest.importorskip("mdformat") if not REQUIRE_ALL else __import__("mdformat")
    return pairs(cells, [formatter.text(table, extensions={"gfm", "tables"}) for table in tables(cells, "")])


_BREAK = re.compile(r"[ \t]*<br[ \t]*/?>[ \t]*", re.IGNORECASE)
_OPENING = re.compile(r"(?:<(?:em|strong)>){2,}")
_CLOSING = re.compile(r"(?:</(?:em|strong)>){2,}")


def shown(cells: Sequence[str]) -> list[str]:
    """Return GitHub's HTML of each cell, with blanks, spellings of <br> and the order of em and strong normalized."""
    judge = JUDGES["cmark-gfm"]
    if not judge.is_there():
        (pytest.fail if REQUIRE_ALL else pytest.skip)(f"needs {judge.needs}")
    pages = judge.render([f"| k | cell | z |\n| - | - | - |\n| k | {cell} | z |\n" for cell in cells])
    texts = [page.partition("<td>k</td>\n<td>")[2].rpartition("</td>\n<td>z</td>")[0] for page in pages]
    texts = [" ".join(re.split(r"[ \t\n]+", _BREAK.sub("<br>", text))).strip(" ") for text in texts]
    texts = [_OPENING.sub(lambda tags: "".join(sorted(re.findall("<.+?>", tags[0]))), text) for text in texts]
    return [_CLOSING.sub(lambda tags: "".join(sorted(re.findall("<.+?>", tags[0]))[::-1]), text) for text in texts]


@pytest.mark.slow
@pytest.mark.parametrize("formatter", [prettier, mdformat, markdownlint, rumdl], ids=lambda function: function.__name__)
@pytest.mark.parametrize("cells", [cells_of_cases, random_cells], ids=["cases", "random"])
def test_formatter_keeps_the_canonical_text(
    formatter: Callable[[Sequence[str], Path], set[tuple[str, str]]], cells: Callable[[], list[str]], tmp_path: Path
) -> None:
    respelled = sorted(formatter(cells(), tmp_path), key=lambda pair: (len(pair[0]), pair))
    before, after = shown([pair[0] for pair in respelled]), shown([pair[1] for pair in respelled])
    kept = [pair for pair, old, new in zip(respelled, before, after, strict=True) if old == new]
    wrong = [(*pair, *map(canonical, pair)) for pair in kept if canonical(pair[0]) != canonical(pair[1])]
    assert not wrong, "\n".join(map(repr, [f"{len(wrong)} of {len(kept)}", *wrong[:30]]))
    assert kept
