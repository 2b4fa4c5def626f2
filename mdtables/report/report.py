"""What a run came to: its exit status, its diagnostics, its stale tables. Knows no format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.report.escape import shell_word
from mdtables.tables.diff import in_words

CLEAN, STALE, BROKEN = 0, 1, 2


def exit_status(outcomes: Iterable[Outcome], *, stale_is_failure: bool) -> int:
    """0 nothing to do or done, 1 something is (or was) stale, 2 something is broken; 2 wins over 1."""
    status = CLEAN
    for outcome in outcomes:
        if outcome.failed:
            return BROKEN
        if outcome.stale and stale_is_failure:
            status = STALE
    return status


def diagnostics_of(outcomes: Iterable[Outcome]) -> list[Diagnostic]:
    """Every diagnostic of a run, each once; a problem of the data that several regions met names them all."""
    unique: dict[tuple[str, str, Location], Diagnostic] = {}
    for outcome in outcomes:
        for found in outcome.diagnostics:
            key = (found.code, found.message, found.location)
            before = unique.get(key)
            asked_by = dict.fromkeys([*(before.asked_by if before else ()), *found.asked_by])
            unique[key] = found._replace(asked_by=tuple(asked_by))
    return list(unique.values())


def stale_tables(outcome: Outcome) -> Iterator[tuple[Location, str]]:
    """The place of every stale region of a document, and what to do about it."""
    message = f"this table is stale; run: mdtables fix {shell_word(outcome.path)}"
    return ((region.location, message) for region in outcome.regions if region.state == "stale")


def without_lines(found: Diagnostic, path: str) -> Diagnostic:
    """A diagnostic for somebody who cannot see the lines of the document at this path as they were read."""
    document = Location(path)
    if found.location.path == path:
        return found._replace(location=document)
    return found._replace(asked_by=(document,) if found.asked_by else ())


def changes_in_words(outcome: Outcome, region: RegionOutcome) -> list[str]:
    """The old table of a difference is the standing one, in the document, or where that was edited the source's."""
    if not region.difference:
        return []
    edited_source = region.options.source if region.state == "edited" else None
    return in_words(region.difference, edited_source.path if edited_source else outcome.path)
