"""What a run came to: its diagnostics, its counts and its exit status. Knows no output format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from mdtables.model.diagnostics import Diagnostic, Location, Related
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.report.escape import shell_word
from mdtables.tables.diff import describe

CLEAN, STALE, BROKEN = 0, 1, 2


class Report:
    """The outcomes of a run. `seen` is the number of documents that were looked at.

    `wrote` is true if stale documents were written. `stale_fails` is true if a stale document, written or not, makes
    the exit status 1.
    """

    def __init__(
        self, outcomes: Sequence[Outcome], seen: int, *, wrote: bool = False, stale_fails: bool = False
    ) -> None:
        self.outcomes, self.seen, self.wrote, self.stale_fails = outcomes, seen, wrote, stale_fails

    @cached_property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.failed]

    @cached_property
    def stale(self) -> list[Outcome]:
        """The documents that would change, or did, if the run wrote."""
        return [outcome for outcome in self.outcomes if outcome.stale and not outcome.failed]

    @property
    def errors(self) -> int:
        return sum(found.is_error for found in self.diagnostics)

    @property
    def exit_status(self) -> int:
        """Return 2 after an error, 1 if `stale_fails` and a document is or was stale, else 0."""
        if self.failed:
            return BROKEN
        return STALE if self.stale and self.stale_fails else CLEAN

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """Every diagnostic once; a problem of the data that several regions met is related to all of them."""
        unique: dict[tuple[str, str, Location], Diagnostic] = {}
        for outcome in self.outcomes:
            for found in outcome.diagnostics:
                key = (found.code, found.message, found.at)
                before = unique.get(key)
                related = dict.fromkeys([*(before.related if before else ()), *found.related])
                unique[key] = found._replace(related=tuple(related))
        return list(unique.values())

    def stale_tables(self) -> Iterator[tuple[Location, str]]:
        """Yield the place of every stale region, and a message; not in documents with an error, which comes first."""
        return (table for outcome in self.stale for table in stale_tables(outcome))


def stale_tables(outcome: Outcome) -> Iterator[tuple[Location, str]]:
    """Yield the place of every stale region of a document, and what to do about it."""
    message = f"this table is stale; run: mdtables fix {shell_word(outcome.path)}"
    return ((region.at, message) for region in outcome.regions if region.state == "stale")


def without_lines(found: Diagnostic, path: str) -> Diagnostic:
    """Return a diagnostic for readers who see other lines of the document at this path than those that were read."""
    document = Location(path)
    related = tuple(Related(document, each.message) if each.at.path == path else each for each in found.related)
    return found._replace(at=document if found.at.path == path else found.at, related=related)


def described(outcome: Outcome, region: RegionOutcome) -> list[str]:
    """Describe the difference of a region, with lines of the source if it drifted, else of the document."""
    if not region.difference:
        return []
    source = region.options.source if region.state == "drifted" else None
    return describe(region.difference, source.path if source else outcome.path)
