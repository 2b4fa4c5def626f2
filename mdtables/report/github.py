"""A report as GitHub's workflow commands: annotations, and a diff."""

from __future__ import annotations

from hashlib import sha256

from mdtables.model.diagnostics import Location
from mdtables.report.escape import printable, readable
from mdtables.report.paths import repository_path
from mdtables.report.report import Report
from mdtables.report.text import diff, message_with_hints


def as_github(report: Report, *, folder: str, with_stale: bool, with_diff: bool) -> str:
    """Return an annotation for every diagnostic and, `with_stale`, for every stale region; and a folded diff.

    `folder` is the working directory in the repository, to which GitHub's paths are relative.
    """
    lines = [_annotation(d.severity, d.at, folder, d.code, message_with_hints(d)) for d in report.diagnostics]
    if with_stale:
        lines += [_annotation("error", at, folder, "stale", message) for at, message in report.stale_tables()]
    changed = "".join(map(diff, report.outcomes)) if with_diff else ""
    if changed:
        # between these lines GitHub obeys no command, whatever a document contains; no document can contain the token
        token = f"mdtables-{sha256(changed.encode('utf-8', 'surrogatepass')).hexdigest()}"
        lines += [
            "::group::diff",
            f"::stop-commands::{token}",
            changed.removesuffix("\n"),
            f"::{token}::",
            "::endgroup::",
        ]
    return "".join(line + "\n" for line in lines)


def _annotation(severity: str, at: Location, folder: str, title: str, message: str) -> str:
    def escaped(text: str, also: str = "") -> str:
        for character in "%\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    where = f"file={escaped(printable(repository_path(at, folder)), ':,')}"
    where += f",line={at.line}" if at.line else ""
    where += f",col={at.column}" if at.column else ""
    where += f",endLine={at.end_line}" if at.end_line else ""
    where += f",endColumn={at.end_column}" if at.end_column and at.end_line == at.line else ""
    return f"::{severity} {where},title=mdtables {title}::{escaped(readable(message))}"
