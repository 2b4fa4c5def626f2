"""Writing hand edits in generated tables back to their sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mdtables.commands.fix import fix
from mdtables.commands.session import Session
from mdtables.model.diagnostics import Diagnostic, Fix, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.table import Changes
from mdtables.pipelines.outcome import Outcome, RegionOutcome, failed_outcome
from mdtables.pipelines.pull import combine, invert, is_applied, is_reproduced
from mdtables.tables.diff import describe
from mdtables.workspace import discover, writing
from mdtables.workspace.dependents import sources_of
from mdtables.workspace.load import LoadedSource, context_of


class Pulled(NamedTuple):
    """One source: its path, its bytes before and after, the changes, and a description of them."""

    path: str
    old: bytes
    new: bytes
    changes: Changes
    description: Sequence[str]


class _Edit(NamedTuple):
    """A drifted region, its source as it was read, and what the source has to change for it."""

    region: RegionOutcome
    loaded: LoadedSource
    changes: Changes


def pull(paths: Sequence[str], session: Session, *, write: bool) -> tuple[list[Pulled], list[Outcome]]:
    """Return the sources that change, and the outcomes of the documents; without an edit, of those that are stale.

    Nothing is written unless every edit can be inverted, and the changed sources make every edited table. The bytes
    that were verified are the bytes that are written. Raise MdtablesError.
    """
    session = session._replace(write=False)
    fixed = fix(discover.find(paths), lambda: session, eagerly=True)
    failed = [
        outcome.without_drifts() for outcome in fixed.all_outcomes() if outcome.failed and not outcome.only_drifted
    ]
    edits: dict[str, list[_Edit]] = {}
    for outcome in (found for found in fixed.outcomes if found.only_drifted):
        inverted, problems = _inverted(outcome, session)
        failed += [failed_outcome(outcome.path, *problems)] if problems else []
        for edit in inverted:
            edits.setdefault(edit.loaded.real, []).append(edit)
    pulled: list[Pulled] = []
    for regions in edits.values():
        try:
            pulled.append(_pulled(regions))
        except MdtablesError as error:
            failed.append(failed_outcome(error.diagnostics[0].at.path, *error.diagnostics))
    if failed:
        return [], failed
    if not edits:
        return [], [outcome for outcome in fixed.outcomes if outcome.stale]
    return _written(fixed.outcomes, edits, pulled, session, write=write)


def _written(
    outcomes: Sequence[Outcome],
    edits: Mapping[str, Sequence[_Edit]],
    pulled: list[Pulled],
    session: Session,
    *,
    write: bool,
) -> tuple[list[Pulled], list[Outcome]]:
    """Verify changed sources together, and write them and the documents that use them if all is well."""
    changed = session.with_sources({source.path: source.new for source in pulled})
    after = [found for outcome in outcomes if (found := _regenerated(outcome, changed, edits))]
    changes = {edit.region.at: source.changes for source in pulled for edit in edits[source.path]}
    if wrong := list(_not_reproduced(outcomes, after, changes)):
        return [], wrong
    if not write:
        return pulled, []
    _write(pulled, session)
    return pulled, [
        session.write_outcome(outcome, outcome.old.encode()) if outcome.stale else outcome for outcome in after
    ]


def _write(pulled: Sequence[Pulled], session: Session) -> None:
    """Write all sources; if one cannot be written, restore the others and raise MdtablesError."""
    for index, source in enumerate(pulled):
        try:
            writing.write(source.path, source.new, expected=source.old)
        except OSError as error:
            for written in pulled[:index]:
                writing.write(written.path, written.old, expected=written.new)
            message = f"cannot be written: {error.strerror or error}"
            raise failure("unwritable", message, at=Location(session.loader.shown(source.path))) from None


def _inverted(outcome: Outcome, session: Session) -> tuple[list[_Edit], list[Diagnostic]]:
    """Return the edit of each drifted region of a document, and what prevents inverting the others."""
    context = context_of(outcome.path, session.projects)
    edits: list[_Edit] = []
    problems: list[Diagnostic] = []
    for region in (found for found in outcome.regions if found.state == "drifted"):
        try:
            loaded = session.loader.load_all(region.options, located_at(region.at), context)
            edits.append(_Edit(region, loaded, invert(loaded.table, loaded.shown, region)))
        except MdtablesError as error:
            problems += error.diagnostics
    return edits, problems


def _pulled(edits: Sequence[_Edit]) -> Pulled:
    """Return what all drifted regions of one source make of it. Raise MdtablesError if some disagree."""
    first, together = edits[0], edits[0].changes
    conflicts: list[Diagnostic] = []
    for index, other in enumerate(edits[1:], 1):
        both = combine(together, other.changes) if first.loaded.table == other.loaded.table else None
        if both is None:
            against = (one for one in edits[:index] if combine(one.changes, other.changes) is None)
            message = f"this edit conflicts with the edit at {next(against, first).region.at} to the same source"
            found = Diagnostic("cannot-pull", message, at=other.region.at, hint="make both edits agree")
            conflicts.append(found)
        else:
            together = both
    if conflicts:
        raise MdtablesError(*conflicts)
    lines = [line for edit in edits for line in _described(edit)]
    new = _edited(first, together)
    return Pulled(first.loaded.real, first.loaded.data, new, together, list(dict.fromkeys(lines)))


def _described(edit: _Edit) -> list[str]:
    if edit.region.earlier:
        return describe(edit.region.earlier.edit, "")
    return describe(edit.region.difference, edit.loaded.shown) if edit.region.difference else []


def _edited(edit: _Edit, changes: Changes) -> bytes:
    """Return the source's bytes with all changes, after reading them back. Raise MdtablesError."""
    loaded, options = edit.loaded, edit.region.options
    module = loaded.format.load()
    new = module.edit(loaded.data, loaded.shown, options, changes)
    try:
        applied = is_applied(module.read(new, loaded.shown, options, None), loaded.table, changes)
    except MdtablesError:
        applied = False
    if not applied:
        rows = sorted(
            [*(row for row, _ in changes.cells), *changes.removed, *(max(row, 0) for row, _ in changes.added)]
        )
        lines = loaded.table.lines
        at = Location(loaded.shown, lines[rows[0]]) if lines and rows else edit.region.at
        message = "this cannot be edited in place so that just this edit is made"
        raise failure("cannot-pull", message, at=at, hint="make the edit here, then discard it in the document")
    return new


def _regenerated(outcome: Outcome, changed: Session, sources: Mapping[str, object]) -> Outcome | None:
    """Return the outcome with changed sources, for a document that was edited or that uses one of them too."""
    data = outcome.old.encode()
    if outcome.only_drifted:
        return changed._replace(force=True).check(outcome.path, data)
    if outcome.regions and not sources.keys().isdisjoint(sources_of(outcome.path, data, changed.projects)):
        return changed.check(outcome.path, data)
    return None


def _not_reproduced(
    before: Iterable[Outcome], after: Iterable[Outcome], changes: Mapping[Location, Changes]
) -> Iterator[Outcome]:
    """Yield an outcome with an error for each document whose edited tables the changed sources do not make."""
    new = {outcome.path: outcome for outcome in after}
    for outcome in (found for found in before if found.only_drifted):
        found = new[outcome.path]
        wrong = [
            _wrong(region.at, again)
            for region, again in zip(outcome.regions, found.regions, strict=True)
            if again.difference and region.drift and not is_reproduced(region, again.difference, changes[region.at])
        ]
        if found.failed and not wrong:
            yield found
        elif wrong:
            yield outcome._replace(diagnostics=[problem for error in wrong for problem in error.diagnostics])


def _wrong(at: Location, again: RegionOutcome) -> MdtablesError:
    assert again.difference
    details = tuple(f"  {line}" for line in describe(again.difference, at.path))
    message = "writing this edit to the source would not reproduce the edited table:"
    force = ("fix", "--force", at.path)
    fixes = (Fix("make the edit in the source, then discard it here", command=force),)
    return failure("cannot-pull", message, at=at, details=details, fixes=fixes)
