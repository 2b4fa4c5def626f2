"""Writing hand edits in generated tables back to their sources."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mdtables.commands.file_edits import FileEdit, changes_for, edited, file_edits
from mdtables.commands.fix import fix
from mdtables.commands.session import Session
from mdtables.model.diagnostics import Diagnostic, Fix, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.table import Changes
from mdtables.pipelines.outcome import Outcome, RegionOutcome, failed_outcome
from mdtables.pipelines.pull import invert, is_reproduced
from mdtables.records import NamedTuple
from mdtables.tables.diff import Difference, describe
from mdtables.workspace import discover, writing
from mdtables.workspace.context import context_of
from mdtables.workspace.dependents import sources_of
from mdtables.workspace.load import LoadedSource


class Pulled(NamedTuple):
    """One file: its path, its bytes before and after, and a description of the changes."""

    path: str
    old: bytes
    new: bytes
    description: Sequence[str]


class _Inverted(NamedTuple):
    """A drifted region, its source as it was read, and what has to change in each of its files."""

    region: RegionOutcome
    loaded: LoadedSource
    edits: Sequence[FileEdit]


def pull(paths: Sequence[str], session: Session, *, write: bool) -> tuple[list[Pulled], list[Outcome]]:
    """Return the sources that change, and the outcomes of the documents; without an edit, of those that are stale.

    Nothing is written unless every edit can be inverted, and the changed sources make every edited table. The bytes
    that were verified are the bytes that are written. Raise MdtablesError.
    """
    session = session._replace(write=False)
    fixed = fix(discover.find(paths), lambda: session, eagerly=True)
    return pull_outcomes(fixed.all_outcomes(), session, write=write)


def pull_outcomes(outcomes: Sequence[Outcome], session: Session, *, write: bool) -> tuple[list[Pulled], list[Outcome]]:
    """Return the same for documents whose outcomes are known, by a session that does not write them."""
    failed = [outcome.without_drifts() for outcome in outcomes if outcome.failed and not outcome.only_drifted]
    inverted: list[_Inverted] = []
    for outcome in (found for found in outcomes if found.only_drifted):
        own, problems = _inverted(outcome, session)
        failed += [failed_outcome(outcome.path, *problems)] if problems else []
        inverted += own
    by_file: dict[str, list[FileEdit]] = {}
    for edit in (edit for one in inverted for edit in one.edits):
        by_file.setdefault(edit.file.real, []).append(edit)
    pulled: list[Pulled] = []
    for real, edits in by_file.items():
        try:
            pulled.append(Pulled(real, edits[0].file.data, edited(edits), _descriptions(edits)))
        except MdtablesError as error:
            failed.append(failed_outcome(error.diagnostics[0].at.path, *error.diagnostics))
    if failed:
        return [], failed
    if not inverted:
        return [], [outcome for outcome in outcomes if outcome.stale]
    return _written(outcomes, inverted, pulled, session, write=write)


def shown_elsewhere(pulled: Sequence[Pulled], handled: Sequence[Outcome], session: Session) -> list[str]:
    """Return the other documents that show a file that was written. Raise MdtablesError."""
    known = {os.path.realpath(outcome.path) for outcome in handled}
    documents = session.documents_with([source.path for source in pulled])
    return [path for path in documents if os.path.realpath(path) not in known]


def _written(
    outcomes: Sequence[Outcome],
    inverted: Sequence[_Inverted],
    pulled: list[Pulled],
    session: Session,
    *,
    write: bool,
) -> tuple[list[Pulled], list[Outcome]]:
    """Verify changed sources together, and write them and the documents that use them if all is well."""
    new = {source.path: source.new for source in pulled}
    changed = session.with_sources(new)
    affected = _affected(outcomes, changed, new)
    after = [_regenerated(outcome, changed, new) for outcome in outcomes if outcome.path in affected]
    edits = [edit for one in inverted for edit in one.edits]
    changes = {one.region.at: changes_for(one.region, one.loaded, edits) for one in inverted}
    if wrong := list(_not_reproduced(outcomes, after, changes)):
        return [], wrong
    if not write:
        return pulled, []
    _write(pulled, session)
    stale = [(outcome, outcome.old.encode()) for outcome in after if outcome.stale]
    written = {outcome.path: outcome for outcome in session.write_outcomes(stale)}
    return pulled, [written.get(outcome.path, outcome) for outcome in after]


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


def _inverted(outcome: Outcome, session: Session) -> tuple[list[_Inverted], list[Diagnostic]]:
    """Return the edit of each drifted region of a document, and what prevents inverting the others."""
    context = context_of(outcome.path, session.projects)
    inverted: list[_Inverted] = []
    problems: list[Diagnostic] = []
    for region in (found for found in outcome.regions if found.state == "drifted"):
        try:
            loaded = session.loader.load_all(region.options, located_at(region.at), context)
            changes = invert(loaded.table, loaded.files[0].shown, region)
            inverted.append(_Inverted(region, loaded, file_edits(region, loaded, changes)))
        except MdtablesError as error:
            problems += error.diagnostics
    return inverted, problems


def _descriptions(edits: Sequence[FileEdit]) -> list[str]:
    """Return lines that describe what regions change in one file; of a region that changes several, its rows."""
    lines: list[str] = []
    for edit in edits:
        region = edit.region
        if region.earlier:
            lines += describe(region.earlier.edit, "")
        elif region.difference:
            lines += describe(_in_file(region.difference, edit.file.shown), edit.file.shown)
    return list(dict.fromkeys(lines))


def _in_file(found: Difference, path: str) -> Difference:
    """Return a difference with the rows of one file, if those come from several."""
    paths = found.old.paths
    return found._replace(changed=[row for row in found.changed if paths[row.old] == path]) if paths else found


def _affected(outcomes: Sequence[Outcome], session: Session, new: Mapping[str, bytes]) -> set[str]:
    """Return the paths of documents that were edited, that use a changed source, or the table of such a document."""
    sources = {
        outcome.path: set(sources_of(outcome.path, outcome.old.encode(), session.projects))
        for outcome in outcomes
        if outcome.regions
    }
    affected = {outcome.path for outcome in outcomes if outcome.only_drifted or os.path.realpath(outcome.path) in new}
    found = affected
    while found:
        changed = {*new, *map(os.path.realpath, affected)}
        found = {path for path, used in sources.items() if not used.isdisjoint(changed)} - affected
        affected |= found
    return affected & {outcome.path for outcome in outcomes if outcome.regions}


def _regenerated(outcome: Outcome, changed: Session, new: Mapping[str, bytes]) -> Outcome:
    """Return the outcome for a document with changed sources, of which it may be one."""
    data = new.get(os.path.realpath(outcome.path), outcome.old.encode())
    session = changed._replace(force=True) if outcome.only_drifted else changed
    return session.check(outcome.path, data)


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
            if again.difference and region.drift and not is_reproduced(region, again, changes[region.at])
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
