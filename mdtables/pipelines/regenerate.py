"""The whole idea on one page: parse, then for each region load, shape, render and verify, then splice -> Outcome.

Pure: where data comes from is `load`, an argument.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from mdtables.document.content import content_of
from mdtables.document.marker import is_mdx
from mdtables.document.parse import Document, Region, parse, tables_of, touches_region
from mdtables.document.region_options import checksum_on, locate_on, read_options
from mdtables.document.resolution import Resolution, resolve
from mdtables.model.diagnostics import Diagnostic, Locate, Location, without
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import Options, in_mdx
from mdtables.model.policy import DEFAULT_POLICY, Policy
from mdtables.model.table import Table
from mdtables.pipelines.align import align
from mdtables.pipelines.generate import generate, is_as_written
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.pipelines.region_task import Load, RegionResult, RegionTask, broken
from mdtables.records import NamedTuple
from mdtables.text.conflicts import conflicts
from mdtables.text.edits import splice

if TYPE_CHECKING:
    from mdtables.document.headings import HeadingLevels

_MOST_LOADED = 8_000_000  # rows of sources in one document, each as often as a region reads it
_MOST_GENERATED = 50_000_000  # characters in one document, which a few regions of a large source can make


class Merge(NamedTuple):
    """The versions of a document that git merged, and its result with conflict markers."""

    base: str
    ours: str
    theirs: str
    result: str


def regenerate(
    text: str,
    path: str,
    load: Load,
    policy: Policy = DEFAULT_POLICY,
    merge: Callable[[], Merge | None] = lambda: None,
    *,
    made: dict[object, Any] | None = None,
) -> Outcome:
    """Align or regenerate every region of a document. With an error anywhere in it, the new text is the old one.

    `path` is the name of the document in diagnostics. `load` is called with the options of a region and its Locate; it
    returns the table of the source and warnings, and raises MdtablesError if it cannot. `merge` returns what git made
    a text with conflicts of, if it is known. `made` is a dictionary that remembers tables from one call to the next.
    """
    outcome = _regenerated(text, path, load, policy, merge, made)
    return outcome._replace(diagnostics=without(policy.ignored, outcome.diagnostics))


def _regenerated(
    text: str,
    path: str,
    load: Load,
    policy: Policy,
    merge: Callable[[], Merge | None],
    made: dict[object, Any] | None,
) -> Outcome:
    document = parse(text, path)
    resolution = resolve(document) if document.conflicts else None
    if resolution is None or not (_all_as_written(resolution, policy) or _nothing_by_hand(resolution, merge(), policy)):
        return _spliced(document, list(_results(document, load, [policy] * len(document.regions), made)))
    ours, forced = resolution.ours, policy._replace(force=True)
    policies = [forced if index in resolution.regions else policy for index in range(len(ours.regions))]
    return _in_original(_spliced(ours, list(_results(ours, load, policies))), text, resolution)


def _limited(load: Load) -> Load:
    """Return a function that loads tables until they have too many rows together: each may be read and sorted again."""
    rows = 0

    def limited(options: Options, locate: Locate) -> tuple[Table, Sequence[Diagnostic]]:
        nonlocal rows
        if rows > _MOST_LOADED:
            message = f"the regions of this document read more than {_MOST_LOADED} rows together"
            raise failure("table-size", message, at=locate("source"), hint="split the document, or its data")
        table, warnings = load(options, locate)
        rows += len(table.rows) * (2 if options.sort else 1)  # sorting takes as long as reading
        return table, warnings

    return limited


def _results(
    document: Document, load: Load, policies: Sequence[Policy], made: dict[object, Any] | None = None
) -> Iterator[RegionResult]:
    """Yield the result for each region; an error for those that would make the document too large together."""
    size, limited, level_at = 0, _limited(load), _levels(document)
    for region, policy in zip(document.regions, policies, strict=True):
        if size <= _MOST_GENERATED:
            result = _result(document, region, limited, policy, level_at, made)
            size += sum(len(new) for _, _, new in result.edits)
        if size > _MOST_GENERATED:
            message = f"the tables of this document would have more than {_MOST_GENERATED} characters together"
            at = region.start.place
            problem = Diagnostic("table-size", message, at=at, hint="show fewer rows or columns, or split the document")
            result = RegionResult(RegionOutcome(at, policy.defaults, "broken"), [problem])
        yield result


def _levels(document: Document) -> Callable[[int], int]:
    """Return what returns the level of a heading below the nearest one above a line; headings are looked for once."""
    levels: list[HeadingLevels] = []

    def level_at(line: int) -> int:
        if not levels:
            from mdtables.document.headings import HeadingLevels  # few documents have regions with headings

            levels.append(HeadingLevels(document))
        return levels[0].at(line)

    return level_at


def regenerate_some(document: Document, tables: Mapping[int, Table], policy: Policy = DEFAULT_POLICY) -> Outcome:
    """Regenerate some regions of a document, by their index, from these tables.

    The others stay, whatever is wrong with them.
    """
    level_at = _levels(document)

    def result(index: int, region: Region) -> RegionResult:
        if index not in tables:
            return RegionResult(RegionOutcome(region.start.place, policy.defaults, "clean"))
        return _result(document, region, lambda _, __: (tables[index], ()), policy, level_at)

    return _spliced(document, [result(index, region) for index, region in enumerate(document.regions)])


def _all_as_written(resolution: Resolution, policy: Policy) -> bool:
    """Return True if no table in conflict was edited by hand, on either side."""
    sides = (resolution.ours, resolution.theirs)
    return all(is_as_written(side, side.regions[index], policy) for side in sides for index in resolution.regions)


def _nothing_by_hand(resolution: Resolution, merge: Merge | None, policy: Policy) -> bool:
    """Return True if mdtables wrote the tables in conflict on both sides, and nothing was edited since git merged.

    git merged some rows of them, so that a table as it is now has the checksum of neither side.
    """
    if merge is None or not _is_untouched(resolution, merge):
        return False
    for side in (merge.ours, merge.theirs):
        document = parse(side, resolution.ours.path)
        for index in resolution.regions:
            marker = resolution.ours.regions[index].start.text
            regions = [region for region in document.regions if region.start.text == marker]
            if len(regions) != 1 or not is_as_written(document, regions[0], policy):
                return False
    return True


def _is_untouched(resolution: Resolution, merge: Merge) -> bool:
    """Return True if a text with conflicts is what git makes of its versions, whatever the style of the conflicts."""
    found = conflicts(merge.result)
    sides = [conflict.sides for conflict in found]
    if None in sides:
        return False
    known = set(merge.base.splitlines())
    for number, now in enumerate((resolution.ours.text, resolution.theirs.text)):
        edits = [(each.start, each.end, each.sides[number]) for each in found if each.sides]
        if splice(merge.result, edits).replace("\r\n", "\n") != now.replace("\r\n", "\n"):
            return False
    return known.issuperset(line for base in resolution.bases for line in base.splitlines())


def _in_original(outcome: Outcome, text: str, resolution: Resolution) -> Outcome:
    """Return the outcome for our side as one for the text with conflicts."""

    def original(found: Diagnostic) -> Diagnostic:
        return found._replace(at=resolution.original(found.at))

    return outcome._replace(
        old=text,
        new=text if outcome.failed else outcome.new,
        diagnostics=list(map(original, outcome.diagnostics)),
        regions=[
            region._replace(at=resolution.original(region.at), drift=region.drift and original(region.drift))
            for region in outcome.regions
        ],
    )


def _spliced(document: Document, results: Sequence[RegionResult]) -> Outcome:
    """Return the outcome for the whole document. With an error anywhere in it, its text stays."""
    text = document.text
    problems = [*document.diagnostics, *_conflicts_outside(document)]
    problems += [problem for result in results for problem in result.problems]
    outcomes = [result.outcome for result in results]
    outcome = Outcome(document.path, text, text, problems, outcomes, document.in_code)
    new = splice(text, [edit for result in results for edit in result.edits])
    if outcome.failed or new == text:
        return outcome
    if unstable := _unstable(document, parse(new, document.path), results):
        return outcome._replace(diagnostics=[*problems, unstable])
    return outcome._replace(new=new)


def _conflicts_outside(document: Document) -> Iterator[Diagnostic]:
    """Yield the git conflicts that reach into no region."""
    for first, last in document.conflicts:
        if not touches_region(document.regions, first, last):
            at = Location(document.path, first, 1, last, 8)
            hint = "resolve the conflict, then run mdtables again"
            yield Diagnostic("conflict", "git conflict markers outside regions", at=at, hint=hint)


def _unstable(old: Document, new: Document, results: Sequence[RegionResult]) -> Diagnostic | None:
    """Return the problem if the fixed document does not have the same regions, with the tables just put into them.

    A marker indented by four blanks or more in a paragraph, for example, is one only while no blank line precedes it.
    """
    hint = "indent both markers by at most three spaces; in a list item, align them with the text of the item"
    for region, found, again in zip_longest(old.regions, results, new.regions[: len(old.regions)]):
        same = again is not None and again.start.text == region.start.text
        if found.outcome.generated is not None:
            same = same and _has(again, found)
        elif same:
            before, after = (tables_of(*each) for each in ((old, region), (new, again)))
            same = [(t.table.header, t.table.rows) for t in before] == [(t.table.header, t.table.rows) for t in after]
        if not same:
            if option := _misread_text(again, found):
                return _unstable_text(region, option)
            message = "adding the blank lines that a table needs would change how this region is parsed"
            return Diagnostic("unstable-output", message, at=region.start.place, hint=hint)
    if len(new.regions) > len(old.regions) or _codes(new) - _codes(old):
        message = (
            "adding the blank lines that a table needs would change which markers below are in code or in raw HTML"
        )
        hint = "put blank lines around the raw HTML that this region is in, or move the region out of it"
        return Diagnostic("unstable-output", message, at=_above_new(old, new), hint=hint)
    return None


def _misread_text(again: Region | None, found: RegionResult) -> str:
    """Return the option whose text is not read back, "" if there is none of these."""
    written = found.written
    if written is None:
        return ""
    content = content_of(again) if again else None
    for option, text in (("caption", written.caption), ("note", written.note)):
        if text and (content is None or getattr(content, option) != text):
            return option
    return "heading" if written.headings else ""


def _unstable_text(region: Region, option: str) -> Diagnostic:
    place = locate_on(region.start)
    at = place(option)
    if option == "heading" and at == place():
        at = place("group")
    message = f"the {option} would be read as something else than a {'heading' if option == 'heading' else 'paragraph'}"
    return Diagnostic(
        "unstable-output", message, at=at, hint="let it begin with text, not with a list, a quote or HTML"
    )


def _has(region: Region, found: RegionResult) -> bool:
    """Return True if a region has as many rows as were generated, with the headings and the texts that were written."""
    content = content_of(region)
    generated, written = found.outcome.generated, found.written
    sections = [(section.heading, section.extent.bottom - section.extent.top - 2) for section in content.sections]
    if content.odd is not None or generated is None or sum(rows for _, rows in sections) != len(generated.rows):
        return False
    if written is None:
        return True
    headings = [heading for heading, rows in sections if heading for _ in range(rows)]
    return len(sections) == max(len(set(written.headings)), 1) and (content.caption, content.note, headings) == (
        written.caption,
        written.note,
        list(written.headings),
    )


def _codes(document: Document) -> Counter[str]:
    return Counter(found.code for found in [*document.diagnostics, *_conflicts_outside(document)])


def _above_new(old: Document, new: Document) -> Location:
    """Return the place of the region above the first region or problem that only the new document has.

    Both documents begin with the same regions.
    """
    known = Counter(found.message for found in old.diagnostics)
    lines = [found.at.line for found in new.diagnostics if not known[found.message]]
    lines += [region.start.place.line for region in new.regions[len(old.regions) :]]
    above = sum(region.start.place.line <= min(lines, default=0) for region in new.regions[: len(old.regions)])
    return old.regions[max(above - 1, 0)].start.place


def _result(
    document: Document,
    region: Region,
    load: Load,
    policy: Policy,
    level_at: Callable[[int], int],
    made: dict[object, Any] | None = None,
) -> RegionResult:
    task, problems = _task(document, region, policy, level_at)
    task = task._replace(made=made) if made is not None else task
    if problems:
        return broken(task, problems)
    try:
        return align(task) if task.options.source is None else generate(task, load)
    except MdtablesError as error:
        return broken(task, error.diagnostics)


def _task(
    document: Document, region: Region, policy: Policy, level_at: Callable[[int], int]
) -> tuple[RegionTask, list[Diagnostic]]:
    """Return the work on a region, and what prevents it: problems with its markers, or git conflict markers."""
    options, problems = read_options(region.start, policy.defaults)
    if is_mdx(document.path):
        options = options._replace(templates=in_mdx(options.templates))
    checksum = ""
    try:
        checksum = checksum_on(region.end)
    except MdtablesError as error:
        problems += error.diagnostics
    first, last = region.start.place.line, region.end.place.line
    for start, end in document.conflicts[bisect_left(document.conflicts, first, key=lambda lines: lines[1]) :]:
        if start > last:
            break
        at = Location(document.path, start, 1, end, 8)
        message = f"git conflict markers in or around the region that starts on line {first}"
        problems.append(Diagnostic("conflict", message, at=at, hint="resolve the conflict, then run mdtables again"))
    return RegionTask(document, region, options, checksum, policy, level_at), problems
