"""Taking hand edits in generated tables back into their sources. Prints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mdtables.commands.document import Run
from mdtables.edits import in_words
from mdtables.model import Changes, Diagnostic, Location, MdtablesError
from mdtables.outcome import Outcome, RegionOutcome
from mdtables.pull import changes, holds
from mdtables.workspace import discover, files
from mdtables.workspace.load import Home, Loaded, home_of


@dataclass(slots=True)
class Pulled:
    """One source: its bytes as they were and as they will be, and what became of it in words."""

    path: str
    old: bytes
    new: bytes
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Asked:
    """What the regions of one source ask for, and the first of them."""

    loaded: Loaded
    region: RegionOutcome
    changes: Changes
    words: list[str]


def pull(paths: Sequence[str], run: Run, *, write: bool) -> tuple[list[Pulled], list[Outcome]]:
    """The sources that were changed, and what became of the documents. `run` must not write.

    A source is written only if every edited table comes out of it again as it stands.
    """
    edited, outcomes = _edited(paths, run)
    asked: dict[str, _Asked] = {}
    left: set[str] = set()
    for path, (home, regions) in edited.items():
        try:
            for region in regions:
                _ask(asked, region, run.loader.loaded(region.options, region.location, home))
        except MdtablesError as error:
            outcomes.append(Outcome(path, "", "", error.diagnostics))
            left.add(path)
    if left:  # their edits and those of others may lie in the same source
        return [], outcomes
    pulled = []
    for real, one in asked.items():
        try:
            new = _edited_source(one)
        except MdtablesError as error:
            return [], [*outcomes, Outcome(one.region.location.path, "", "", error.diagnostics)]
        pulled.append(Pulled(real, one.loaded.data, new, one.words))
    after = run.with_sources({source.path: source.new for source in pulled})
    done = [after.fix(path, files.read(path), named=True) for path in edited]
    problems = [_not_the_same(outcome) for outcome in done if outcome and not _same(outcome, edited[outcome.path][1])]
    if problems:
        return [], [*outcomes, *problems]
    if write:
        for source in pulled:
            files.write(source.path, source.new, expected=source.old)
        for outcome in done:
            if outcome and outcome.stale:
                files.write(outcome.path, outcome.new.encode(), expected=outcome.old.encode())
    return pulled, [*outcomes, *(outcome for outcome in done if outcome)]


def _edited(paths: Sequence[str], run: Run) -> tuple[dict[str, tuple[Home, list[RegionOutcome]]], list[Outcome]]:
    """The documents in which only hand edits stand in the way, with those regions; and what is wrong with others."""
    edited: dict[str, tuple[Home, list[RegionOutcome]]] = {}
    found = discover.find(paths)
    outcomes = [
        Outcome(problem.path, "", "", [Diagnostic(problem.code, problem.reason, Location(problem.path))])
        for problem in found.problems
    ]
    users, unused = run.users_of(found.data_files) if found.data_files else ((), ())
    found.documents.update((path, False) for path in users if path not in found.documents)
    outcomes += [
        Outcome(path, "", "", [Diagnostic("unused", "no document uses this file as a source", Location(path))])
        for path in unused
    ]
    for path, named in found.documents.items():
        outcome = run.fix(path, files.read(path), named=named)
        if outcome is None:
            continue
        regions = [region for region in outcome.regions if region.state == "edited"]
        if any(d.severity == "error" and d.code != "hand-edit" for d in outcome.diagnostics):
            outcomes.append(outcome)
        elif regions:
            edited[path] = home_of(path, run.projects), regions
    return edited, outcomes


def _edited_source(one: _Asked) -> bytes:
    """The source's bytes with the changes in them, read back. Raises MdtablesError."""
    loaded, options = one.loaded, one.region.options
    new = loaded.kind.edit(loaded.data, loaded.shown, options, one.changes)
    try:
        held = holds(loaded.kind.read(new, loaded.shown, options)[0], loaded.table, one.changes)
    except MdtablesError:
        held = False
    if not held:
        message, hint = "the source would not hold the edit, or not only that", "make the edit in the source itself"
        raise MdtablesError(Diagnostic("not-invertible", message, Location(loaded.shown), hint))
    return new


def _ask(asked: dict[str, _Asked], region: RegionOutcome, loaded: Loaded) -> None:
    """Add what one region asks of its source. Raises MdtablesError, also where another region asks otherwise."""
    found, source = region.difference, region.options.source
    assert found is not None
    assert source is not None
    wanted = changes(loaded.table, region.options, found, region.location)
    words = in_words(found, loaded.shown)
    if loaded.real not in asked:
        asked[loaded.real] = _Asked(loaded, region, wanted, words)
        return
    before = asked[loaded.real]
    same_reading = before.loaded.table == loaded.table
    cells = dict(before.changes.cells)
    if not same_reading or any(cells.get(at, value) != value for at, value in wanted.cells.items()):
        message = f"{before.region.location} asks for something else of the same source"
        raise MdtablesError(Diagnostic("not-invertible", message, region.location, "let both say the same"))
    cells.update(wanted.cells)
    removed = sorted({*before.changes.removed, *wanted.removed})
    added = [*before.changes.added, *(row for row in wanted.added if row not in before.changes.added)]
    before.changes = Changes(cells, removed, added)
    before.words += [line for line in words if line not in before.words]


def _same(outcome: Outcome, regions: Sequence[RegionOutcome]) -> bool:
    """Whether each region that was edited comes out as it stands.

    The order of rows may follow `sort`, and a column's alignment whether it is all numbers.
    """
    places = {region.location for region in regions}
    after = [region for region in outcome.regions if region.location in places]
    return not outcome.failed and all(
        not found or not (found.changed or found.added or found.removed or found.columns)
        for found in (region.difference for region in after)
    )


def _not_the_same(outcome: Outcome) -> Outcome:
    if outcome.failed:
        return outcome
    message = "with its source changed, this document would not come out as it stands:"
    for region in outcome.regions:
        if region.difference:
            message += "".join(f"\n  {line}" for line in in_words(region.difference, outcome.path))
    hint = "edit the source itself, and let it win: mdtables fix --force"
    return Outcome(outcome.path, "", "", [Diagnostic("not-invertible", message, Location(outcome.path), hint)])
