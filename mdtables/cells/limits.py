"""What of a table's values some renderer cannot show in a cell, however it is written. Knows values, not documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from mdtables.cells.encode import LINE_BREAK
from mdtables.cells.encode_markdown import Parts, parts_of
from mdtables.cells.html import is_block_of_pandoc
from mdtables.model.diagnostics import Code
from mdtables.model.options import Templates
from mdtables.model.table import Table
from mdtables.records import NamedTuple
from mdtables.tables.packed import Rows


class Limit(NamedTuple):
    """The cells of one column in which the same thing is wrong.

    `row` is the index of the first one, -1 for the header; `cells` is how many there are.
    """

    code: Code
    row: int
    column: int
    cells: int
    what: str
    hint: str


class _Kind(NamedTuple):
    code: Code
    what: str
    hint: str


_NO_PANDOC = 'remove the tag from the data; or, if you do not use Pandoc, set ignore = ["block-html"] in mdtables.toml'
_UNPAIRED = _Kind(
    "unpaired-math",
    "`$$` that do not come in pairs, so all of them show as text",
    "close the formula, or use $ for formulas within a line",
)
_BRACES = _Kind(
    "mdx-cell",
    "a formula with braces, which remark-math shows as &#123;",
    "set templates=keep on the marker if the site uses remark-math; on other sites, write the formula without braces",
)


_INVISIBLE = _Kind(
    "empty-link",
    "a link without text, which nobody can see",
    "give it a text; in a template, name what to show instead: [{title|@stem}]({@file})",
)
_EMPTY_LINK = re.compile(r"(?<!!)\[\s*\]\([^)\s]")


def limits_of(table: Table, templates: Templates, document: str) -> Iterator[Limit]:
    """Yield what is wrong with the values of a table whose Markdown is live, for each column and kind once.

    `document` is the text around the table. MDX components that are imported there are not reported.
    """
    limits: dict[tuple[int, str], Limit] = {}
    is_mdx = templates.startswith("mdx")
    lines = re.findall(r"(?ms)^(?:import|export)\b.*?(?:\n\s*\n|\Z)", document) if is_mdx else []
    imported = frozenset(re.findall(r"\w+", " ".join(lines)))
    for row, column, value in _with_marks(table):
        kinds = [_INVISIBLE] if "[" in value and "`" not in value and _EMPTY_LINK.search(value) else []
        if not (kinds or _is_suspect(value, is_mdx=is_mdx)):
            continue
        try:
            parts = parts_of("\n".join(LINE_BREAK.split(value)), templates)
        except ValueError:  # a pipe in a template, an error of its own
            continue
        for each in (*kinds, *_kinds(parts, templates, imported)):
            known = limits.get((column, each.hint), Limit(each.code, row, column, 0, each.what, each.hint))
            limits[column, each.hint] = known._replace(cells=known.cells + 1)
    yield from limits.values()


def _is_suspect(value: str, *, is_mdx: bool) -> bool:
    """Return False, quickly, for most values that have nothing wrong with them."""
    if "$$" in value or (is_mdx and "$" in value):
        return True
    names = re.findall(r"</?([A-Za-z][\w.-]*)", value)
    return any(is_mdx or is_block_of_pandoc(name.lower()) for name in names)


def _with_marks(table: Table) -> Iterator[tuple[int, int, str]]:
    """Yield the row, -1 for the header, the column and the text of each value that may contain what is looked for."""
    yield from ((-1, column, name) for column, name in enumerate(table.header) if re.search(r"[<$]|\]\(", name))
    yield from Rows.view(len(table.header), table.rows).cells_with("<", "$", "[](", "[ ](")


def _kinds(parts: Parts, templates: Templates, imported: Set[str]) -> Iterator[_Kind]:
    if parts.has_unpaired_math:
        yield _UNPAIRED
    if templates.startswith("mdx"):
        for name in dict.fromkeys(parts.tags):
            if name[0].isupper() and "-" not in name and name.partition(".")[0] not in imported:
                what = f"a component that the document does not import (<{name}>): without it the build fails"
                yield _Kind("mdx-cell", what, "import it, unless the site has it, or write &lt; for the < in the data")
        if parts.has_math_with_braces and templates == "mdx-escape":
            yield _BRACES
        return
    blocks = [name for name in dict.fromkeys(parts.tags) if is_block_of_pandoc(name.lower())]
    if blocks:
        what = f"HTML of a block (<{blocks[0]}>), at which Pandoc ends the cell: the rest of it is lost"
        yield _Kind("block-html", what, _NO_PANDOC)
