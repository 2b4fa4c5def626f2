"""A sourced region: the table that its source makes, unless the current table was edited by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mdtables.cells.checksum import canonical_in, checksum
from mdtables.cells.limits import limits_of
from mdtables.cells.render import Part, laid_out, render
from mdtables.cells.respelled import may_stay
from mdtables.document.content import Content, content_of, read_content, unlike
from mdtables.document.marker import MarkerSyntaxError, checksum_of
from mdtables.document.parse import Document, Region, extents_of
from mdtables.document.table import CurrentTable, prefix_of
from mdtables.model.conditions import Comparison
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.policy import Policy
from mdtables.model.table import Shaped, Table
from mdtables.pipelines.drift import base_of, hand_edit
from mdtables.pipelines.outcome import RegionOutcome, State
from mdtables.pipelines.region_lines import region_edits
from mdtables.pipelines.region_task import Load, RegionResult, RegionTask
from mdtables.records import NamedTuple
from mdtables.tables.columns import Names
from mdtables.tables.diff import difference
from mdtables.tables.shape import DEFAULT_LEVEL, shape
from mdtables.tables.texts import joined_list


class Generated(NamedTuple):
    """What a source makes: shaped values, the same as cells, tables as text, and canonical text with its checksum."""

    shaped: Shaped
    cells: Table
    parts: Sequence[Part]
    canonical: Table
    checksum: str


class Current(NamedTuple):
    """What is in a region: its tables as one, and the canonical text of that."""

    table: CurrentTable
    canonical: Table


def generate(task: RegionTask, load: Load) -> RegionResult:
    """Return the result of putting the source's table into a region. Raise MdtablesError.

    A table that was edited by hand is a problem in the result, which then has no edits.
    """
    generated, problems = _generate(task, load)
    cells = generated.cells
    if _is_in_place(task, generated):
        return RegionResult(RegionOutcome(task.at, task.options, "clean", cells, generated.shaped), problems)
    content = content_of(task.region)
    _check_content(task, content, generated)
    edits = region_edits(task, content, generated.parts, cells.caption, cells.note, generated.checksum)
    current = _read(task, content) if edits else None
    is_respelled = current is not None and _is_respelled(current, generated, task)
    if current and is_respelled:
        parts, own = _as_they_are(task, content, current), current.table.table
        edits = region_edits(task, content, parts, own.caption, own.note, generated.checksum)
    state = decide(current, generated, task.checksum, task.policy, has_edits=bool(edits))
    outcome = RegionOutcome(task.at, task.options, state, current and current.table.table, generated.shaped)
    if state == "clean":
        cells = current.table.table if current else generated.cells  # to the byte, so that they need not be read
        return RegionResult(outcome._replace(current=cells), problems)
    identified = generated.shaped.key, generated.shaped.numbered
    if state == "drifted":
        assert current
        found = difference(generated.cells, current.table.table, generated.canonical, current.canonical, *identified)
        base = base_of(task.checksum, generated.checksum)
        outcome = outcome._replace(difference=found, base=base, recorded=task.checksum)
        drift = hand_edit(outcome, task.line(current.table.top))
        return RegionResult(outcome._replace(drift=drift), [*problems, *current.table.problems, drift])
    if current and not is_respelled and not _same_cells(current.table.table, generated.cells):
        found = difference(current.table.table, generated.cells, current.canonical, generated.canonical, *identified)
        outcome = outcome._replace(difference=found)
    written = current.table.table if current and is_respelled else generated.cells
    return RegionResult(outcome, problems, edits, written)


def decide(current: Current | None, generated: Generated, recorded: str, policy: Policy, *, has_edits: bool) -> State:
    """Return the state of a region that contains at most one table.

    `current` is the table in the region; None if there is none, or if nothing has to be edited. `recorded` is the
    checksum on its end marker. A region with other content has already been reported as an error.
    """
    if not has_edits:
        return "clean"
    if current is None or policy.force or not policy.checksum:
        return "stale"
    if _same_cells(current.table.table, generated.cells):
        return "stale"
    return "stale" if checksum(current.canonical) in (generated.checksum, recorded) else "drifted"


def is_as_written(document: Document, region: Region, policy: Policy) -> bool:
    """Return True if a region contains what mdtables writes, and its checksum is that of this.

    Where no checksums are written, any table will do.
    """
    content = content_of(region)
    table = read_content(document, region, content) if content.odd is None else None
    if table is None:
        return False
    try:
        recorded = checksum_of(region.end.text)
    except MarkerSyntaxError:
        return False
    return recorded == checksum(canonical_in(document.path, table.table)) if recorded else not policy.checksum


_MOST_MADE = 200  # tables that one session remembers


def _generate(task: RegionTask, load: Load) -> tuple[Generated, list[Diagnostic]]:
    """Return the table of a region's source, and warnings about it. Raise MdtablesError."""
    loaded, warnings = load(task.options, task.locate)
    problems = list(warnings)
    level = task.level_at(task.at.line) if task.options.group else DEFAULT_LEVEL
    indent = 0 if task.options.max_width is None else len(_prefix(task, content_of(task.region)))
    key = task.options, level, indent, task.policy.ambiguous_width
    if task.made and key in task.made and _is_same(loaded, task.made[key][0]):
        generated: Generated = task.made[key][1]
        shaped = generated.shaped
    else:
        shaped = shape(loaded, task.options, task.locate, level)
        generated = _rendered(task, shaped, indent)
    problems += shaped.warnings
    if not shaped.table.rows:
        problems.append(_without_rows(loaded, task))
    if task.options.cells == "markdown":
        problems += _limits(shaped.table, task)
    _check_container(task)
    if task.made is not None and not shaped.warnings:  # which have places in the document
        if len(task.made) >= _MOST_MADE:
            task.made.clear()
        task.made[key] = loaded, generated
    return generated, problems


def _without_rows(loaded: Table, task: RegionTask) -> Diagnostic:
    """Return the warning about a table that shows no row of its source."""
    count, where = len(loaded.rows), task.options.where
    if not count or where is None:
        hint = "Jekyll shows a table without rows as text"
        return Diagnostic("no-rows", "the source has no rows", at=task.at, hint=hint)
    message = f"where=… matches none of the {count} rows of the source"
    hint = ""
    if isinstance(where, Comparison):
        column = Names(loaded, task.locate).index(where.name, "where")
        value = joined_list(next((row[column] for row in loaded.rows if row[column]), None), task.options.list)
        hint = f'a value of "{where.name}": {value[:40]}' if value else f'"{where.name}" is empty in all of them'
    return Diagnostic("no-rows", message, at=task.locate("where"), hint=hint)


def _is_same(table: Table, other: Table) -> bool:
    """Return True if two tables have the very same rows, and everything else is equal."""
    return table.rows is other.rows and all(one is two or one == two for one, two in zip(table, other, strict=True))


def _rendered(task: RegionTask, shaped: Shaped, indent: int) -> Generated:
    rendered = render(shaped, task.options, task.locate, task.policy.ambiguous_width, indent)
    canonical = canonical_in(task.document.path, rendered.cells, rendered.canonical)
    return Generated(shaped, rendered.cells, rendered.parts, canonical, checksum(canonical))


def _is_in_place(task: RegionTask, generated: Generated) -> bool:
    """Return True if a region has what would be written into it, as one look at its text shows for most of them.

    That is one table, neither indented nor in a quote, with a checksum.
    """
    region, cells = task.region, generated.cells
    table = region.live.get(region.first_line + 2)  # below a blank line and the header
    is_plain = table == (region.first_line + 1, 0, 0) and not (region.start.prefix or generated.parts[0].heading)
    if not is_plain or cells.caption or cells.note or len(generated.parts) != 1:
        return False
    if not task.policy.checksum or region.end.text.rstrip() != f' checksum="{generated.checksum}"':
        return False
    text, eol = "\n".join(["", *generated.parts[0].texts, "", ""]), region.start.eol
    return "".join(region.body) == (text if eol == "\n" else text.replace("\n", eol))


def _prefix(task: RegionTask, content: Content) -> str:
    """Return what is before each line of a region's table."""
    first = content.sections[0].extent if content.sections else None
    return prefix_of(task.region.body[first.top + 1]) if first else task.region.start.prefix


def _check_container(task: RegionTask) -> None:
    """Raise MdtablesError for headings in a list or a quote, where no table of contents has them."""
    if task.options.group and task.region.start.prefix:
        message = "group: this region is in a list or a block quote, where headings cannot be"
        raise failure("misplaced-option", message, at=task.locate("group"), hint="move it out, or remove group=…")


def _limits(table: Table, task: RegionTask) -> Iterator[Diagnostic]:
    """Yield a warning for each column with values that some renderer cannot show in a cell, at the first of them."""
    for limit in limits_of(table, task.options.templates, task.document.text):
        where = "its name" if limit.row < 0 else "this cell"
        others = f" and {limit.cells - 1} more" if limit.cells > 1 else ""
        verb = "contain" if others else "contains"
        message = f'column "{table.header[limit.column]}": {where}{others} {verb} {limit.what}'
        line = table.lines[limit.row] if 0 <= limit.row < len(table.lines) else 0
        found = Diagnostic(limit.code, message, at=task.at, hint=limit.hint)
        path = table.paths[limit.row] if table.paths and limit.row >= 0 else table.path
        yield found._replace(at=Location(path, line)).used_at(task.at) if path else found


def _shows_nothing(content: Content, canonical: Table) -> bool:
    return bool(content.caption) > bool(canonical.caption) or bool(content.note) > bool(canonical.note)


def _check_content(task: RegionTask, content: Content, generated: Generated) -> None:
    """Raise MdtablesError if a region has anything that its options do not ask for, and that mdtables did not write."""
    odd, cells = content.odd, generated.cells
    if odd is None and content.text_at is not None:
        surplus = (
            bool(content.caption) > bool(cells.caption)
            or bool(content.note) > bool(cells.note)
            or bool(content.sections[0].heading) > bool(cells.headings)
        )
        current = _read(task, content) if surplus else None
        # a text that shows nothing changes no checksum, and mdtables does not write one
        if current and (checksum(current.canonical) != task.checksum or _shows_nothing(content, current.canonical)):
            odd = content.text_at
    if odd is None:
        if wrong := list(unlike(task.document, task.region, content)):
            raise MdtablesError(*wrong)
        return
    tables = [section.extent.top for section in content.sections]
    is_table = odd not in tables and any(extent.top == odd for extent in extents_of(task.region))
    what = "a second table" if is_table else "something other than a table"
    hint = "move it out of the region, whose content comes from its source"
    if not is_table:
        hint += "; a paragraph above or below the table can be written as caption=… or note=…"
    raise failure("region-content", f"{what} in a sourced region", at=task.line(odd), hint=hint)


def _as_they_are(task: RegionTask, content: Content, current: Current) -> list[Part]:
    """Return the current tables, laid out."""
    table, parts, at = current.table.table, [], 0
    for section in content.sections:
        rows = section.extent.bottom - section.extent.top - 2
        own = table._replace(rows=table.rows[at : at + rows])
        at_top = task.line(section.extent.top)
        texts = laid_out(own, task.options, task.policy.ambiguous_width, at_top, len(current.table.prefix))
        parts.append(Part(section.heading, texts))
        at += rows
    return parts


def _is_respelled(current: Current, generated: Generated, task: RegionTask) -> bool:
    """Return True if the current table differs from the generated one only in how its cells are spelled.

    Formatters and linters spell them in their own way: to write them differently again would never end.
    """
    return (
        not current.table.problems
        and _same_cells(current.canonical, generated.canonical)
        and not _same_cells(current.table.table, generated.cells)
        and may_stay(current.table.table, generated.cells, task.options.cells, task.options.templates)
    )


def _read(task: RegionTask, content: Content) -> Current | None:
    table = read_content(task.document, task.region, content)
    return Current(table, canonical_in(task.document.path, table.table)) if table else None


def _same_cells(table: Table, other: Table) -> bool:
    """Return True if two tables have the same cells, headings and texts, to the letter."""
    return (
        list(table.header) == list(other.header)
        and list(table.align) == list(other.align)
        and list(map(list, table.rows)) == list(other.rows)
        and list(table.headings) == list(other.headings)
        and (table.caption, table.note) == (other.caption, other.note)
    )
