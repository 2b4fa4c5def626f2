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
    from mdtables.model.diagnostics import Diagnostic
    from mdtables.pipelines.outcome import Outcome

BROKEN = 2  # the exit status; `report` says so too


def say(
    outcomes: Sequence[Outcome], documents: int, arguments: argparse.Namespace, *, wrote: bool, from_stdin: bool
) -> None:
    """Diagnostics, what became of each document, and a summary. A document from standard input has no summary.

    Where it is written, standard output is the document; where not, only a diff goes there.
    """
    from mdtables.report import report as findings
    from mdtables.report import text as words

    say_diagnostics(findings.diagnostics_of(outcomes), arguments, sys.stderr if from_stdin else sys.stdout)
    if not (from_stdin and wrote):
        stream = sys.stderr if from_stdin and not arguments.diff else sys.stdout
        _say_what_became(outcomes, arguments, stream, verb="fixed" if wrote else "stale")
    if not (from_stdin or arguments.quiet):
        sys.stdout.flush()  # a hook's runner puts both streams into one, and the summary comes last
        print(words.summary(outcomes, documents, wrote=wrote), file=sys.stderr)
        if wrote and arguments.exit_non_zero_on_fix:
            _say_what_next(outcomes)


def _say_what_next(outcomes: Sequence[Outcome]) -> None:
    """How to commit what was rewritten: by the files that git would add, as they are from where somebody began."""
    from mdtables.report import text as words

    root = git.root_of(".")
    if root is None:
        return
    rewritten = [o.path for o in outcomes if o.stale and not o.failed]
    real = dict.fromkeys(os.path.realpath(path) if os.path.islink(path) else path for path in rewritten)
    paths = [os.path.relpath(path, _asked_in(root)) for path in real]
    all_is_well = not any(o.failed for o in outcomes)
    print(words.what_next(paths, all_is_well=all_is_well), end="", file=sys.stderr)


def _asked_in(root: str) -> str:
    """The folder in which somebody began what git or pre-commit run elsewhere in the repository."""
    if "GIT_PREFIX" in os.environ:
        return os.path.join(root, os.environ["GIT_PREFIX"])
    there = os.path.realpath(os.environ.get("PWD", "."))
    is_inside = os.path.join(there, "").startswith(os.path.join(root, ""))
    return there if os.environ.get("PRE_COMMIT") and is_inside else "."


def _say_what_became(outcomes: Sequence[Outcome], arguments: argparse.Namespace, stream: TextIO, *, verb: str) -> None:
    """A line for each document that was or would be changed, or its diff."""
    from mdtables.report import escape as legible
    from mdtables.report import text as words

    for outcome in outcomes:
        if outcome.stale and not (arguments.quiet or arguments.diff):
            print(f"{verb} {legible.printable(outcome.path)}", file=stream)
        elif arguments.verbose and not (outcome.failed or outcome.stale or arguments.diff):
            print(f"unchanged {legible.printable(outcome.path)}", file=stream)
        if outcome.stale and verb == "stale" and not arguments.quiet:
            print("".join(f"{line}\n" for line in words.changes(outcome)), end="", file=stream)
        if arguments.diff:
            print(words.diff(outcome), end="", file=stream)


def say_diagnostics(diagnostics: Iterable[Diagnostic], arguments: argparse.Namespace, stream: TextIO) -> None:
    from mdtables.report import text as words

    for found in diagnostics:
        if found.severity == "error" or not getattr(arguments, "quiet", False):  # show has no such option
            print(words.as_text(found, colour=_colour(arguments, stream)), file=stream)


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
    root = git.root_of(".")
    folder = os.path.relpath(".", root).replace(os.sep, "/") if root else ""
    if arguments.output_format == "json":
        print(machine.as_json(outcomes, documents, wrote=wrote, with_diff=with_diff), file=stream)
    elif arguments.output_format == "github":
        print(
            machine.as_github(outcomes, folder=folder, with_stale=with_stale, with_diff=with_diff), end="", file=stream
        )
    else:
        print(machine.as_sarif(outcomes, folder=folder, with_stale=with_stale), file=stream)


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
    from mdtables.pipelines.outcome import Outcome

    return Outcome(error.path, "", "", error.diagnostics)
