"""The idea on one page, pure: parse, then for each region load, shape, render and verify, then splice -> Outcome.

Knows no disk and no host: where data comes from is `load`, handed in by whoever calls.
"""

from __future__ import annotations

from dataclasses import replace

from mdtables.document import marker
from mdtables.document.conflict import first_conflict
from mdtables.document.parse import Document, Region, options_of, parse, tables_of
from mdtables.document.splice import splice
from mdtables.model import Diagnostic, Location, MdtablesError, Outcome
from mdtables.region import bare, sourced
from mdtables.region.job import Job, Load, Policy, Result, result
from mdtables.shape import ShapeError

DEFAULT_POLICY = Policy()


def regenerate(text: str, path: str, load: Load, policy: Policy = DEFAULT_POLICY) -> Outcome:
    """Every region of a document aligned, or regenerated from its source.

    `path` is what diagnostics call the document. With an error anywhere in it, the new text is the old one.
    """
    document = parse(text, path)
    results = [_result(document, region, load, policy) for region in document.regions]
    problems = [*document.diagnostics, *(problem for found in results for problem in found.problems)]
    outcome = Outcome(path, text, text, problems, [found.outcome for found in results])
    if outcome.failed:
        return outcome
    return replace(outcome, new=splice(text, [edit for found in results for edit in found.edits]))


def _result(document: Document, region: Region, load: Load, policy: Policy) -> Result:
    job, problems = _job(document, region, policy)
    if problems:
        return result(job, problems)
    try:
        return bare.align(job) if job.options.source is None else sourced.regenerate(job, load, policy)
    except MdtablesError as error:
        return result(job, error.diagnostics)
    except ShapeError as error:
        return result(job, [Diagnostic(error.code, str(error), job.place)])


def _job(document: Document, region: Region, policy: Policy) -> tuple[Job, list[Diagnostic]]:
    """What there is to do in a region, and what stands in the way: in its markers, or git's conflict lines."""
    options, problems = options_of(document, region, policy.defaults)
    checksum = ""
    try:
        checksum = marker.checksum_of(region.end.text)
    except marker.MarkerSyntaxError as error:
        problems.append(Diagnostic("marker", str(error), region.end.place))
    conflict = first_conflict(region.body)
    if conflict is not None:
        place = Location(document.path, region.first_line + conflict)
        problems.append(Diagnostic("conflict", "git's conflict lines in a region", place, "resolve the conflict first"))
    return Job(document, region, options, checksum, tables_of(document, region)), problems
