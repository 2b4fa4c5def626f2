"""A report as GitHub's workflow commands: annotations, and a diff."""

from __future__ import annotations

from hashlib import sha256

from mdtables.model.diagnostics import Location
from mdtables.report.escape import printable
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
    folded = f"::group::diff\n{without_commands(changed)}::endgroup::\n" if changed else ""
    return "".join(line + "\n" for line in lines) + folded


def without_commands(text: str) -> str:
    """Return whole lines so that GitHub obeys none of them as a command, whatever they contain.

    No document can contain the word that ends this, since that is made from the text.
    """
    if "::" not in text and "##[" not in text:
        return text
    token = f"mdtables-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return f"::stop-commands::{token}\n{text}::{token}::\n"


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
    return f"::{severity} {where},title=mdtables {title}::{escaped(message)}"
