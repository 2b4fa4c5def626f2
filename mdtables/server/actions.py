"""What an editor offers to do about a region, a problem or a hand-written table, and the edits that do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from mdtables.commands.extract import Wanted, extract
from mdtables.commands.pull import Pulled, pull_outcomes
from mdtables.document.hand_written import hand_written
from mdtables.model.diagnostics import Diagnostic
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.records import NamedTuple
from mdtables.server.edits import WorkspaceEdit, changing, edits_to, together
from mdtables.server.messages import FAILED, INVALID_PARAMS, ProtocolError
from mdtables.server.open_texts import OpenText
from mdtables.server.workspace import Workspace

_FIX_ALL = "source.fixAll.mdtables"


class Action(NamedTuple):
    """One thing to do: its title, its kind, and the command that does it with the number of a region or of a line.

    `problems` are the codes of the diagnostics that it ends, `is_preferred` whether it is the usual way.
    """

    title: str
    kind: str
    command: str
    number: int = 0
    problems: Sequence[str] = ()
    is_preferred: bool = False


def actions_at(text: OpenText, outcome: Outcome, first: int, last: int) -> Iterator[Action]:
    """Yield what can be done about the regions and tables in these lines of a document, counted from 1."""
    for index, region in _regions_in(text, outcome, first, last):
        yield from _of_region(region, index, outcome)
    if any(region.state == "stale" for region in outcome.regions) and not outcome.failed:
        yield Action("Regenerate all tables of this document", _FIX_ALL, "mdtables.regenerateAll")
    for table in hand_written(text.text, text.path):
        if table.first <= last and first <= table.last:
            title = "Move this table into a data file"
            yield Action(title, "refactor.extract", "mdtables.extract", table.first)


def _regions_in(text: OpenText, outcome: Outcome, first: int, last: int) -> Iterator[tuple[int, RegionOutcome]]:
    regions = text.document.regions
    if len(regions) != len(outcome.regions):
        return
    for index, region in enumerate(regions):
        if region.start.place.line <= last and first <= region.end.place.line:
            yield index, outcome.regions[index]


def _of_region(region: RegionOutcome, index: int, outcome: Outcome) -> Iterator[Action]:
    if region.state == "stale":
        title = "Regenerate this table" if region.options.source else "Align this table"
        yield Action(title, "quickfix", "mdtables.regenerate", index, ("stale",), is_preferred=True)
    if region.state == "drifted":
        source = region.options.source
        if has_way_back(region) and _only(outcome, index).only_drifted:
            title = f"Take this edit into {source.path if source else 'the source'}"
            yield Action(title, "quickfix", "mdtables.pull", index, ("hand-edit",), is_preferred=True)
        title = "Discard this edit: let the source win"
        yield Action(title, "quickfix", "mdtables.letSourceWin", index, ("hand-edit",))


def has_way_back(region: RegionOutcome) -> bool:
    """Return True if a region was edited by hand in a way that can be written to its source."""
    return region.drift is not None and any(fix.command[:1] == ("pull",) for fix in region.drift.fixes)


def corrections(text: OpenText, found: Diagnostic) -> Iterator[tuple[str, WorkspaceEdit]]:
    """Yield the title of each correction of a problem, and its edits, if they are all in this document."""
    for fix in found.fixes:
        if fix.edits and all(at.path == text.path for at, _ in fix.edits):
            edits = [{"range": text.positions.of(at), "newText": new} for at, new in fix.edits]
            yield fix.title, changing(text, edits)


def edit_for(command: str, number: int, text: OpenText, workspace: Workspace) -> WorkspaceEdit:
    """Return the edits that do what a command names. Raise ProtocolError if there is none, or it cannot be done."""
    if command not in _EDITS:
        raise ProtocolError(INVALID_PARAMS, f"there is no command {command}")
    try:
        return _EDITS[command](text, number, workspace)
    except MdtablesError as error:
        raise ProtocolError(FAILED, _reason(error.diagnostics)) from None


def _regenerate(text: OpenText, index: int, workspace: Workspace) -> WorkspaceEdit:
    return _region(text, index, workspace, force=False)


def _let_source_win(text: OpenText, index: int, workspace: Workspace) -> WorkspaceEdit:
    return _region(text, index, workspace, force=True)


def _region(text: OpenText, index: int, workspace: Workspace, *, force: bool) -> WorkspaceEdit:
    return changing(text, edits_to(text, with_regions(text, [index], workspace, force=force)))


def with_regions(text: OpenText, indexes: Sequence[int], workspace: Workspace, *, force: bool = False) -> str:
    """Return the text of a document with only these regions regenerated. Raise ProtocolError if they cannot be."""
    known = range(len(workspace.outcome(text).regions))  # none of an excluded document
    if not all(index in known for index in indexes):
        raise ProtocolError(FAILED, "there is no such region any more")
    found = workspace.session(text.path).check_regions(text.path, text.text.encode(), indexes, force=force)
    if found.failed:
        raise ProtocolError(FAILED, _reason([each for each in found.diagnostics if each.is_error]))
    return found.new


def _regenerate_all(text: OpenText, _: int, workspace: Workspace) -> WorkspaceEdit:
    outcome = workspace.outcome(text)
    if outcome.failed:
        raise ProtocolError(FAILED, _reason([each for each in outcome.diagnostics if each.is_error]))
    return changing(text, edits_to(text, outcome.new))


def _pull(text: OpenText, index: int, workspace: Workspace) -> WorkspaceEdit:
    """Take the edit of one region into its source; edits of other regions stay as they are."""
    session, outcome = workspace.session(text.path), workspace.outcome(text)
    if not 0 <= index < len(outcome.regions):
        raise ProtocolError(FAILED, "there is no such region any more")
    pulled, outcomes = pull_outcomes([_only(outcome, index)], session, write=False)
    if not pulled:
        raise ProtocolError(FAILED, _reason([found for each in outcomes for found in each.diagnostics]))
    changed = {each.path: _texts(each) for each in pulled}
    after = session.with_sources({each.path: each.new for each in pulled})
    own = changed.get(text.real, ("", text.text))[1]  # its front matter may be the source
    new = after.check_regions(text.path, own.encode(), [index], force=True)
    if not new.failed and new.new != text.text:
        changed[text.real] = (text.text, new.new)
    return together(workspace, text, changed, {})


def _only(outcome: Outcome, index: int) -> Outcome:
    """Return an outcome in which no other region was edited by hand."""
    regions = [
        region if number == index or region.state != "drifted" else region._replace(state="clean", drift=None)
        for number, region in enumerate(outcome.regions)
    ]
    own = outcome.regions[index].drift
    others = {region.drift for region in outcome.regions if region.drift} - {own}
    kept = [found for found in outcome.diagnostics if found not in others]
    return outcome._replace(regions=regions, diagnostics=kept)


def _texts(pulled: Pulled) -> tuple[str, str]:
    """Return the texts of a file before and after. Raise ProtocolError for one that no editor can write as it is."""
    try:
        return pulled.old.decode("utf-8-sig"), pulled.new.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ProtocolError(FAILED, f"{pulled.path} is not UTF-8: run mdtables pull in a terminal") from None


def _extract(text: OpenText, line: int, workspace: Workspace) -> WorkspaceEdit:
    session, data = workspace.session(text.path), text.text.encode()
    done = extract(text.path, session, Wanted(table=str(line)), write=False, data=data)
    if not done.moved:
        raise ProtocolError(FAILED, _reason(done.problems) or "this table cannot be moved")
    created = {each.data_path: each.data.decode() for each in done.moved}
    return together(workspace, text, {text.real: (text.text, done.outcome.new)}, created)


def _reason(found: Sequence[Diagnostic]) -> str:
    return "; ".join(". ".join(filter(None, [each.message, each.hint])) for each in found[:3]) or "nothing to do"


_EDITS: Mapping[str, Callable[[OpenText, int, Workspace], WorkspaceEdit]] = {
    "mdtables.regenerate": _regenerate,
    "mdtables.regenerateAll": _regenerate_all,
    "mdtables.letSourceWin": _let_source_win,
    "mdtables.pull": _pull,
    "mdtables.extract": _extract,
}
