"""A bare region: its author's tables, aligned. Their cells are re-padded and never re-encoded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mdtables.cells.layout import lay_out, lines_of
from mdtables.cells.verify import first_misread
from mdtables.document.parse import tables_of
from mdtables.document.splice import body_edits
from mdtables.document.table import Standing, why_none
from mdtables.model.diagnostics import Diagnostic
from mdtables.pipelines.task import Done, Job, done
from mdtables.tables.shape import alignments
from mdtables.text.code_spans import code_spans

_BARE_PIPE = re.compile(r"(?<!\\)\|")


def align(job: Job) -> Done:
    """Every table of the region laid out anew. Raises ShapeError where `align` does not fit a table."""
    tables = tables_of(job.document, job.region)
    problems = [problem for table in tables for problem in table.problems]
    if any(problem.severity == "error" for problem in problems):
        return done(job, problems)
    if not tables:
        why = why_none(job.region.body, job.region.first_line, job.region.live)
        message = "no table in this region, so there is nothing to align"
        return done(job, [Diagnostic("no-table", message, job.place, why)])
    body: list[str] = []
    at = 0
    for table in tables:
        texts = _texts(job, table)
        problems += _problems(job, table, texts)
        body += job.region.body[at : table.top]
        body += _with_endings(table.prefix, lines_of(texts), job.region.body[table.top : table.bottom])
        at = table.bottom
    if any(problem.severity == "error" for problem in problems):
        return done(job, problems)
    standing = tables[0].table if len(tables) == 1 else None
    return done(job, problems, body_edits(job.region, [*body, *job.region.body[at:]]), standing=standing)


def _texts(job: Job, table: Standing) -> list[str]:
    aligned = alignments(table.table, job.options.align) if job.options.align else table.table.align
    return lay_out(table.table.header, _rows(table), aligned, job.options.style, job.policy.ambiguous_width)


def _rows(table: Standing) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in table.table.rows]


def _problems(job: Job, table: Standing, texts: Sequence[str]) -> Iterator[Diagnostic]:
    rows = _rows(table)
    if not rows:
        yield Diagnostic("no-rows", "a table without rows", job.line(table.top), "Jekyll shows it as text")
    misread = first_misread(texts, table.table.header, rows)
    if misread is None:
        misread = _first_split_code(lines_of(texts))
    if misread is not None:
        message = "renderers do not agree on where the cells of this row end"
        hint = "write a pipe that belongs to the text as \\|, or as &#124; between <code> and </code>"
        place = job.line(table.top + (misread + 1 if misread else 0))
        yield Diagnostic("ambiguous-row", message, place, hint)


def _first_split_code(lines: Sequence[str]) -> int | None:
    """The first row (0 is the header) with a bare pipe in a code span: to some a cell ends there, to others not."""
    for index, line in enumerate([lines[0], *lines[2:]]):
        if "`" in line and any(_BARE_PIPE.search(line[start:end]) for start, end in code_spans(line)):
            return index
    return None


def _with_endings(prefix: str, lines: Sequence[str], standing: Sequence[str]) -> Iterator[str]:
    """The lines in their container, each with the ending of the line that stood there."""
    for line, old in zip(lines, standing, strict=True):
        yield prefix + line + old[len(old.rstrip("\r\n")) :]
