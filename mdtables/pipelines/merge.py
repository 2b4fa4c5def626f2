"""Three versions of a document -> the same three, with their generated tables merged row by row.

Knows rows and their canonical text; not the data, which git has not merged yet, nor the text outside regions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from mdtables.cells.canonical import canonical
from mdtables.cells.checksum import canonical_in, checksum
from mdtables.cells.render import Part, laid_out
from mdtables.document.content import Content, content_of, read_content
from mdtables.document.parse import Document, Region, parse
from mdtables.document.region_options import read_options
from mdtables.model.captions import Count, Text
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.model.policy import DEFAULT_POLICY, Policy
from mdtables.model.table import Alignment, Table
from mdtables.pipelines.generate import is_as_written
from mdtables.pipelines.region_lines import region_edits
from mdtables.pipelines.region_task import RegionTask
from mdtables.tables.columns import shown_as
from mdtables.tables.merge_order import merged_order
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


def _one_of(base: Alignment, ours: Alignment, theirs: Alignment) -> Alignment:
    """Return the alignment that one side changed; if both did, ours, which the next fix corrects."""
    return theirs if ours == base else ours


def _merged_table(tables: Sequence[Table], options: Options) -> Table | None:
    """Return the merged table, with headings and texts; None if both sides changed the same."""
    rows = _merged_rows(tables, options)
    if rows is None:
        return None
    align = [_one_of(*each) for each in zip(*(table.align for table in tables), strict=True)]
    merged = Table(list(tables[1].header), [row[1:] for row in rows], align)
    groups = [row[0] for row in rows]
    if tables[1].headings:
        if len([group for group, _ in groupby(groups)]) > len(set(groups)):
            return None  # the rows of a group are not together any more
        merged = merged._replace(headings=[_counted(group, groups.count(group)) for group in groups])
    texts = [
        _merged_text(option, [getattr(table, name) for table in tables], len(rows))
        for name, option in (("caption", options.caption), ("note", options.note))
    ]
    return None if None in texts else merged._replace(caption=texts[0] or "", note=texts[1] or "")


def _merged_text(option: Text | None, three: Sequence[str], rows: int) -> str | None:
    """Return a caption or a note, in which the rows are counted anew; None if both sides changed something else."""
    base, ours, theirs = three
    if option and all(isinstance(part, str) or part == Count() for part in option.parts):
        return " ".join("".join(str(rows) if part == Count() else str(part) for part in option.parts).split())
    if ours in (theirs, base):
        return theirs
    return ours if theirs == base else None


_COUNT = "\0"


def _uncounted(heading: str, option: Text | None) -> str:
    """Return a heading without the number of its rows, which changes when a row is added."""
    if option is None or option.parts.count(Count()) != 1:
        return heading
    parts = [
        r"(\d+)" if part == Count() else re.escape(part) if isinstance(part, str) else ".*" for part in option.parts
    ]
    found = re.fullmatch(rf"#+ {''.join(parts).strip()}", heading)
    return heading[: found.start(1)] + _COUNT + heading[found.end(1) :] if found else heading


def _counted(heading: str, rows: int) -> str:
    return heading.replace(_COUNT, str(rows))


def _merged_rows(tables: Sequence[Table], options: Options) -> list[_Cells] | None:
    """Merge rows, each with its heading in front, by their key.

    None if both sides changed a cell, or one changed what the other removed, or rows cannot be distinguished.
    """
    headers = [list(table.header) for table in tables]
    if not headers[0] == headers[1] == headers[2]:
        return None
    key = shown_as(options.key, options.columns)
    column = headers[0].index(key) + 1 if key in headers[0] else 1
    found = [_by_key(table, column, options.heading, with_group=False) for table in tables]
    if None in found:
        found = [_by_key(table, column, options.heading, with_group=True) for table in tables]
    base, ours, theirs = found
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


def _by_key(table: Table, column: int, heading: Text | None, *, with_group: bool) -> dict[str, _Cells] | None:
    """Return the rows, each with its heading in front, by the canonical text of their key; None if one is repeated."""
    headings = table.headings or [""] * len(table.rows)
    rows = [
        (_uncounted(above, heading), *(cell or "" for cell in row))
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
    return tuple(cells)
