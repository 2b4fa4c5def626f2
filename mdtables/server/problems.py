"""An outcome -> the diagnostics of the protocol, for the document and for the data files in which problems are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.pipelines.outcome import Outcome
from mdtables.report.escape import readable
from mdtables.server.open_texts import OpenText, same_file, uri_of
from mdtables.server.workspace import Workspace
from mdtables.tables.diff import summarize

PAGE = "https://github.com/mdtables/mdtables/blob/main/docs/reference/codes.md"
SOURCE = "mdtables"
_SEVERITIES = {"error": 1, "warning": 2}

Problem = dict[str, Any]


def problems(text: OpenText, outcome: Outcome, workspace: Workspace) -> dict[str, list[Problem]]:
    """Return the diagnostics for each URI that has any, and for the document itself in any case."""
    found: dict[str, list[Problem]] = {text.uri: []}
    for each in outcome.diagnostics:
        for uri, problem in _placed(each, text, workspace):
            found.setdefault(uri, []).append(problem)
    if not outcome.failed:
        found[text.uri] += _stale(text, outcome)
    return found


def _placed(found: Diagnostic, text: OpenText, workspace: Workspace) -> Iterator[tuple[str, Problem]]:
    """Yield a diagnostic where it is; one that is in the data, also at each region of the document that uses it."""
    session = workspace.session(text.path)
    uri, at = _uri(found.at, text, workspace), found.at
    problem = _problem(found, _range(at, text, workspace))
    problem["relatedInformation"] = [
        {"location": _location(each.at, text, workspace), "message": readable(each.message)} for each in found.related
    ]
    yield uri, problem
    if uri == text.uri:
        return
    own = [each.at for each in found.related if same_file(text, workspace.absolute(each.at.path, session))]
    for region in own or [Location(text.path, 1)]:
        here = _problem(found, _range(region, text, workspace))
        here["message"] = f"{found.at}: {here['message']}"
        here["relatedInformation"] = [{"location": _location(at, text, workspace), "message": "it is here"}]
        yield text.uri, here


def _problem(found: Diagnostic, range_: Any) -> Problem:
    lines = [found.message, *found.details]
    lines += [found.hint] if found.hint else []
    lines += [fix.title for fix in found.fixes if fix.edits]
    return {
        "range": range_,
        "severity": _SEVERITIES[found.severity],
        "code": found.code,
        "codeDescription": {"href": f"{PAGE}#{found.code}"},
        "source": SOURCE,
        "message": "\n".join(map(readable, lines)),
    }


def _stale(text: OpenText, outcome: Outcome) -> Iterator[Problem]:
    for region in outcome.regions:
        if region.state == "stale":
            change = f": {summarize(region.difference)}" if region.difference else ""
            what = "this table is stale" if region.options.source else "this table is not aligned"
            yield {
                "range": text.positions.of(region.at),
                "severity": _SEVERITIES["warning"],
                "code": "stale",
                "codeDescription": {"href": f"{PAGE}#stale"},
                "source": SOURCE,
                "message": readable(f"{what}{change}"),
            }


def _uri(at: Location, text: OpenText, workspace: Workspace) -> str:
    path = workspace.absolute(at.path, workspace.session(text.path))
    if same_file(text, path):
        return text.uri
    return next((each.uri for each in workspace.texts.values() if same_file(each, path)), uri_of(path))


def _range(at: Location, text: OpenText, workspace: Workspace) -> Any:
    session = workspace.session(text.path)
    is_here = same_file(text, workspace.absolute(at.path, session))
    return (text.positions if is_here else workspace.positions(at.path, session)).of(at)


def _location(at: Location, text: OpenText, workspace: Workspace) -> dict[str, Any]:
    return {"uri": _uri(at, text, workspace), "range": _range(at, text, workspace)}
