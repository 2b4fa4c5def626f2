"""A sourced region: the table that its source makes, unless the current table was edited by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mdtables.cells.checksum import canonical_in, checksum
from mdtables.cells.layout import lines_of
from mdtables.cells.limits import limits_of
from mdtables.cells.render import laid_out, render
from mdtables.cells.respelled import may_stay
from mdtables.document.marker import MarkerSyntaxError, checksum_of
from mdtables.document.parse import Document, Region, extents_of, only_table
from mdtables.document.splice import body_edits, checksum_edits
from mdtables.document.table import CurrentTable, Extent, foreign_line, prefix_of, read_table
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.failures import failure
from mdtables.model.policy import Policy
from mdtables.model.table import Shaped, Table
from mdtables.pipelines.drift import base_of, hand_edit
from mdtables.pipelines.outcome import RegionOutcome, State
from mdtables.pipelines.region_task import Load, RegionResult, RegionTask
from mdtables.tables.diff import difference
from mdtables.tables.packed import ragged_row
from mdtables.tables.shape import shape
from mdtables.text.edits import Edit


class Generated(NamedTuple):
    """What a source makes: shaped values, the same as cells, their text, and their canonical text with its checksum."""

    shaped: Shaped
    cells: Table
    texts: Sequence[str]
    canonical: Table
    checksum: str


class Current(NamedTuple):
    """What is in a region: its one table and the canonical text of that."""

    table: CurrentTable
    canonical: Table


def generate(task: RegionTask, load: Load) -> RegionResult:
    """Return the result of putting the source's table into a region. Raise MdtablesError.

    A table that was edited by hand is a problem in the result, which then has no edits.
    """
    generated, problems = _generate(task, load)
    extent = _only_table(task)
    edits = _edits(task, extent, generated.texts, generated.checksum)
    current = _read(task, extent) if extent and edits else None
    is_respelled = current is not None and _is_respelled(current, generated, task)
    if current and is_respelled:
        at = task.line(current.table.top)
        texts = laid_out(current.table.table, task.options.style, task.policy.ambiguous_width, at)
        edits = _edits(task, extent, texts, generated.checksum)
    state = decide(current, generated, task.checksum, task.policy, has_edits=bool(edits))
    outcome = RegionOutcome(task.at, task.options, state, current and current.table.table, generated.shaped)
    if state == "clean":
        cells = current.table.table if current else generated.cells  # to the byte, so that they need not be read
        return RegionResult(outcome._replace(current=cells), problems)
    if state == "drifted":
        assert current
        found = difference(
            generated.cells, current.table.table, generated.canonical, current.canonical, generated.shaped.key
        )
        base = base_of(task.checksum, generated.checksum)
        outcome = outcome._replace(difference=found, base=base, recorded=task.checksum)
        drift = hand_edit(outcome, task.line(current.table.top))
        return RegionResult(outcome._replace(drift=drift), [*problems, *current.table.problems, drift])
    if current and not is_respelled and not _same_cells(current.table.table, generated.cells):
        found = difference(
            current.table.table, generated.cells, current.canonical, generated.canonical, generated.shaped.key
        )
        outcome = outcome._replace(difference=found)
    return RegionResult(outcome, problems, edits)


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
    """Return True if a region contains one table, and its checksum is that of this table.

    Where no checksums are written, any table will do.
    """
    table = only_table(document, region)
    if table is None:
        return False
    try:
        recorded = checksum_of(region.end.text)
    except MarkerSyntaxError:
        return False
    return recorded == checksum(canonical_in(document.path, table.table)) if recorded else not policy.checksum


def _generate(task: RegionTask, load: Load) -> tuple[Generated, list[Diagnostic]]:
    """Return the table of a region's source, and warnings about it. Raise MdtablesError."""
    loaded, warnings = load(task.options, task.locate)
    problems = list(warnings)
    _check_shape(loaded, task)
    shaped = shape(loaded, task.options, task.locate)
    if not shaped.table.rows:
        hint = "Jekyll shows a table without rows as text"
        problems.append(Diagnostic("no-rows", "the source has no rows", at=task.at, hint=hint))
    if task.options.cells == "markdown":
        problems += _limits(shaped.table, task)
    rendered = render(shaped.table, task.options, task.at, task.policy.ambiguous_width)
    canonical = canonical_in(task.document.path, rendered.cells)
    return Generated(shaped, rendered.cells, rendered.texts, canonical, checksum(canonical)), problems


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


def _check_shape(table: Table, task: RegionTask) -> None:
    """Raise MdtablesError for a table without columns or with a ragged row: `load` may be any function."""
    ragged = ragged_row(table.rows, len(table.header))
    if not table.header or ragged is not None:
        what = "has no columns" if not table.header else f"has a row {ragged} that is not as long as the header"
        raise failure("source-shape", f"the source {what}", at=task.locate("source"))


def _only_table(task: RegionTask) -> Extent | None:
    """Return where the region's table is, None if the region is empty. Raise MdtablesError if it has anything else."""
    tables = extents_of(task.region)
    odd = foreign_line(task.region.body, tables[0] if tables else None)
    if odd is not None:
        what = "a second table" if len(tables) > 1 and odd == tables[1].top else "something other than a table"
        hint = "move it out of the region: all that is in a sourced region comes from its source"
        raise failure("region-content", f"{what} in a sourced region", at=task.line(odd), hint=hint)
    return tables[0] if tables else None


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


def _edits(task: RegionTask, extent: Extent | None, texts: Sequence[str], digest: str) -> list[Edit]:
    """Return the edits that put a table in the place and the indentation of the current one."""
    start, body = task.region.start, task.region.body
    prefix = prefix_of(body[extent.top + 1]) if extent else start.prefix
    above, below = (body[: extent.top], body[extent.bottom :]) if extent else ((), ())
    lines = [*above, *(prefix + line + start.eol for line in lines_of(texts)), *below]
    digest = digest if task.policy.checksum else ""
    return checksum_edits(task.document, task.region, digest) + body_edits(task.region, lines)


def _read(task: RegionTask, extent: Extent) -> Current:
    table = read_table(task.region.body, extent, task.region.first_line, task.document.path)
    return Current(table, canonical_in(task.document.path, table.table))


def _same_cells(table: Table, other: Table) -> bool:
    """Return True if two tables have the same cells, to the letter."""
    return (
        list(table.header) == list(other.header)
        and list(table.align) == list(other.align)
        and list(map(list, table.rows)) == list(other.rows)
    )
