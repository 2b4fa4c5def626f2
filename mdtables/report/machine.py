"""Outcomes -> JSON, GitHub's annotations and SARIF, for programs to read. Prints nothing and knows no disk."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Sequence
from hashlib import sha256
from urllib.parse import quote

from mdtables import __version__
from mdtables.model.diagnostics import CODES, Diagnostic, Location
from mdtables.pipelines.outcome import Outcome
from mdtables.report.escape import printable, readable
from mdtables.report.report import changes_in_words, diagnostics_of, stale_tables
from mdtables.report.text import diff
from mdtables.tables.diff import in_short

_HOME = "https://github.com/mdtables/mdtables"
_STALE = "a table is not what its source makes, or not aligned"


def as_json(outcomes: Sequence[Outcome], documents: int, *, wrote: bool, with_diff: bool) -> str:
    """One object: counts, and for each document that has a region its diagnostics and regions."""
    return json.dumps(
        {
            "documents_seen": documents,
            "fixed" if wrote else "stale": sum(o.stale and not o.failed for o in outcomes),
            "errors": sum(d.severity == "error" for d in diagnostics_of(outcomes)),
            "documents": [_document(o) | ({"diff": diff(o)} if with_diff else {}) for o in outcomes],
        },
        indent=2,
    )


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "path": outcome.path,
        "stale": outcome.stale,
        "diagnostics": [
            {
                "code": d.code,
                "severity": d.severity,
                "message": d.message,
                "hint": d.hint,
                **_place(d.location),
                "asked_by": [_place(place) for place in d.asked_by],
            }
            for d in outcome.diagnostics
        ],
        "regions": [
            {
                "line": r.location.line,
                "source": str(r.options.source) if r.options.source else None,
                "state": r.state,
                "change": in_short(r.difference) if r.difference else None,
                "changes": changes_in_words(outcome, r),
                "rows": len(r.generated.rows) if r.generated else len(r.standing.rows) if r.standing else None,
            }
            for r in outcome.regions
        ],
    }


def _place(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line or None, "column": location.column or None}


def as_github(outcomes: Sequence[Outcome], *, folder: str, with_stale: bool, with_diff: bool) -> str:
    """GitHub's workflow commands: an annotation for every diagnostic, and for every region that is still stale.

    Paths become those that the repository knows, of which the working folder is this `folder`. A diff is folded up
    below; what looks like a command in it is none.
    """
    lines = [_annotation(d.severity, d.location, folder, d.code, _whole(d)) for d in diagnostics_of(outcomes)]
    if with_stale:
        lines += [_annotation("error", place, folder, "stale", message) for place, message in _left_stale(outcomes)]
    changed = "".join(map(diff, outcomes)) if with_diff else ""
    if changed:
        token = f"mdtables-{sha256(changed.encode('utf-8', 'surrogatepass')).hexdigest()}"  # no document can hold it
        lines += [
            "::group::diff",
            f"::stop-commands::{token}",
            changed.removesuffix("\n"),
            f"::{token}::",
            "::endgroup::",
        ]
    return "".join(line + "\n" for line in lines)


def _left_stale(outcomes: Sequence[Outcome]) -> Iterator[tuple[Location, str]]:
    """Of documents with an error nothing is said: they are told of that first."""
    return (stale for outcome in outcomes if outcome.stale for stale in stale_tables(outcome))


def _whole(found: Diagnostic) -> str:
    return "\n".join(filter(None, [found.message, found.hint]))


def _annotation(severity: str, place: Location, folder: str, title: str, message: str) -> str:
    def escaped(text: str, also: str = "") -> str:
        for character in "%\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    where = f"file={escaped(printable(_path(place, folder)), ':,')}"
    where += f",line={place.line}" if place.line else ""
    where += f",col={place.column}" if place.column else ""
    return f"::{severity} {where},title=mdtables {title}::{escaped(readable(message))}"


def as_sarif(outcomes: Sequence[Outcome], *, folder: str, with_stale: bool) -> str:
    """A SARIF 2.1.0 log: a result for every diagnostic, and for every region that is still stale.

    Paths become those that the repository knows, of which the working folder is this `folder`.
    """
    found = diagnostics_of(outcomes)
    results = [_result(d.code, d.severity, _whole(d), d.location, folder, d) for d in found]
    if with_stale:
        results += [_result("stale", "error", message, place, folder) for place, message in _left_stale(outcomes)]
    rules = [_rule(code) for code in dict.fromkeys(str(result["ruleId"]) for result in results)]
    driver = {"name": "mdtables", "version": __version__, "informationUri": _HOME, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _rule(code: str) -> dict[str, object]:
    meaning = CODES[code][1] if code in CODES else _STALE
    page = f"{_HOME}/blob/v{__version__}/docs/reference/diagnostics.md"
    return {"id": code, "shortDescription": {"text": meaning}, "helpUri": page}


def _result(
    code: str, severity: str, message: str, place: Location, folder: str, found: Diagnostic | None = None
) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": code,
        "level": severity,
        "message": {"text": readable(message)},
        "locations": [_physical(place, folder)],
    }
    if found and found.asked_by:
        asked = {"text": "asked for here"}
        result["relatedLocations"] = [_physical(by, folder) | {"message": asked} for by in found.asked_by]
    return result


def _physical(place: Location, folder: str) -> dict[str, object]:
    """A path becomes the reference that a URI is; one that is not absolute is relative to the repository's root."""
    path = _path(place, folder)
    artifact = {"uri": quote(path.encode("utf-8", "surrogateescape"))}
    if not path.startswith("/"):
        artifact["uriBaseId"] = "%SRCROOT%"
    region = {"startLine": place.line} if place.line else {}
    region |= {"startColumn": place.column} if place.column else {}
    return {"physicalLocation": {"artifactLocation": artifact} | ({"region": region} if region else {})}


def _path(place: Location, folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, place.path.replace("\\", "/"))) if place.path else ""
