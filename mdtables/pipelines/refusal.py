"""Which edits of a generated table no source can take, whatever its format."""

from __future__ import annotations

from mdtables.model.options import Options
from mdtables.model.table import Shaped
from mdtables.pipelines.invert import Inverter, RefusedEditError
from mdtables.tables.diff import Difference


def refusal(found: Difference, options: Options, shaped: Shaped) -> tuple[str, str] | None:
    """Return why an edit cannot be written to the source of its table, and the hint; None if it can.

    `found` turns the generated table, which is `shaped`, into the edited one.
    """
    hidden = shaped.hides_columns and not shaped.table.paths  # rows of several files stay those of their files
    rows = bool(found.added or found.removed)
    in_source = "make the edit in the source"
    limited = f"rows were added or removed in a table that shows only some of them (limit={options.limit})"
    renamed = bool(found.added and found.removed) or (hidden and _is_renamed(found, options, shaped))
    edited_texts = [name for name, _, _ in found.texts]
    known = set(found.old.headings)
    reasons = [
        (
            bool(edited_texts),
            f"the {' and the '.join(edited_texts)} was edited, which is made by an option",
            f"change {', '.join(f'{name}=…' for name in edited_texts)} on the marker",
        ),
        (
            not known.issuperset(found.new.headings),
            "a heading was added or edited, and which value it means is not known",
            in_source if shaped.groups else "set group=… on the marker",
        ),
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


def _is_renamed(found: Difference, options: Options, shaped: Shaped) -> bool:
    """Return True if the column that identifies rows was edited; of a template, only one of its values does."""
    renamed = [changed for changed in found.changed if found.key in changed.columns]
    column = shaped.columns[found.key]
    if not renamed or column.template is None:
        return bool(renamed)
    inverter = Inverter(shaped, options)
    for changed in renamed:
        old, new = found.old.rows[changed.old][found.key], found.new.rows[changed.new][found.key]
        try:
            if column.inputs[0] in inverter.changed(changed.old, found.key, old or "", new):
                return True
        except RefusedEditError:
            continue  # which is a reason of its own
    return False
