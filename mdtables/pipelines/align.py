"""A bare region: its hand-written tables, aligned. Cells are padded, never encoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mdtables.cells.layout import lines_of
from mdtables.cells.render import laid_out
from mdtables.cells.verify import first_misread
from mdtables.document.parse import tables_of
from mdtables.document.splice import body_edits
from mdtables.document.table import CurrentTable, is_blank, why_no_table
from mdtables.model.diagnostics import Diagnostic
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.pipelines.region_task import RegionResult, RegionTask, broken
from mdtables.tables.shape import alignments
from mdtables.text.code_spans import code_spans

_BARE_PIPE = re.compile(r"(?<!\\)\|")


def align(task: RegionTask) -> RegionResult:
    """Lay out every table of a region. Raise MdtablesError if the option `align` does not fit a table."""
    tables = tables_of(task.document, task.region)
    problems = [problem for table in tables for problem in table.problems]
    if any(problem.is_error for problem in problems):
        return broken(task, problems)
    if not tables:
        why = why_no_table(task.region.body, task.region.first_line, task.region.live)
        message = "there is no table to align in this region"
        problem = Diagnostic("no-table", message, at=task.at, hint=why)
        return RegionResult(RegionOutcome(task.at, task.options, "clean"), [problem])
    problems += _split(task, tables)
    body: list[str] = []
    at = 0
    for table in tables:
        texts = _texts(task, table)
        problems += _problems(task, table, texts)
        body += task.region.body[at : table.top]
        body += _with_endings(table.prefix, lines_of(texts), task.region.body[table.top : table.bottom])
        at = table.bottom
    if any(problem.is_error for problem in problems):
        return broken(task, problems)
    edits = body_edits(task.region, [*body, *task.region.body[at:]])
    current = tables[0].table if len(tables) == 1 else None
    return RegionResult(RegionOutcome(task.at, task.options, "stale" if edits else "clean", current), problems, edits)


def _split(task: RegionTask, tables: Sequence[CurrentTable]) -> Iterator[Diagnostic]:
    """Yield a warning for rows that are separated from the table above by blank lines: they are text."""
    tops = {table.top for table in tables}
    for table in tables:
        below = next((n for n in range(table.bottom, len(task.region.body)) if not is_blank(task.region.body[n])), 0)
        if below > table.bottom and below not in tops and task.region.body[below].lstrip(" \t>").startswith("|"):
            message = "rows below a blank line do not belong to the table above"
            hint = "remove the blank line, or begin a new table"
            yield Diagnostic("split-table", message, at=task.line(below), hint=hint)


def _texts(task: RegionTask, table: CurrentTable) -> list[str]:
    rules = task.options.align
    aligned = alignments(table.table, rules, task.locate) if rules else table.table.align
    cells, at = table.table._replace(align=aligned), task.line(table.top)
    return laid_out(cells, task.options, task.policy.ambiguous_width, at, len(table.prefix))


def _problems(task: RegionTask, table: CurrentTable, texts: Sequence[str]) -> Iterator[Diagnostic]:
    if not table.table.rows:
        message = "this table has a header but no rows"
        yield Diagnostic("no-rows", message, at=task.line(table.top), hint="Jekyll shows it as text")
    misread = first_misread(texts, table.table.header, table.table.rows)
    if misread is None:
        misread = _first_split_code(lines_of(texts))
    if misread is not None:
        message = "renderers disagree on where the cells of this row end"
        hint = "write a pipe that belongs to the text as \\|, or as &#124; between <code> and </code>"
        at = task.line(table.top + (misread + 1 if misread else 0))
        yield Diagnostic("ambiguous-row", message, at=at, hint=hint)


def _first_split_code(lines: Sequence[str]) -> int | None:
    """Return the first row (0 is the header) with an unescaped pipe in a code span: only some renderers split there."""
    for index, line in enumerate([lines[0], *lines[2:]]):
        if "`" in line and any(_BARE_PIPE.search(line[start:end]) for start, end in code_spans(line)):
            return index
    return None


def _with_endings(prefix: str, lines: Sequence[str], current: Sequence[str]) -> Iterator[str]:
    """Yield new lines in their container, each with the ending of the current line in its place."""
    for line, old in zip(lines, current, strict=True):
        yield prefix + line + old[len(old.rstrip("\r\n")) :]
