"""Which edits of a generated table no source can take, whatever its format."""

from __future__ import annotations

from mdtables.model.options import Options
from mdtables.model.table import Shaped
from mdtables.tables.diff import Difference


def refusal(found: Difference, options: Options, shaped: Shaped) -> tuple[str, str] | None:
    """Return why an edit cannot be written to the source of its table, and the hint; None if it can.

    `found` turns the generated table, which is `shaped`, into the edited one.
    """
    hidden = shaped.hides_columns and not shaped.table.paths  # rows of several files stay those of their files
    rows = bool(found.added or found.removed)
    in_source = "make the edit in the source"
    limited = f"rows were added or removed in a table that shows only some of them (limit={options.limit})"
    renamed = any(found.key in changed.columns for changed in found.changed) or bool(found.added and found.removed)
    reasons = [
        (
            bool(found.columns),
            "the columns were edited, but a source has only one set of them",
            "change columns=… on the marker, or the columns of the source",
        ),
        (
            bool(found.realigned),
            "the alignment was edited, which is not part of a source",
            in_source if rows or found.changed else "set align=… on the marker",
        ),
        (
            found.moved and not (options.sort and found.by_key),
            "the rows were put in another order",
            "order the rows of the source, or set sort=… on the marker",
        ),
        (rows and options.limit is not None, limited, "add or remove them in the source"),
        (
            rows and not found.by_key,
            "rows were added or removed, but "
            + (f'"{options.key}" is the same in several rows' if options.key else "no column identifies rows uniquely"),
            "name a column with unique values on the marker: key=…",
        ),
        (
            hidden and found.by_key and renamed,
            "a row was renamed, or replaced by another one; the values of its hidden columns would have to be guessed",
            in_source,
        ),
    ]
    return next(((what, hint) for applies, what, hint in reasons if applies), None)
