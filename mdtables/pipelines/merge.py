"""Three versions of a document -> the same three, with their generated tables merged row by row.

Knows rows and their canonical text; not the data, which git has not merged yet, nor the text outside regions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mdtables.cells.canonical import canonical
from mdtables.cells.checksum import canonical_in, checksum
from mdtables.cells.layout import PaddingError, lay_out, lines_of
from mdtables.document.parse import Document, Region, parse, tables_of
from mdtables.document.region_options import read_options
from mdtables.document.splice import body_edits, checksum_edits
from mdtables.document.table import CurrentTable
from mdtables.model.options import Options
from mdtables.model.policy import DEFAULT_POLICY, Policy
from mdtables.model.table import Alignment, Table
from mdtables.pipelines.generate import is_as_written
from mdtables.tables.merge_order import merged_order
from mdtables.tables.columns import shown_as
from mdtables.text.edits import splice

Three = tuple[str, str, str]
_Cells = tuple[str, ...]


def merged(base: str, ours: str, theirs: str, policy: Policy = DEFAULT_POLICY, path: str = "") -> Three:
    """Return the three texts with the merged table in every sourced region whose table can be merged.

    All else is left to a merge of texts, as is a region that only some of the three have.
    """
    documents = [parse(text, path) for text in (base, ours, theirs)]
    regions = [_by_marker(document, policy) for document in documents]
    edits: list[list[tuple[int, int, str]]] = [[], [], []]
    numbers = [Counter(marker for marker, _ in found) for found in regions]
    for name in regions[1]:
        if len({number[name[0]] for number in numbers}) == 1:
            three = [found[name] for found in regions]
            text = _merged_region(documents, three, policy)
            for wanted, region in zip(edits, three, strict=True):
                wanted.extend([(region.body_at, region.end.end, text)] if text is not None else [])
    new = [splice(document.text, wanted) for document, wanted in zip(documents, edits, strict=True)]
    return new[0], new[1], new[2]


def _by_marker(document: Document, policy: Policy) -> dict[tuple[str, int], Region]:
    """Return the sourced regions by the text of their start marker and their number among those with that text."""
    found: dict[tuple[str, int], Region] = {}
    numbers = Counter[str]()
    for region in document.regions:
        options, problems = read_options(region.start, policy.defaults)
        if options.source is not None and not problems:
            text = " ".join(region.start.text.split())
            found[text, numbers[text]] = region
            numbers[text] += 1
    return found


def _merged_region(documents: Sequence[Document], regions: Sequence[Region], policy: Policy) -> str | None:
    """Return the text from after the start marker's line to the end of the end marker; None if it cannot be merged."""
    options, _ = read_options(regions[1].start, policy.defaults)
    tables = []
    for document, region in zip(documents, regions, strict=True):
        table = next(iter(tables_of(document, region)), None)
        if table is None or table.problems or not is_as_written(document, region, policy):
            return None  # the merged table would hide an edit by hand
        tables.append(table)
    around = {
        ("".join(region.body[: table.top]).strip(), "".join(region.body[table.bottom :]).strip())
        for region, table in zip(regions, tables, strict=True)
    }
    if len({(region.start.prefix, table.prefix) for region, table in zip(regions, tables, strict=True)}) > 1:
        return None  # it was moved into or out of a list or a quote
    if len(around) > 1:
        return None  # a caption or an attribute line was edited: git merges that
    rows = _merged_rows(tables, options)
    if rows is None:
        return None
    align = [_one_of(*each) for each in zip(*(table.table.align for table in tables), strict=True)]
    ours = regions[1]
    header = list(tables[1].table.header)
    try:
        texts = lay_out(header, rows, align, options.style, policy.ambiguous_width)
    except PaddingError:
        return None
    body = [tables[1].prefix + line + ours.start.eol for line in lines_of(texts)]
    document = documents[1]
    digest = checksum(canonical_in(document.path, Table(header, rows, align))) if policy.checksum else ""
    edits = body_edits(ours, [*ours.body[: tables[1].top], *body, *ours.body[tables[1].bottom :]]) + checksum_edits(
        document, ours, digest
    )
    text = splice(document.text, edits)
    return text[ours.body_at : len(text) - len(document.text) + ours.end.end]


def _one_of(base: Alignment, ours: Alignment, theirs: Alignment) -> Alignment:
    """Return the alignment that one side changed; if both did, ours, which the next fix corrects."""
    return theirs if ours == base else ours


def _merged_rows(tables: Sequence[CurrentTable], options: Options) -> list[_Cells] | None:
    """Merge rows by their key.

    None if both sides changed a cell, or one changed what the other removed, or rows cannot be distinguished.
    """
    headers = [list(table.table.header) for table in tables]
    if not headers[0] == headers[1] == headers[2]:
        return None
    key = shown_as(options.key, options.columns)
    column = headers[0].index(key) if key in headers[0] else 0
    base, ours, theirs = (_by_key(table, column) for table in tables)
    if base is None or ours is None or theirs is None:
        return None
    cells = [{key: [*row[:column], *row[column + 1 :]] for key, row in rows.items()} for rows in (base, ours, theirs)]
    order = merged_order(cells[0], cells[1], cells[2], lambda name: _same((theirs.get(name) or ours[name]), base[name]))
    if order is None:
        return None
    rows = []
    for name in order:
        if name in ours and name in theirs:
            row = _merged_row(base.get(name), ours[name], theirs[name])
            if row is None:
                return None
            rows.append(row)
        elif name not in base:
            rows.append(ours.get(name) or theirs[name])
        elif not _same(ours.get(name) or theirs[name], base[name]):
            return None  # changed on one side and removed on the other
    return rows if options.sort else rows[: options.limit]


def _by_key(current: CurrentTable, column: int) -> dict[str, _Cells] | None:
    """Return the rows by the canonical text of their key; None if a key is repeated."""
    rows = {canonical(row[column] or ""): tuple(cell or "" for cell in row) for row in current.table.rows}
    return rows if len(rows) == len(current.table.rows) else None


def _same(one: _Cells, other: _Cells) -> bool:
    return list(map(canonical, one)) == list(map(canonical, other))


def _merged_row(base: _Cells | None, ours: _Cells, theirs: _Cells) -> _Cells | None:
    cells = []
    for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        old = None if base is None else canonical(base[index])
        if canonical(our) in (canonical(their), old):
            cells.append(their)
        elif canonical(their) == old:
            cells.append(our)
        else:
            return None
    return tuple(cells)
