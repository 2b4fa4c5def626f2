"""Three versions of a document -> the same three with the tables that a source makes merged row by row.

Knows rows and what their cells say; not the data, which git has not merged yet, and not the text outside of regions.
"""

from __future__ import annotations

from collections.abc import Sequence

from mdtables.cells.checksum import checksum
from mdtables.cells.layout import lay_out, lines_of
from mdtables.cells.meaning import meanings
from mdtables.cells.values import said
from mdtables.document import marker
from mdtables.document.parse import Document, Region, options_of, parse, tables_of
from mdtables.document.splice import body_edits
from mdtables.document.table import Standing, only_table
from mdtables.model.options import Options
from mdtables.model.policy import DEFAULT_POLICY, Policy
from mdtables.model.table import Alignment, Table
from mdtables.pipelines.generate import is_as_written
from mdtables.tables.shape import shown_as
from mdtables.text.edits import splice

Three = tuple[str, str, str]
Row = tuple[str, ...]


class _ConflictError(Exception):
    """The two sides changed the same cell, or one changed what the other took out."""


def merged(base: str, ours: str, theirs: str, policy: Policy = DEFAULT_POLICY) -> Three:
    """The three texts, in each of which every generated table that can be merged is the merged one.

    The rest is for a merge of texts. A region that only some of them have, or whose table cannot be merged, stays.
    """
    documents = [parse(text, "") for text in (base, ours, theirs)]
    regions = [_by_marker(document, policy) for document in documents]
    edits: list[list[tuple[int, int, str]]] = [[], [], []]
    for name in regions[1]:
        if len({sum(name[0] == other for other, _ in found) for found in regions}) == 1:
            three = [found[name] for found in regions]
            text = _merged_region(documents, three, policy)
            for wanted, region in zip(edits, three, strict=True):
                wanted.extend([(region.body_at, region.end.end, text)] if text is not None else [])
    new = [splice(document.text, wanted) for document, wanted in zip(documents, edits, strict=True)]
    return new[0], new[1], new[2]


def _by_marker(document: Document, policy: Policy) -> dict[tuple[str, int], Region]:
    """The sourced regions, by the text of their start marker and which of those that are written so they are."""
    found: dict[tuple[str, int], Region] = {}
    for region in document.regions:
        options, problems = options_of(document, region, policy.defaults)
        if options.source is not None and not problems:
            text = " ".join(region.start.text.split())
            found[text, sum(name == text for name, _ in found)] = region
    return found


def _merged_region(documents: Sequence[Document], regions: Sequence[Region], policy: Policy) -> str | None:
    """The text from the start marker's next line to the end of the end marker; None where it cannot be merged."""
    options, _ = options_of(documents[1], regions[1], policy.defaults)
    tables = []
    for document, region in zip(documents, regions, strict=True):
        table, _ = only_table(region.body, tables_of(document, region))
        if table is None or table.problems or not is_as_written(document, region):
            return None  # an edit by hand would pass for a table that mdtables wrote
        tables.append(table)
    if len({"".join(r.body[t.bottom :]).strip() for r, t in zip(regions, tables, strict=True)}) > 1:
        return None  # an attribute line below the table is somebody's, and for git to merge
    try:
        rows = _merged_rows(tables, options)
    except _ConflictError:
        return None
    align = [_one_of(*each) for each in zip(*(table.table.align for table in tables), strict=True)]
    ours = regions[1]
    header = list(tables[1].table.header)
    texts = lay_out(header, rows, align, options.style, policy.ambiguous_width)
    body = [tables[1].prefix + line + ours.start.eol for line in lines_of(texts)]
    document = documents[1]
    digest = checksum(meanings(Table(header, rows, align))) if policy.checksum else ""
    end = marker.with_checksum(document.text[ours.end.start : ours.end.end], digest)
    edits = body_edits(ours, [*body, *ours.body[tables[1].bottom :]])
    text = splice(document.text, [*edits, (ours.end.start, ours.end.end, end)])
    return text[ours.body_at : len(text) - len(document.text) + ours.end.end]


def _one_of(base: Alignment, ours: Alignment, theirs: Alignment) -> Alignment:
    """What one side changed; where both did, ours, which the next fix corrects."""
    return theirs if ours == base else ours


def _merged_rows(tables: Sequence[Standing], options: Options) -> list[Row]:
    """Rows told apart by their key, in our order; theirs that are new below the row that they stand below there."""
    headers = [list(table.table.header) for table in tables]
    if not headers[0] == headers[1] == headers[2]:
        raise _ConflictError
    key = shown_as(options.key or "", options.columns)
    column = headers[0].index(key) if key in headers[0] else 0
    base, ours, theirs = (_by_key(table, column) for table in tables)
    order = list(ours)
    above: str | None = None
    for name in theirs:
        if name not in ours and name not in base:
            order.insert(0 if above is None else order.index(above) + 1, name)
            ours[name] = theirs[name]
        above = name if name in ours else above
    rows = []
    for name in order:
        if name in base and name not in theirs:
            if not _same(ours[name], base[name]):
                raise _ConflictError
        elif name in theirs:
            rows.append(_merged_row(base.get(name), ours[name], theirs[name]))
        else:
            rows.append(ours[name])
    if any(name in base and name not in ours and not _same(theirs[name], base[name]) for name in theirs):
        raise _ConflictError
    return rows


def _by_key(standing: Standing, column: int) -> dict[str, Row]:
    rows = {said(row[column] or ""): tuple(cell or "" for cell in row) for row in standing.table.rows}
    if len(rows) != len(standing.table.rows):
        raise _ConflictError
    return rows


def _same(one: Row, other: Row) -> bool:
    return list(map(said, one)) == list(map(said, other))


def _merged_row(base: Row | None, ours: Row, theirs: Row) -> Row:
    cells = []
    for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        old = None if base is None else said(base[index])
        if said(our) in (said(their), old):
            cells.append(their)
        elif said(their) == old:
            cells.append(our)
        else:
            raise _ConflictError
    return tuple(cells)
