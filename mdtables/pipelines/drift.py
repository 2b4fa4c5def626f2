"""The diagnostic of a table that was edited by hand, with ways out that work for this edit."""

from __future__ import annotations

from mdtables.cells.checksum import is_comparable
from mdtables.model.diagnostics import Diagnostic, Fix, Location
from mdtables.model.table import Shaped
from mdtables.pipelines.outcome import Base, RegionOutcome
from mdtables.tables.diff import Difference, describe

_BY_HAND = "to keep the edit, make it in the source as well, then discard it here"


def base_of(recorded: str, generated: str) -> Base:
    """Return which table was edited, given the recorded checksum and that of the generated table."""
    if not is_comparable(recorded):
        return "unknown"
    return "generated" if recorded == generated else "earlier"


def hand_edit(region: RegionOutcome, at: Location, conflict: str = "") -> Diagnostic:
    """Return the diagnostic of a drifted region, whose current table is at `at`.

    `conflict` is why the edit cannot be merged with the changes of its source, "" if it can.
    """
    assert region.difference
    source = region.options.source.path if region.options.source else ""
    parts = [("Compared with the source:", describe(region.difference, source))]
    force = Fix("to discard the edit, let the source overwrite the table", command=("fix", "--force", at.path))
    fixes: tuple[Fix, ...] = (force,)
    hint = _BY_HAND
    if region.base == "generated":
        message = "this table was edited by hand since mdtables wrote it"
        fixes, hint = _ways_out(region.difference, region.shaped, region, force)
    elif region.earlier:
        message = "this table was edited by hand, and its source changed too"
        fixes, hint = _ways_out(region.earlier.edit, region.earlier.shaped, region, force)
        if conflict and not hint:
            fixes, hint = (force,), f"{conflict}; make both agree, here or in the source, then pull"
        parts = [
            ("Edited here:", describe(region.earlier.edit, "")),
            ("Changed in the source:", describe(region.earlier.changed, "")),
        ]
    elif region.base == "earlier":
        message = "this table was edited by hand, and its source or its options changed too"
    elif region.recorded:
        message = "this table differs from its source, and its checksum is of another version of mdtables"
    else:
        message = "this table differs from its source and has no checksum, so mdtables may not have written it"
        hint = ""
        replace = force._replace(title="to replace the table with that of the source")
        fixes = replace, to_keep(at.path)
    first, *details = [line for title, lines in parts for line in (title, *(f"  {each}" for each in lines))]
    return Diagnostic("hand-edit", f"{message}. {first}", at=at, details=tuple(details), hint=hint, fixes=fixes)


def to_keep(path: str) -> Fix:
    """Return the way out for a table that is right, although mdtables did not write it."""
    title = "to keep the table, remove all options from its start marker, then move it into a new source"
    return Fix(title, command=("extract", path))


def _ways_out(
    edit: Difference, shaped: Shaped | None, region: RegionOutcome, force: Fix
) -> tuple[tuple[Fix, ...], str]:
    """Return the fixes, and a hint where the edit of what was `shaped` cannot be written to the source."""
    from mdtables.pipelines.inverted_edit import refusal  # few tables were edited by hand

    assert shaped
    if refused := refusal(edit, region.options, shaped):
        return (force,), f"to keep the edit, {refused[1]}"
    if region.options.source and region.options.source.is_pattern and (edit.added or edit.removed):
        return (force,), "to keep the edit, create or delete the file that a row is made of"
    return (Fix("to keep the edit, write it back to the source", command=("pull", *force.command[-1:])), force), ""
