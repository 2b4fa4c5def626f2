"""Taking hand edits in generated tables back into their sources. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from mdtables.commands.fix import fix
from mdtables.commands.session import Run
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.table import Changes
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.pipelines.pull import changes, combined, holds
from mdtables.tables.diff import in_words
from mdtables.workspace import discover, files
from mdtables.workspace.dependents import sources_of
from mdtables.workspace.load import Loaded, home_of


class Pulled(NamedTuple):
    """One source: its bytes as they were and as they will be, and what changed in it, in words."""

    path: str
    old: bytes
    new: bytes
    words: Sequence[str]


class _Edited(NamedTuple):
    """An edited region, its source as it was read, and what the source has to change for it."""

    region: RegionOutcome
    loaded: Loaded
    changes: Changes


def pull(paths: Sequence[str], run: Run, *, write: bool) -> tuple[list[Pulled], list[Outcome]]:
    """The sources that were changed, and what became of the documents. `run` must not write.

    Nothing is written unless every edit can be taken back, and every edited table comes out of its source as it stands.
    Raises OSError.
    """
    outcomes, _ = fix(discover.find(paths), lambda: run, eagerly=True, watch=lambda _, __: None)
    sources: dict[str, list[_Edited]] = {}
    problems = [outcome for outcome in outcomes if outcome.failed and not _only_edited(outcome)]
    for outcome in filter(_only_edited, outcomes):
        try:
            for edited in _edited(outcome, run):
                sources.setdefault(edited.loaded.real, []).append(edited)
        except MdtablesError as error:
            problems.append(outcome._replace(diagnostics=error.diagnostics))
    try:
        pulled = [_pulled(regions) for regions in sources.values()]
    except MdtablesError as error:
        problems.append(Outcome(error.diagnostics[0].location.path, "", "", error.diagnostics))
    if problems:
        return [], problems
    if not write:
        return pulled, []
    for source in pulled:
        files.write(source.path, source.new, expected=source.old)
    after = run.with_sources({source.path: source.new for source in pulled})._replace(write=True)
    done = [_regenerated(outcome, after, sources.keys()) for outcome in outcomes]
    return pulled, [outcome for outcome in done if outcome]


def _regenerated(outcome: Outcome, run: Run, sources: Set[str]) -> Outcome | None:
    """A document that was edited, or that uses one of these sources too, written anew."""
    data = files.read(outcome.path)
    if _only_edited(outcome):
        return run.fix(outcome.path, data, named=True)
    if outcome.regions and not sources.isdisjoint(sources_of(outcome.path, data, run.projects)):
        return run._replace(force=False).fix(outcome.path, data, named=True)
    return None


def _only_edited(outcome: Outcome) -> bool:
    """Whether hand edits are all that stands in the way of fixing a document."""
    errors = {found.code for found in outcome.diagnostics if found.severity == "error"}
    return errors == {"hand-edit"}


def _edited(outcome: Outcome, run: Run) -> Iterator[_Edited]:
    """The edited regions of a document, each tried by itself. Raises MdtablesError where one cannot be taken back."""
    home = home_of(outcome.path, run.projects)
    for region in outcome.regions:
        if region.state == "edited" and region.difference:
            loaded = run.loader.loaded(region.options, region.location, home)
            edited = _Edited(region, loaded, changes(loaded.table, region, region.difference))
            _check_comes_out(edited, run)
            yield edited


def _check_comes_out(edited: _Edited, run: Run) -> None:
    """Raises MdtablesError unless the table that the changed source makes is the one that stands.

    The order of rows may follow `sort`, and a column's alignment whether it is all numbers.
    """
    location = edited.region.location
    after = run.with_sources({edited.loaded.real: _changed(edited, edited.changes)})
    outcome = after.fix(location.path, files.read(location.path), named=True)
    regions = outcome.regions if outcome else ()
    found = next((region.difference for region in regions if region.location == location), None)
    if found and (found.changed or found.added or found.removed or found.columns):
        words = "".join(f"\n  {line}" for line in in_words(found, location.path))
        message = f"with its source changed, this table would not come out as it stands:{words}"
        hint = f"make the edit in the source, and let it win: mdtables fix --force {location.path}"
        raise MdtablesError(Diagnostic("not-invertible", message, location, hint))


def _pulled(regions: Sequence[_Edited]) -> Pulled:
    """What all edited regions of one source make of it together. Raises MdtablesError where two disagree."""
    first, together = regions[0], regions[0].changes
    for index, other in enumerate(regions[1:], 1):
        both = combined(together, other.changes) if first.loaded.table == other.loaded.table else None
        if both is None:
            against = (one for one in regions[:index] if combined(one.changes, other.changes) is None)
            message = f"the region at {next(against, first).region.location} asks for something else of the same source"
            problem = Diagnostic("not-invertible", message, other.region.location, "let both say the same")
            raise MdtablesError(problem)
        together = both
    differences = [each.region.difference for each in regions if each.region.difference]
    words = [line for found in differences for line in in_words(found, first.loaded.shown)]
    return Pulled(first.loaded.real, first.loaded.data, _changed(first, together), list(dict.fromkeys(words)))


def _changed(edited: _Edited, asked: Changes) -> bytes:
    """The source's bytes with these changes in them, read back. Raises MdtablesError."""
    loaded, options = edited.loaded, edited.region.options
    new = loaded.kind.edit(loaded.data, loaded.shown, options, asked)
    try:
        held = holds(loaded.kind.read(new, loaded.shown, options, None)[0], loaded.table, asked)
    except MdtablesError:
        held = False
    if not held:
        message, hint = "the source would not hold the edit, or not only that", "make the edit in the source itself"
        raise MdtablesError(Diagnostic("not-invertible", message, Location(loaded.shown), hint))
    return new
