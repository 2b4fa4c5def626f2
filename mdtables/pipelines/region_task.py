"""The work on one region: what is to be done, and its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mdtables.document.parse import Document, Region
from mdtables.document.region_options import locate_on
from mdtables.model.diagnostics import Diagnostic, Locate, Location
from mdtables.model.options import Options
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.outcome import RegionOutcome
from mdtables.records import NamedTuple
from mdtables.text.edits import Edit

Load = Callable[[Options, Locate], tuple[Table, Sequence[Diagnostic]]]
"""The options of a region -> the table of its source, and warnings.

Raises MdtablesError, located by the second argument.
"""


class RegionTask(NamedTuple):
    """One region of a document, the options and the checksum on its markers, and the policy.

    `level_at` returns the level of a heading below the nearest one above a line. `made` has what was made of the same
    source by the same options before, in a session that looks at a document again and again; None where none does.
    """

    document: Document
    region: Region
    options: Options
    checksum: str
    policy: Policy
    level_at: Callable[[int], int]
    made: dict[object, Any] | None = None

    @property
    def at(self) -> Location:
        return self.region.start.place

    @property
    def locate(self) -> Locate:
        return locate_on(self.region.start)

    def line(self, index: int) -> Location:
        """Return the location of a line of the region's body."""
        return Location(self.document.path, self.region.first_line + index)


class RegionResult(NamedTuple):
    """The outcome for a region, the problems in it, the edits to the document's text, and the cells that these write.

    Without edits to a sourced region, `written` is None.
    """

    outcome: RegionOutcome
    problems: Sequence[Diagnostic] = ()
    edits: Sequence[Edit] = ()
    written: Table | None = None


def broken(task: RegionTask, problems: Sequence[Diagnostic]) -> RegionResult:
    """Return the result for a region that cannot be fixed."""
    return RegionResult(RegionOutcome(task.at, task.options, "broken"), problems)
