"""What fixing says: about one region, and about one document. Knows nothing of how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.tables.diff import Difference

State = Literal["clean", "stale", "edited", "broken"]


class RegionOutcome(NamedTuple):
    """What fixing found in one region. `standing` and `generated` are None where there is no such table.

    What cannot be read of the options on its marker is as if it were not there. `difference` leads from the one table
    to the other, in the words of their cells: in a stale region from the standing table, in an edited one to it.
    `source_changed` says of an edited region that its source makes another table now than the one that was edited, so
    that nobody can tell which of the differences are edits.
    """

    location: Location
    options: Options
    state: State
    standing: Table | None = None
    generated: Table | None = None
    difference: Difference | None = None
    source_changed: bool = False


class Outcome(NamedTuple):
    """What fixing says about one document. With an error among the diagnostics, `new` is `old`."""

    path: str
    old: str
    new: str
    diagnostics: Sequence[Diagnostic] = ()
    regions: Sequence[RegionOutcome] = ()

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.diagnostics)

    @property
    def stale(self) -> bool:
        return self.new != self.old
