"""What a person sees of a run: diagnostics, what became of documents, a summary; colours and progress.

Knows the terminal; the words, `report` knows, which is imported only where there is something to report.
"""

from __future__ import annotations

import os
import sys

from mdtables.workspace import git

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
    from mdtables.report import text

    say_diagnostics(text.diagnostics_of(outcomes), arguments, sys.stderr if from_stdin else sys.stdout)
    if not (from_stdin and wrote):
        stream = sys.stderr if from_stdin and not arguments.diff else sys.stdout
        _say_what_became(outcomes, arguments, stream, verb="fixed" if wrote else "stale")
    if not (from_stdin or arguments.quiet):
        sys.stdout.flush()  # a hook's runner puts both streams into one, and the summary comes last
        print(text.summary(outcomes, documents, wrote=wrote), file=sys.stderr)
        if wrote and arguments.exit_non_zero_on_fix and git.root_of("."):
            print(text.what_next(outcomes, _from()), end="", file=sys.stderr)


def _from() -> str:
    """The folder in which somebody began what git or pre-commit run here, at the root of the repository."""
    if "GIT_PREFIX" in os.environ:
        return os.environ["GIT_PREFIX"] or "."
    here, there = os.path.realpath("."), os.path.realpath(os.environ.get("PWD", "."))
    return there if os.environ.get("PRE_COMMIT") and there.startswith(os.path.join(here, "")) else here


def _say_what_became(outcomes: Sequence[Outcome], arguments: argparse.Namespace, stream: TextIO, *, verb: str) -> None:
    """A line for each document that was or would be changed, or its diff."""
    from mdtables.report import text

    for outcome in outcomes:
        if outcome.stale and not (arguments.quiet or arguments.diff):
            print(f"{verb} {text.printable(outcome.path)}", file=stream)
        elif arguments.verbose and not (outcome.failed or outcome.stale or arguments.diff):
            print(f"unchanged {text.printable(outcome.path)}", file=stream)
        if outcome.stale and verb == "stale" and not arguments.quiet:
            print("".join(f"{line}\n" for line in text.changes(outcome)), end="", file=stream)
        if arguments.diff:
            print(text.diff(outcome), end="", file=stream)


def say_diagnostics(diagnostics: Iterable[Diagnostic], arguments: argparse.Namespace, stream: TextIO) -> None:
    from mdtables.report import text

    for found in diagnostics:
        if found.severity == "error" or not getattr(arguments, "quiet", False):  # show has no such option
            print(text.as_text(found, colour=_colour(arguments, stream)), file=stream)


def say_to_programs(
    outcomes: Sequence[Outcome],
    documents: int,
    arguments: argparse.Namespace,
    stream: TextIO,
    *,
    wrote: bool,
    with_stale: bool,
) -> None:
    """The outcomes in the format that was asked for."""
    from mdtables.report import machine

    with_diff = getattr(arguments, "diff", False)
    if arguments.output_format == "json":
        print(machine.as_json(outcomes, documents, wrote=wrote, with_diff=with_diff), file=stream)
    elif arguments.output_format == "github":
        print(machine.as_github(outcomes, with_stale=with_stale, with_diff=with_diff), end="", file=stream)
    else:
        print(machine.as_sarif(outcomes, with_stale=with_stale), file=stream)


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
