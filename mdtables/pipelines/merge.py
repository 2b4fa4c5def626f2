"""Three versions of a document -> the same three, with their generated tables merged row by row.

Knows rows and their canonical text; not the data, which git has not merged yet, nor the text outside regions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from mdtables.cells.canonical import canonical
from mdtables.cells.checksum import canonical_in, checksum
from mdtables.cells.render import Part, laid_out
from mdtables.document.content import Content, content_of, read_content
from mdtables.document.headings import level_of
from mdtables.document.parse import Document, Region, parse
from mdtables.document.region_options import read_options
from mdtables.model.captions import Text
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.model.policy import DEFAULT_POLICY, Policy
from mdtables.model.table import Table
from mdtables.pipelines.generate import is_as_written
from mdtables.pipelines.merged_counts import counted, merged_counts, with_counts
from mdtables.pipelines.region_lines import region_edits
from mdtables.pipelines.region_task import RegionTask
from mdtables.tables.columns import shown_as
from mdtables.tables.merge_order import merged_order
from mdtables.text.edits import splice

Three = tuple[str, str, str]
_Cells = list[str]
_Value = TypeVar("_Value")


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
    contents = [content_of(region) for region in regions]
    tables = []
    for document, region, content in zip(documents, regions, contents, strict=True):
        table = read_content(document, region, content) if content.odd is None else None
        if table is None or table.problems or not is_as_written(document, region, policy):
            return None  # the merged table would hide an edit by hand
        tables.append(table)
    around = {_own_lines(region, content) for region, content in zip(regions, contents, strict=True)}
    if len({(region.start.prefix, table.prefix) for region, table in zip(regions, tables, strict=True)}) > 1:
        return None  # it was moved into or out of a list or a quote
    if len(around) > 1 or len({bool(table.table.headings) for table in tables}) > 1:
        return None  # a caption or an attribute line was edited, or headings were added: git merges that
    whole = _merged_table([table.table for table in tables], options)
    if whole is None:
        return None
    document, ours = documents[1], regions[1]
    task = RegionTask(document, ours, options, "", policy, lambda _: 0)
    try:
        parts = list(_parts(whole, task, len(tables[1].prefix)))
        digest = checksum(canonical_in(document.path, whole))
        edits = region_edits(task, contents[1], parts, whole.caption, whole.note, digest)
    except MdtablesError:
        return None
    text = splice(document.text, edits)
    return text[ours.body_at : len(text) - len(document.text) + ours.end.end]


def _own_lines(region: Region, content: Content) -> tuple[str, ...]:
    """Return the attribute lines and captions of Pandoc's in a region."""
    lines: list[str] = []
    for section in content.sections:
        lines += region.body[section.first : section.extent.top]
        lines += region.body[section.extent.bottom : section.last]
    return tuple(line.strip() for line in lines)


def _parts(table: Table, task: RegionTask, indent: int) -> Iterator[Part]:
    """Yield the tables under their headings, laid out. Raise MdtablesError."""
    starts = [
        row
        for row in range(len(table.rows))
        if not row or table.headings[row : row + 1] != table.headings[row - 1 : row]
    ]
    for start, end in pairwise([*(starts or [0]), len(table.rows)]):
        own = table._replace(rows=table.rows[start:end])
        heading = table.headings[start] if table.headings else ""
        yield Part(heading, laid_out(own, task.options, task.policy.ambiguous_width, task.at, indent))


def _one_of(base: _Value, ours: _Value, theirs: _Value) -> _Value:
    """Return what one side changed; if both did, ours, which the next fix corrects."""
    return theirs if ours == base else ours


def _merged_table(tables: Sequence[Table], options: Options) -> Table | None:
    """Return the merged table, with headings and texts; None if both sides changed the same."""
    rows = _merged_rows(tables, options)
    if rows is None:
        return None
    align = [_one_of(*each) for each in zip(*(table.align for table in tables), strict=True)]
    merged = Table(list(tables[1].header), [row[1:] for row in rows], align)
    if tables[1].headings:
        headings = _merged_headings(tables, [row[0] for row in rows], options)
        if headings is None:
            return None
        merged = merged._replace(headings=headings)
    caption = _merged_text(options.caption, [table.caption for table in tables], options, len(rows))
    note = _merged_text(options.note, [table.note for table in tables], options, len(rows))
    return None if caption is None or note is None else merged._replace(caption=caption, note=note)


def _merged_headings(tables: Sequence[Table], groups: Sequence[str], options: Options) -> list[str] | None:
    """Return the line of the heading above each row; None if the rows of a group are not together any more."""
    if len([group for group, _ in groupby(groups)]) > len(set(groups)):
        return None
    base, ours, theirs = (level_of(next(iter(table.headings), "")) for table in tables)
    mark = "#" * (_one_of(base, ours, theirs) if ours and theirs else ours or theirs)
    known = [dict(counted(_text_of(line), options.heading) for line in set(table.headings)) for table in tables]
    sizes = Counter(groups)
    found: dict[str, str] = {}
    for group, rows in sizes.items():
        three = [counts.get(group) for counts in known]
        counts = merged_counts(options.heading, options, three, rows, len(groups)) if options.heading else ()
        found[group] = f"{mark} {with_counts(group, list(counts))}"
    return [found[group] for group in groups]


def _merged_text(option: Text | None, three: Sequence[str], options: Options, rows: int) -> str | None:
    """Return a caption or a note, in which rows are counted anew; None if both sides changed something else."""
    base, ours, theirs = (counted(text, option) for text in three)
    if ours.text not in (theirs.text, base.text) and theirs.text != base.text:
        return None
    text = _one_of(base.text, ours.text, theirs.text)
    if option is None or not (ours.counts and theirs.counts):
        return text
    return with_counts(
        text, list(merged_counts(option, options, [base.counts, ours.counts, theirs.counts], rows, rows))
    )


def _text_of(heading: str) -> str:
    """Return a heading without its level, which depends on the heading above the region."""
    return heading.lstrip("#").strip()


def _merged_rows(tables: Sequence[Table], options: Options) -> list[_Cells] | None:
    """Merge rows, each with its heading in front, by their key.

    None if both sides changed a cell, or one changed what the other removed, or rows cannot be distinguished.
    """
    headers = [list(table.header) for table in tables]
    numbers = _row_numbers(headers[1], options)
    if not headers[0] == headers[1] == headers[2] or numbers is None:
        return None
    key = shown_as(options.key, options.columns)
    own = (index for index in range(len(headers[0])) if index not in numbers)
    column = 1 + (headers[0].index(key) if key in headers[0] else next(own, 0))
    unnumbered = [_without(table, numbers) for table in tables]
    found = [_by_key(table, column, options.heading, with_group=False) for table in unnumbered]
    if None in found:
        found = [_by_key(table, column, options.heading, with_group=True) for table in unnumbered]
    base, ours, theirs = found
    if base is None or ours is None or theirs is None:
        return None
    cells = [{key: [*row[:column], *row[column + 1 :]] for key, row in rows.items()} for rows in (base, ours, theirs)]
    order = merged_order(cells[0], cells[1], cells[2], lambda name: _same((theirs.get(name) or ours[name]), base[name]))
    rows = None if order is None else _rows_in(order, base, ours, theirs)
    if rows is None:
        return None
    rows = rows if options.sort else rows[: options.limit]
    for number, row in enumerate(rows, 1):
        for index in numbers:
            row[index + 1] = str(number)
    return rows


def _row_numbers(header: Sequence[str], options: Options) -> list[int] | None:
    """Return the indexes of columns with the number of each row; None if one has anything else as well."""
    found = []
    for column in options.columns:
        if column.template and any(each.is_row_number for each in column.template.placeholders):
            if len(column.template.parts) > 1 or column.template.placeholders[0].format or column.header not in header:
                return None
            found.append(header.index(column.header))
    return found


def _without(table: Table, columns: Sequence[int]) -> Table:
    """Return a table with nothing in some columns."""
    if not columns:
        return table
    return table._replace(rows=[["" if i in columns else cell for i, cell in enumerate(row)] for row in table.rows])


def _rows_in(
    order: Sequence[str], base: Mapping[str, _Cells], ours: Mapping[str, _Cells], theirs: Mapping[str, _Cells]
) -> list[_Cells] | None:
    """Return the merged rows with these keys; None if both sides changed one in different ways."""
    rows = []
    for name in order:
        if name in ours and name in theirs:
            row = _merged_row(base.get(name), ours[name], theirs[name])
            if row is None:
                return None
            rows.append(row)
        elif name not in base:
            rows.append(list(ours.get(name) or theirs[name]))
        elif not _same(ours.get(name) or theirs[name], base[name]):
            return None  # changed on one side and removed on the other
    return rows


def _by_key(table: Table, column: int, heading: Text | None, *, with_group: bool) -> dict[str, _Cells] | None:
    """Return the rows, each with its heading in front, by the canonical text of their key; None if one is repeated.

    A heading has neither its level nor counts, which change together with rows.
    """
    headings = table.headings or [""] * len(table.rows)
    rows = [
        [counted(_text_of(above), heading).text, *(cell or "" for cell in row)]
        for above, row in zip(headings, table.rows, strict=True)
    ]
    by_key = {canonical(row[column]) + (f"\n{row[0]}" if with_group else ""): row for row in rows}
    return by_key if len(by_key) == len(rows) else None


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
    return cells
