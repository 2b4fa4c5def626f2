"""The result of fixing: for one region, and for one document. Knows nothing of how it was obtained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.options import Options
from mdtables.model.table import Shaped, Table
from mdtables.records import NamedTuple
from mdtables.tables.diff import Difference

State = Literal["clean", "stale", "drifted", "broken"]
Base = Literal["generated", "earlier", "unknown"]
"""Which table a hand edit began with: the generated one, one of an earlier source or other options, or unknown."""


class Earlier(NamedTuple):
    """An earlier version of a source, and the table it made.

    `edit` turns that table into the edited one, `changed` into the one that the source makes now.
    """

    source: Table
    shaped: Shaped
    edit: Difference
    changed: Difference


class RegionOutcome(NamedTuple):
    """The result for one region: its place, its options, its state and its tables, None where there is no such table.

    `state` is "clean", "stale", "drifted" (edited by hand since mdtables wrote it) or "broken". Options that fail to
    parse are ignored. `difference` turns the current table of a stale region into the generated one, and the generated
    table of a drifted region into the current one. `drift` is the diagnostic of a drifted region, `base` tells which
    table was edited, `recorded` is the checksum on its end marker; `earlier` is the version of the source that made
    that table, if it is an earlier one that was found.
    """

    at: Location
    options: Options
    state: State
    current: Table | None = None
    shaped: Shaped | None = None
    difference: Difference | None = None
    drift: Diagnostic | None = None
    base: Base = "generated"
    recorded: str = ""
    earlier: Earlier | None = None

    def without_cells(self) -> RegionOutcome:
        """Return this with tables of which only the number of rows is known, which is all that reports show of them."""
        current, generated = (table and _without_cells(table) for table in (self.current, self.generated))
        shaped = Shaped(generated, generated, (), ()) if generated else None
        return self._replace(current=current, shaped=shaped)

    @property
    def generated(self) -> Table | None:
        """The table that the source makes, as values."""
        return self.shaped.table if self.shaped else None


class Outcome(NamedTuple):
    """The result for one document. With an error among the diagnostics, `new` is `old`.

    `in_code` are the places of markers that are text because they are in code.
    """

    path: str
    old: str
    new: str
    diagnostics: Sequence[Diagnostic] = ()
    regions: Sequence[RegionOutcome] = ()
    in_code: Sequence[Location] = ()

    @property
    def failed(self) -> bool:
        """True if one of the diagnostics is an error; then nothing is changed."""
        return any(found.is_error for found in self.diagnostics)

    @property
    def only_drifted(self) -> bool:
        """True if hand edits, and nothing else, prevent fixing the document."""
        drifts = {region.drift for region in self.regions if region.drift}
        return bool(drifts) and drifts == {found for found in self.diagnostics if found.is_error}

    def without_drifts(self) -> Outcome:
        """Return this without the diagnostics of hand edits."""
        drifts = {region.drift for region in self.regions}
        return self._replace(diagnostics=[found for found in self.diagnostics if found not in drifts])

    @property
    def stale(self) -> bool:
        """True if the new text differs from the old one."""
        return self.new != self.old

    def without_cells(self) -> Outcome:
        """Return this with regions that have no cells; of a document that does not change, without its text."""
        short = self._replace(regions=[region.without_cells() for region in self.regions])
        return short if self.stale else short._replace(old="", new="")


def _without_cells(table: Table) -> Table:
    return Table((), [()] * len(table.rows))


def failed_outcome(path: str, *diagnostics: Diagnostic) -> Outcome:
    """Return the outcome for a document, or another file, that could not be processed, or a folder."""
    return Outcome(path, "", "", diagnostics)
