"""The idea on one page, pure: parse, then for each region load, shape, render and verify, then splice -> Outcome.

Knows no disk and no host: where data comes from is `load`, handed in by whoever calls.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import zip_longest

from mdtables.document import marker
from mdtables.document.parse import Document, Region, options_of, parse, row_counts, tables_of
from mdtables.document.resolution import Resolution, resolve
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.policy import DEFAULT_POLICY, Policy
from mdtables.pipelines import align as bare
from mdtables.pipelines import generate as sourced
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.pipelines.task import Done, Job, Load, done
from mdtables.tables.shape import ShapeError
from mdtables.text.edits import splice


def regenerate(text: str, path: str, load: Load, policy: Policy = DEFAULT_POLICY) -> Outcome:
    """Every region of a document aligned, or regenerated from its source.

    `path` is what diagnostics call the document. With an error anywhere in it, the new text is the old one.
    """
    document = parse(text, path)
    resolution = resolve(document) if document.conflicts else None
    if resolution is None or not _all_as_written(resolution):
        return _spliced(document, [_done(document, region, load, policy) for region in document.regions])
    ours, forced = resolution.ours, policy._replace(force=True)
    jobs = [
        _done(ours, region, load, forced if index in resolution.regions else policy)
        for index, region in enumerate(ours.regions)
    ]
    outcome = _spliced(ours, jobs)
    return outcome._replace(
        old=text,
        new=text if outcome.failed else outcome.new,
        diagnostics=[d._replace(location=resolution.original(d.location)) for d in outcome.diagnostics],
        regions=[r._replace(location=resolution.original(r.location)) for r in outcome.regions],
    )


def _all_as_written(resolution: Resolution) -> bool:
    """Whether nobody edited a table that is in conflict by hand, on either side."""
    sides = (resolution.ours, resolution.theirs)
    return all(sourced.is_as_written(side, side.regions[index]) for side in sides for index in resolution.regions)


def regenerate_one(document: Document, chosen: Region, load: Load, policy: Policy = DEFAULT_POLICY) -> Outcome:
    """One region of a document; the others stay as they are, whatever is to be said of them."""
    jobs = [
        _done(document, region, load, policy)
        if region is chosen
        else Done(RegionOutcome(region.start.place, policy.defaults, "clean"))
        for region in document.regions
    ]
    return _spliced(document, jobs)


def _spliced(document: Document, jobs: Sequence[Done]) -> Outcome:
    """What has become of the whole document. With an error anywhere in it, its text stays."""
    text = document.text
    problems = [*document.diagnostics, *(problem for job in jobs for problem in job.problems)]
    outcome = Outcome(document.path, text, text, problems, [job.outcome for job in jobs])
    new = splice(text, [edit for job in jobs for edit in job.edits])
    if outcome.failed or new == text:
        return outcome
    if unsettled := _unsettled(document, parse(new, document.path), outcome):
        return outcome._replace(diagnostics=[*problems, unsettled])
    return outcome._replace(new=new)


def _unsettled(old: Document, new: Document, outcome: Outcome) -> Diagnostic | None:
    """What keeps the fixed document from having the same regions as before, with the tables just put into them.

    A marker that is indented by four blanks or more in a paragraph is one only as long as no blank line precedes it.
    """
    hint = "indent its markers by less than four blanks, or by as much as the text of their list item"
    for region, found, again in zip_longest(old.regions, outcome.regions, new.regions[: len(old.regions)]):
        same = again is not None and again.start.text == region.start.text
        if found.generated is not None:
            same = same and row_counts(again) == [len(found.generated.rows)]
        elif same:
            before, after = (tables_of(*each) for each in ((old, region), (new, again)))
            same = [(t.table.header, t.table.rows) for t in before] == [(t.table.header, t.table.rows) for t in after]
        if not same:
            message = (
                "with the blank lines that a table needs, this region or its table would be read as something else"
            )
            return Diagnostic("unsettled", message, region.start.place, hint)
    return None


def _done(document: Document, region: Region, load: Load, policy: Policy) -> Done:
    job, problems = _job(document, region, policy)
    if problems:
        return done(job, problems)
    try:
        return bare.align(job) if job.options.source is None else sourced.generate(job, load)
    except MdtablesError as error:
        return done(job, error.diagnostics)
    except ShapeError as error:
        return done(job, [Diagnostic(error.code, str(error), job.place)])


def _job(document: Document, region: Region, policy: Policy) -> tuple[Job, list[Diagnostic]]:
    """What there is to do in a region, and what stands in the way: in its markers, or git's conflict lines."""
    options, problems = options_of(document, region, policy.defaults)
    checksum = ""
    try:
        checksum = marker.checksum_of(region.end.text)
    except marker.MarkerSyntaxError as error:
        problems.append(Diagnostic("marker", str(error), region.end.place))
    first, last = region.start.place.line, region.end.place.line
    for start, _ in document.conflicts[bisect_left(document.conflicts, first, key=lambda lines: lines[1]) :]:
        if start > last:
            break
        message = f"git's conflict lines, in or round the region on line {first}"
        place = Location(document.path, start)
        problems.append(Diagnostic("conflict", message, place, "resolve the conflict, then run again"))
    return Job(document, region, options, checksum, policy), problems
