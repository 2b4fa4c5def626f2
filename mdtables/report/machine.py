"""Outcomes -> JSON, GitHub's annotations and SARIF, for programs to read. Prints nothing and knows no disk."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from urllib.parse import quote

from mdtables import __version__
from mdtables.edits import in_short
from mdtables.model import CODES, Diagnostic, Location
from mdtables.outcome import Outcome
from mdtables.report.text import changes_in_words, diagnostics_of, diff, printable, readable, shell_word

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


def as_github(outcomes: Sequence[Outcome], *, with_stale: bool, with_diff: bool) -> str:
    """GitHub's workflow commands: an annotation for every diagnostic, and for every region that is still stale.

    A diff is folded up below them; what looks like a command in it is none.
    """
    lines = [
        _annotation(d.severity, d.location, d.code, "\n".join(filter(None, [d.message, d.hint])))
        for d in diagnostics_of(outcomes)
    ]
    if with_stale:
        lines += [_annotation("error", place, "stale", message) for place, message in _stale(outcomes)]
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


def _annotation(severity: str, place: Location, title: str, message: str) -> str:
    def escaped(text: str, also: str = "") -> str:
        for character in "%\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    where = f"file={escaped(printable(place.path), ':,')}"
    where += f",line={place.line}" if place.line else ""
    where += f",col={place.column}" if place.column else ""
    return f"::{severity} {where},title=mdtables {title}::{escaped(readable(message))}"


def _stale(outcomes: Sequence[Outcome]) -> Iterator[tuple[Location, str]]:
    """The place of every stale region, and what to do."""
    for outcome in outcomes:
        if outcome.stale:
            message = f"this table is stale; run: mdtables fix {shell_word(outcome.path)}"
            yield from ((region.location, message) for region in outcome.regions if region.state == "stale")


def as_sarif(outcomes: Sequence[Outcome], *, with_stale: bool) -> str:
    """A SARIF 2.1.0 log: a result for every diagnostic, and for every region that is still stale."""
    found = diagnostics_of(outcomes)
    results = [_result(d.code, d.severity, "\n".join(filter(None, [d.message, d.hint])), d.location, d) for d in found]
    if with_stale:
        results += [_result("stale", "error", message, place) for place, message in _stale(outcomes)]
    rules = [_rule(code) for code in dict.fromkeys(str(result["ruleId"]) for result in results)]
    driver = {"name": "mdtables", "version": __version__, "informationUri": _HOME, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _rule(code: str) -> dict[str, object]:
    meaning = CODES[code][1] if code in CODES else _STALE if code == "stale" else code
    page = f"{_HOME}/blob/v{__version__}/docs/reference/diagnostics.md"
    return {"id": code, "shortDescription": {"text": meaning}, "helpUri": page}


def _result(
    code: str, severity: str, message: str, place: Location, found: Diagnostic | None = None
) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": code,
        "level": severity,
        "message": {"text": readable(message)},
        "locations": [_physical(place)],
    }
    if found and found.asked_by:
        asked = {"text": "asked for here"}
        result["relatedLocations"] = [_physical(by) | {"message": asked} for by in found.asked_by]
    return result


def _physical(place: Location) -> dict[str, object]:
    """A path becomes the reference that a URI is; one that is not absolute is relative to the repository's root."""
    artifact = {"uri": quote(place.path.replace("\\", "/").encode("utf-8", "surrogateescape"))}
    if not place.path.startswith("/"):
        artifact["uriBaseId"] = "%SRCROOT%"
    region = {"startLine": place.line} if place.line else {}
    region |= {"startColumn": place.column} if place.column else {}
    return {"physicalLocation": {"artifactLocation": artifact} | ({"region": region} if region else {})}
