"""The nouns of working on one region: what there is to do, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mdtables.document.parse import Document, Region
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.options import Options
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.outcome import RegionOutcome, State
from mdtables.tables.diff import Difference
from mdtables.text.edits import Edit

Load = Callable[[Options, Location], tuple[Table, Sequence[Diagnostic]]]
"""A region's options and its place -> the table of its source, with warnings. Raises MdtablesError."""


class Job(NamedTuple):
    """One region of a document with what its markers say, and what holds for all."""

    document: Document
    region: Region
    options: Options
    checksum: str
    policy: Policy

    @property
    def place(self) -> Location:
        return self.region.start.place

    def line(self, index: int) -> Location:
        """The place of a line of the region's body."""
        return Location(self.document.path, self.region.first_line + index)


class Done(NamedTuple):
    """A job, done: the region's outcome, the problems in it, and the edits to the document's text."""

    outcome: RegionOutcome
    problems: Sequence[Diagnostic] = ()
    edits: Sequence[Edit] = ()


def done(
    job: Job,
    problems: Sequence[Diagnostic] = (),
    edits: Sequence[Edit] = (),
    *,
    state: State | None = None,
    standing: Table | None = None,
    generated: Table | None = None,
    difference: Difference | None = None,
    source_changed: bool = False,
) -> Done:
    """What a job came to; its state follows from the problems and the edits unless it is given."""
    if state is None:
        failed = any(problem.severity == "error" for problem in problems)
        state = "broken" if failed else "stale" if edits else "clean"
    outcome = RegionOutcome(job.place, job.options, state, standing, generated, difference, source_changed)
    return Done(outcome, problems, edits)
