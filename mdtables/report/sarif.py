"""A report as a SARIF 2.1.0 log, for code scanning."""

from __future__ import annotations

import json
import os
import re
from urllib.parse import quote

from mdtables import __version__
from mdtables.model.diagnostics import CODES, Diagnostic, Fix, Location
from mdtables.report.paths import repository_path
from mdtables.report.report import Report
from mdtables.report.text import message_with_hints

_HOME = "https://github.com/mdtables/mdtables"
_STALE = "a table differs from the one that its source makes, or is not aligned"
_RULES: dict[str, str] = {"stale": _STALE} | {code: meaning for code, (_, meaning) in CODES.items()}


def as_sarif(report: Report, *, folder: str, with_stale: bool) -> str:
    """Return a result for every diagnostic and, `with_stale`, for every stale region.

    `folder` is the working directory in the repository, to whose root paths are relative.
    """
    results = [_diagnostic(found, folder) for found in report.diagnostics]
    if with_stale:
        results += [_result("stale", "error", message, at, folder) for at, message in report.stale_tables()]
    rules = [_rule(code) for code in dict.fromkeys(str(result["ruleId"]) for result in results)]
    driver = {"name": "mdtables", "version": __version__, "informationUri": _HOME, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2)


def _rule(code: str) -> dict[str, object]:
    page = f"{_HOME}/blob/v{__version__}/docs/reference/codes.md#{code}"
    return {"id": code, "shortDescription": {"text": _RULES[code]}, "helpUri": page}


def _diagnostic(found: Diagnostic, folder: str) -> dict[str, object]:
    result = _result(found.code, found.severity, message_with_hints(found), found.at, folder)
    if found.related:
        result["relatedLocations"] = [
            _physical(each.at, folder) | {"message": {"text": each.message}} for each in found.related
        ]
    fixes = [_fix(fix, folder) for fix in found.fixes if fix.edits]
    return result | ({"fixes": fixes} if fixes else {})


def _result(code: str, severity: str, message: str, at: Location, folder: str) -> dict[str, object]:
    return {
        "ruleId": code,
        "level": severity,
        "message": {"text": message},
        "locations": [_physical(at, folder)],
    }


def _fix(fix: Fix, folder: str) -> dict[str, object]:
    changes = [
        {
            "artifactLocation": _artifact(at, folder),
            "replacements": [{"deletedRegion": _region(at), "insertedContent": {"text": text}}],
        }
        for at, text in fix.edits
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _physical(at: Location, folder: str) -> dict[str, object]:
    region = _region(at)
    return {"physicalLocation": {"artifactLocation": _artifact(at, folder)} | ({"region": region} if region else {})}


def _artifact(at: Location, folder: str) -> dict[str, str]:
    """Return a reference to a file: absolute, or relative to the repository's root."""
    path = repository_path(at, folder)
    encoded = os.fsencode(path)
    if re.match("[A-Za-z]:/", path) and os.name == "nt":
        return {"uri": f"file:///{quote(encoded, safe='/:')}"}
    artifact = {"uri": quote(encoded)}
    return artifact if path.startswith("/") else artifact | {"uriBaseId": "%SRCROOT%"}


def _region(at: Location) -> dict[str, int]:
    found = {"startLine": at.line, "startColumn": at.column, "endLine": at.end_line, "endColumn": at.end_column}
    return {name: number for name, number in found.items() if number}
