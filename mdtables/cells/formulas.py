r"""TeX between dollar signs: what is a formula in a value, and how it is spelled in a cell.

A formula is written as TeX without what a table or HTML reads: math renderers resolve neither escapes nor references.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Text that `re` compiles at its first use: most tables need none of it. What is between two dollar signs is a formula
# by the rules of Pandoc: a blank neither follows the first nor precedes the second, which is the next one, and no digit
# follows. It contains no code, no whole tag and no link, unlike `$5 <br> 6$`, and its braces come in pairs.
_FORMULA = r"""(?xsa) \$(?![\s$]) (?P<inline> [^\\$`]*(?:\\.[^\\$`]*)* ) (?<!\s)\$(?![\d$])
                   | \$\$(?!\$) (?P<display> [^\\$`]*(?:\\.[^\\$`]*)* ) \$\$(?!\$)"""
_NOT_TEX = r"(?a)`|</?[A-Za-z][^<>]*>|<!--|\]\(|\]\[|!\[|\n\s*\n|^\s*$"
_IN_TEX = r"\\\||\\.|\||<|\[|\]|\{|[ \t\n]+"
_COMMANDS = {"\\|": "\\Vert", "|": "\\vert", "<": "\\lt", "[": "\\lbrack"}
_DELIMITER = r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*$"  # after these, `<` is a delimiter, not a relation
# Where something has to be spelled differently, what is next to the dollar signs and between them must not look like
# text: shell code, regular expressions and JSON have dollar signs, too.
_BEFORE = r"(?:^|[\s(\[{'*_~\-–—=,;:>])\Z"
_AFTER = r"$|[\s)\]}'*_~.,;:!?\-–—<]"
_TEXT = r"\"|://"


def formula(value: str, at: int) -> re.Match[str] | None:
    """Return the formula that begins with the dollar sign at an offset; None if there is none."""
    found = re.compile(_FORMULA).match(value, at)
    tex = (found["inline"] or found["display"] or "") if found else ""
    return None if re.search(_NOT_TEX, tex) or _unclosed(tex, "{", "}") else found


def tex_in_cell(found: re.Match[str], *, in_mdx: bool, keep_templates: bool) -> str | None:
    r"""Return a formula without characters that have a meaning for a table, for HTML, or for templates.

    Return None where these would have to become TeX in what is rather text, like `$A|$B`, with a letter next to it. In
    MDX, braces are references unless templates are kept: so it compiles with and without math.
    """
    inline, whole = found["inline"] is not None, found.string
    tex = found["inline"] if inline else found["display"]
    written = _written(tex, in_mdx=in_mdx, keep_templates=keep_templates)
    if written != re.sub(r"[ \t\n]+", " ", tex):
        before, after = whole[max(0, found.start() - 1) : found.start()], whole[found.end() : found.end() + 1]
        escaped = re.sub(r"\\.", "", tex, flags=re.DOTALL)
        if not re.match(_BEFORE, before) or not re.match(_AFTER, after) or re.search(_TEXT, escaped):
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
        if part[0] == "\\{" and after and after in "{%#" and not keep_templates:
            return "\\{ "
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
