r"""TeX between dollar signs: what is a formula, how it is spelled in a cell, and which dollar signs stay what they are.

Knows how math renderers pair dollar signs: those of one value, and those that Pandoc pairs across cells. A formula is
written as TeX without what a table or HTML reads, because math renderers resolve neither escapes nor references.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence

# Text that `re` compiles at its first use: most tables need none of it. What is between two dollar signs is a formula
# by the rules of Pandoc: a blank neither follows the first nor precedes the second, which is the next one, and no digit
# follows. It contains no code, no whole tag and no link, unlike `$5 <br> 6$`, and its braces come in pairs.
FORMULA = r"""(?xsa) \$(?![\s$]) (?P<inline> [^\\$`]*(?:\\.[^\\$`]*)* ) (?<!\s)\$(?![\d$])
                   | \$\$(?!\$) (?P<display> [^\\$`]*(?:\\.[^\\$`]*)* ) \$\$(?!\$)"""
_NOT_TEX = r"(?a)</?[A-Za-z][^<>]*>|<!--|\]\(|\]\[|!\[|\n\s*\n|^\s*$"
_IN_TEX = r"\\\||\\.|\||<|\[|\]|\{|\s+"
_COMMANDS = {"\\|": "\\Vert", "|": "\\vert", "<": "\\lt", "[": "\\lbrack"}
_DELIMITER = r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*$"  # after these, `<` is no relation, but an angle
_DOLLARS = r"(?s)\\.|(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|<[^<>]*>|(?P<run>\$+)"


def formula(value: str, at: int) -> re.Match[str] | None:
    """Return the formula that begins with the dollar sign at an offset; None if there is none."""
    found = re.compile(FORMULA).match(value, at)
    tex = (found["inline"] or found["display"] or "") if found else ""
    return None if re.search(_NOT_TEX, tex) or _unclosed(tex, "{", "}") else found


def tex_in_cell(found: re.Match[str], *, in_mdx: bool, keep_templates: bool) -> str | None:
    r"""Return a formula without characters that have a meaning for a table, for HTML, or for templates.

    Return None where these would have to become TeX in what may be text: `$A|$B`, with a letter or a digit next to it.
    In MDX, braces are references unless templates are kept: so it compiles with and without math.
    """
    inline, whole = found["inline"] is not None, found.string
    tex = found["inline"] if inline else found["display"]
    written = _written(tex, in_mdx=in_mdx, keep_templates=keep_templates)
    before, after = whole[: found.start()][-1:], whole[found.end() : found.end() + 1]
    in_a_word = re.match(r"(?a)[\w^]", before) or re.match(r"(?a)\w", after)
    if in_a_word and written != " ".join(re.split(r"\s+", tex)):
        return None
    return f"${written}$" if inline else f"$${written}$$"


def _written(tex: str, *, in_mdx: bool, keep_templates: bool) -> str:
    unclosed = set(_unclosed(tex, "[", "]"))

    def command(part: re.Match[str]) -> str:
        after = tex[part.end() : part.end() + 1]
        if part[0] == "<" and re.search(_DELIMITER, tex[max(0, part.start() - 10) : part.start()]):
            return "\\langle" + (" " if after.isalpha() else "")
        if part[0].isspace():
            return " "
        if part[0] == "{" and not keep_templates:
            return "&#123;" if in_mdx else "{ " if after and after in "{%#" else "{"
        if part[0] not in _COMMANDS or (part[0] == "[" and part.start() not in unclosed):
            return part[0]
        return _COMMANDS[part[0]] + (" " if after.isalpha() else "")

    return re.sub(_IN_TEX, command, tex, flags=re.DOTALL)


def _unclosed(tex: str, opening: str, closing: str) -> Sequence[int]:
    """Return the offsets of the brackets that are not closed; also of those that close none, if they are braces."""
    unclosed: list[int] = []
    for found in re.finditer(rf"(?s)\\.|[\{opening}\{closing}]", tex):
        if found[0] == opening:
            unclosed.append(found.start())
        elif found[0] == closing and unclosed:
            unclosed.pop()
        elif found[0] == "}":
            return [found.start()]
    return unclosed


def paired_across_cells(cells: Iterable[str]) -> set[int]:
    """Return the indexes of the cells, in reading order, whose dollar sign Pandoc pairs with one in a later cell.

    A dollar sign that is paired with one in code or in a tag counts: what is left of that reaches into a later cell.
    Pandoc pairs a dollar sign that no blank follows with the next one, if no blank precedes and no digit follows that;
    it does so before it looks for the ends of cells and lines.
    """
    starts, pieces, size = [], [], 0
    for cell in cells:
        starts.append(size)
        pieces.append(cell)
        size += len(cell) + 3
    text = " | ".join(pieces)
    pairing, at, tokens = set(), 0, re.compile(_DOLLARS)
    while found := tokens.search(text, at):
        at = found.end()
        if not found["run"]:
            continue
        end = _end_of_math(text, found["run"], at)
        opening = bisect_right(starts, found.start())
        if end and (bisect_right(starts, end - 1) != opening or re.search("[`<]", text[at:end])):
            pairing.add(opening - 1)
        elif end:
            at = end
    return pairing


def _end_of_math(text: str, run: str, at: int) -> int:
    """Return the end of the math that Pandoc finds after a run of dollar signs; 0 if it finds none."""
    closing = re.compile(r"(?s)[^\\$]*(?:\\.[^\\$]*)*").match(text, at)
    assert closing
    end = closing.end()
    if not text.startswith(run, end) or end == at:
        return 0
    end += len(run)
    if len(run) == 1 and (text[at].isspace() or text[end - 2].isspace() or text[end : end + 1].isdigit()):
        return 0
    return end
