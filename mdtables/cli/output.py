"""What a person sees of a run: diagnostics, what became of documents, a summary; colours and progress.

Knows the terminal; the words, `report` knows, which is imported only where there is something to report.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from mdtables.commands.errors import CannotStartError
    from mdtables.model import Diagnostic
    from mdtables.outcome import Outcome

BROKEN = 2  # the exit status; `report` says so too


def say(
    outcomes: Sequence[Outcome], documents: int, arguments: argparse.Namespace, *, wrote: bool, from_stdin: bool
) -> None:
    """Diagnostics, what became of each document, and a summary. A document from standard input has no summary.

    Where it is written, standard output is the document; where not, only a diff goes there.
    """
    from mdtables import report

    say_diagnostics(report.diagnostics_of(outcomes), arguments, sys.stderr if from_stdin else sys.stdout)
    if not (from_stdin and wrote):
        stream = sys.stderr if from_stdin and not arguments.diff else sys.stdout
        _say_what_became(outcomes, arguments, stream, verb="fixed" if wrote else "stale")
    if not (from_stdin or arguments.quiet):
        print(report.summary(outcomes, documents, wrote=wrote), file=sys.stderr)


def _say_what_became(outcomes: Sequence[Outcome], arguments: argparse.Namespace, stream: TextIO, *, verb: str) -> None:
    """A line for each document that was or would be changed, or its diff."""
    from mdtables import report

    for outcome in outcomes:
        if outcome.stale and not (arguments.quiet or arguments.diff):
            print(f"{verb} {report.printable(outcome.path)}", file=stream)
        elif arguments.verbose and not (outcome.failed or outcome.stale or arguments.diff):
            print(f"unchanged {report.printable(outcome.path)}", file=stream)
        if outcome.stale and verb == "stale" and not arguments.quiet:
            print("".join(f"{line}\n" for line in report.changes(outcome)), end="", file=stream)
        if arguments.diff:
            print(report.diff(outcome), end="", file=stream)


def say_diagnostics(diagnostics: Iterable[Diagnostic], arguments: argparse.Namespace, stream: TextIO) -> None:
    from mdtables import report

    for found in diagnostics:
        if found.severity == "error" or not getattr(arguments, "quiet", False):  # show has no such option
            print(report.as_text(found, colour=_colour(arguments, stream)), file=stream)


def _colour(arguments: argparse.Namespace, stream: TextIO) -> bool:
    if arguments.color != "auto":
        return bool(arguments.color == "always")
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def progress_stream(arguments: argparse.Namespace) -> TextIO | None:
    """Standard error, if a person is looking at it; a hook's output may be a terminal too."""
    watched = sys.stderr.isatty() and not (os.environ.get("CI") or os.environ.get("PRE_COMMIT"))
    return sys.stderr if watched and not arguments.quiet else None


def failed(error: CannotStartError) -> Outcome:
    from mdtables.outcome import Outcome

    return Outcome(error.path, "", "", error.diagnostics)
