"""What fix, check and list show: outcomes -> a report -> streams."""

from __future__ import annotations

import os
import sys

from mdtables.cli.options import Mode, OutputFormat
from mdtables.cli.output import program_name, show_content, show_diagnostics
from mdtables.pipelines.outcome import Outcome, failed_outcome
from mdtables.report import text
from mdtables.report.escape import printable
from mdtables.report.report import Report
from mdtables.workspace import git
from mdtables.workspace.paths import relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from mdtables.cli.documents import Found
    from mdtables.cli.options import FixOptions


def report_of(found: Found, *, wrote: bool = False, stale_fails: bool = False) -> Report:
    """Return the report on what came of the targets."""
    outcomes = list(found.outcomes)
    if found.failure:
        outcomes.append(failed_outcome(found.failure[0].at.path, *found.failure))
    return Report(outcomes, found.seen + bool(found.failure), wrote=wrote, stale_fails=stale_fails)


def report_fix(found: Found, options: FixOptions) -> int:
    """Show what fix or check found, and return the exit status."""
    wrote, from_stdin = options.mode is Mode.WRITE, found.document is not None
    report = report_of(found, wrote=wrote, stale_fails=options.stale_fails)
    if options.output.format is OutputFormat.TEXT:
        _show_text(report, options, from_stdin=from_stdin)
    else:
        from mdtables.cli.program_output import show_for_programs  # JSON and SARIF: 5 ms

        stream = sys.stderr if from_stdin and wrote else sys.stdout
        show_for_programs(report, options.output, stream, with_stale=not wrote, with_diff=options.mode is Mode.DIFF)
    return report.exit_status


def _show_text(report: Report, options: FixOptions, *, from_stdin: bool) -> None:
    """Show diagnostics, a line or a diff for each document, and a summary.

    For a document from standard input there is no summary, and standard output is for the document or its diff alone.
    """
    is_diff = options.mode is Mode.DIFF
    show_diagnostics(report.diagnostics, options.output, sys.stderr if from_stdin else sys.stdout)
    if not (from_stdin and report.wrote):
        stream = sys.stderr if from_stdin and not is_diff else sys.stdout
        for outcome in report.outcomes:
            _show_outcome(outcome, options, stream)
    if not (from_stdin or options.output.quiet):
        sys.stdout.flush()  # a hook runner joins both streams, and the summary must come last
        print(text.summary(report, program_name()), file=sys.stderr)
        if report.wrote and options.stale_fails:
            print(_next_step(report), end="", file=sys.stderr)


def _show_outcome(outcome: Outcome, options: FixOptions, stream: TextIO) -> None:
    """Show a line for a document that was or would be changed, and its changes or its diff."""
    output, path, is_diff = options.output, printable(outcome.path), options.mode is Mode.DIFF
    if outcome.stale and not (output.quiet or is_diff):
        print(f"{'fixed' if options.mode is Mode.WRITE else 'stale'} {path}", file=stream)
    elif output.verbose and not (outcome.failed or outcome.stale or is_diff):
        print(f"unchanged {path}", file=stream)
    if outcome.stale and options.mode is not Mode.WRITE and not output.quiet:
        print("".join(f"{line}\n" for line in text.changes(outcome)), end="", file=stream)
    if is_diff:
        show_content(text.diff(outcome), stream)


def _next_step(report: Report) -> str:
    """Return how to commit what was rewritten, by paths relative to where the commit was begun."""
    root = git.root_of(".")
    if root is None:
        return ""
    rewritten = [outcome.path for outcome in report.stale]
    real = dict.fromkeys(os.path.realpath(path) if os.path.islink(path) else path for path in rewritten)
    staged = _staged_for_this_commit() if real else []
    wanted = dict.fromkeys(map(os.path.abspath, [*real, *staged]))
    paths = [relative(path, _begun_in(root)).replace(os.sep, "/") for path in wanted]
    return text.next_step(len(rewritten), paths, has_errors=bool(report.failed), has_staged=bool(staged))


def _staged_for_this_commit() -> list[str]:
    """Return what `git commit -a` has staged for this commit only: git forgets that when a hook stops it.

    Unless it is added again, the next run regenerates the documents from the old data. What `git add` would not find,
    or would add more of than this commit has, is left out.
    """
    if not os.environ.get("GIT_INDEX_FILE", "").endswith(".lock"):
        return []
    try:
        unstaged = set(git.unstaged("."))
        return [path for path in git.changed(".") if path not in unstaged and os.path.lexists(path)]
    except git.GitError:
        return []


def _begun_in(root: str) -> str:
    """Return the folder that the user called git or pre-commit from."""
    if "GIT_PREFIX" in os.environ:
        return os.path.join(root, os.environ["GIT_PREFIX"])
    there = os.path.realpath(os.environ.get("PWD", "."))
    is_inside = os.path.join(there, "").startswith(os.path.join(root, ""))
    return there if os.environ.get("PRE_COMMIT") and is_inside else "."
