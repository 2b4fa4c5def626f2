"""A sourced region: the table that its source makes, unless somebody's hands were in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mdtables.cells.checksum import checksum
from mdtables.cells.layout import lines_of
from mdtables.cells.meaning import meanings
from mdtables.cells.render import laid_out
from mdtables.document.marker import MarkerSyntaxError, checksum_of
from mdtables.document.parse import Document, Region, tables_of
from mdtables.document.splice import body_edits, checksum_edits
from mdtables.document.table import Standing, only_table
from mdtables.model.diagnostics import Diagnostic, MdtablesError
from mdtables.model.table import Table
from mdtables.pipelines.task import Done, Job, Load, done
from mdtables.tables.diff import Difference, difference, in_words
from mdtables.tables.packed import ragged_row
from mdtables.tables.shape import shape, shown_as


def generate(job: Job, load: Load) -> Done:
    """The source's table in the place of the one that stands there.

    Raises MdtablesError and ShapeError. A hand edit is a problem in the result, and then there are no edits.
    """
    made, problems = _made(job, load)
    if _is_there(job, made):
        return done(job, problems, standing=made.table, generated=made.values)
    standing = _standing(job)
    edits = checksum_edits(job.document, job.region, made.checksum if job.policy.checksum else "")
    edits += body_edits(job.region, _body(job, standing, made.texts))
    if standing is None:
        return done(job, problems, edits, generated=made.values)
    stood = standing.table
    if not edits or _same_cells(stood, made.table):
        return done(job, problems, edits, standing=stood, generated=made.values)
    stood_says = meanings(stood)
    key = shown_as(job.options.key or "", job.options.columns)
    if _is_kept(job) and checksum(stood_says) not in (made.checksum, job.checksum):
        found = difference(made.table, stood, made.says, stood_says, key)
        changed = bool(job.checksum) and job.checksum != made.checksum
        problems += [*standing.problems, _hand_edit(job, standing, found, source_changed=changed)]
        return done(
            job,
            problems,
            state="edited",
            standing=stood,
            generated=made.values,
            difference=found,
            source_changed=changed,
        )
    found = difference(stood, made.table, stood_says, made.says, key)
    return done(job, problems, edits, standing=stood, generated=made.values, difference=found)


class _Made(NamedTuple):
    """What the source makes: the shaped values, the same as cells, laid out, what they say, its checksum."""

    values: Table
    table: Table
    texts: Sequence[str]
    says: Table
    checksum: str


def _made(job: Job, load: Load) -> tuple[_Made, list[Diagnostic]]:
    """The table of a region's source, and warnings about it. Raises MdtablesError and ShapeError."""
    loaded, warnings = load(job.options, job.place)
    _check(loaded, job)
    values = shape(loaded, job.options)
    problems = [w if w.location == job.place else w._replace(asked_by=(job.place,)) for w in warnings]
    if not values.rows:
        problems.append(Diagnostic("no-rows", "the source has no rows", job.place, "Jekyll shows such a table as text"))
    table, texts = laid_out(values, job.options, job.place, job.policy.ambiguous_width)
    says = meanings(table)
    return _Made(values, table, texts, says, checksum(says)), problems


def is_as_written(document: Document, region: Region) -> bool:
    """Whether a region holds one table, and that is the one of the checksum on its end marker, if there is one."""
    table, odd = only_table(region.body, tables_of(document, region))
    if table is None or odd is not None:
        return False
    try:
        written = checksum_of(region.end.text)
    except MarkerSyntaxError:
        return False
    return written in ("", checksum(meanings(table.table)))


def _is_there(job: Job, made: _Made) -> bool:
    """Whether the region is, to the byte, what would be written into an empty one: what most documents are.

    Then its lines were read back when they were made, and need not be read again.
    """
    if job.region.first_line + 2 not in job.region.live:
        return False  # below a blank line and its header the delimiter row lies in code, or is none
    digest = made.checksum if job.policy.checksum else ""
    return not checksum_edits(job.document, job.region, digest) and not body_edits(
        job.region, _body(job, None, made.texts)
    )


def _is_kept(job: Job) -> bool:
    """Whether a hand edit in this region is kept."""
    return job.policy.checksum and not job.policy.force


def _check(table: Table, job: Job) -> None:
    """Raises MdtablesError for a table that is none."""
    ragged = ragged_row(table.rows, len(table.header))
    if not table.header or ragged is not None:
        what = "has no columns" if not table.header else f"row {ragged} is not as long as the header"
        raise MdtablesError(Diagnostic("source-shape", f"no table: it {what}", job.place, "mend the source"))


def _standing(job: Job) -> Standing | None:
    """The one table in the region. Raises MdtablesError if anything else is in it."""
    tables = tables_of(job.document, job.region)
    table, odd = only_table(job.region.body, tables)
    if odd is not None:
        what = "a second table" if len(tables) > 1 and odd == tables[1].top else "something that is no table"
        message = f"{what} in a region that is generated from its source"
        hint = "move it out of the region; only the table may stand there"
        raise MdtablesError(Diagnostic("region-content", message, job.line(odd), hint))
    return table


def _same_cells(table: Table, other: Table) -> bool:
    """Whether two tables are written in the same cells: then nobody need ask what they say."""
    return (
        list(table.header) == list(other.header)
        and list(table.align) == list(other.align)
        and list(map(list, table.rows)) == list(other.rows)
    )


def _hand_edit(job: Job, standing: Standing, found: Difference, *, source_changed: bool) -> Diagnostic:
    path = job.document.path
    force = f"let the source win: mdtables fix --force {path}"
    if source_changed:
        message = "this table was edited by hand, and its source or its options changed since mdtables wrote it"
        hint = f"write the edit into the source, then {force}"
    elif job.checksum:
        message = "this table was edited by hand since mdtables wrote it"
        hint = f"take it into the source: mdtables pull {path}, or {force}"
    else:
        message = "this table is not the one that its source makes, and mdtables has not written it"
        hint = f"take it into the source: mdtables pull {path}, or {force}"
        hint += f", or make a source of it: take source=… off the marker, then mdtables extract {path}"
    words = in_words(found, job.options.source.path if job.options.source else "")
    message += "; beside its source:" + "".join(f"\n  {line}" for line in words)
    return Diagnostic("hand-edit", message, job.line(standing.top), hint)


def _body(job: Job, standing: Standing | None, texts: Sequence[str]) -> list[str]:
    """The region's lines with the table in: in the place and the indentation of the one that stood there."""
    start = job.region.start
    prefix = standing.prefix if standing else start.prefix
    below = job.region.body[standing.bottom :] if standing else []
    return [*(prefix + line + start.eol for line in lines_of(texts)), *below]
