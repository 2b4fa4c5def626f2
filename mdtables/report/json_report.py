"""A report as one JSON object, for programs."""

from __future__ import annotations

import json

from mdtables.model.diagnostics import Diagnostic, Fix, Location
from mdtables.pipelines.outcome import Outcome
from mdtables.report.escape import operand
from mdtables.report.report import Report, described
from mdtables.report.text import diff
from mdtables.tables.diff import summarize


def as_json(report: Report, *, with_diff: bool) -> str:
    """Return counts, and for each document with a region or a problem its diagnostics and regions."""
    return json.dumps(
        {
            "documents_seen": report.seen,
            "fixed" if report.wrote else "stale": len(report.stale),
            "errors": report.errors,
            "documents": [
                _document(outcome) | ({"diff": diff(outcome)} if with_diff else {}) for outcome in report.outcomes
            ],
        },
        indent=2,
    )


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "path": outcome.path,
        "stale": outcome.stale,
        "diagnostics": list(map(_diagnostic, outcome.diagnostics)),
        "regions": [
            {
                "line": r.at.line,
                "source": str(r.options.source) if r.options.source else None,
                "state": r.state,
                "change": summarize(r.difference) if r.difference else None,
                "changes": described(outcome, r),
                "rows": len(r.generated.rows) if r.generated else len(r.current.rows) if r.current else None,
            }
            for r in outcome.regions
        ],
    }


def _diagnostic(found: Diagnostic) -> dict[str, object]:
    return {
        "code": found.code,
        "severity": found.severity,
        "message": "\n".join([found.message, *found.details]),
        "hint": found.hint,
        **_place(found.at),
        "related": [_place(each.at) | {"message": each.message} for each in found.related],
        "fixes": list(map(_fix, found.fixes)),
    }


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "title": fix.title,
        "command": [word if word.startswith("--") else operand(word) for word in fix.command],
        "edits": [_place(at) | {"new_text": text} for at, text in fix.edits],
    }


def _place(at: Location) -> dict[str, object]:
    """Return a span; an end, a column or a line that is not known is null."""
    return {
        "path": at.path,
        "line": at.line or None,
        "column": at.column or None,
        "end_line": at.end_line or None,
        "end_column": at.end_column or None,
    }
