"""refresh: its options, and what it shows. The one command that opens connections, and only those of the user."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_content, show_diagnostics
from mdtables.commands.fix import fix
from mdtables.commands.refresh import Question, Refreshed, changes, questions, refreshed, write
from mdtables.commands.session import start
from mdtables.model.errors import MdtablesError
from mdtables.records import NamedTuple
from mdtables.report import text
from mdtables.report.escape import printable, printable_lines
from mdtables.report.report import Report
from mdtables.workspace import discover
from mdtables.workspace.config import Projects

_PAUSE = 0.2  # seconds between two updates


class RefreshOptions(NamedTuple):
    """Which snapshots to make, what to do with them, and how to show it."""

    paths: Sequence[str]
    config: str | None
    color: str
    diff: bool
    dry_run: bool
    as_markdown: bool

    @property
    def notes(self) -> TextIO:
        """Where everything goes that is not the changes."""
        return sys.stderr if self.as_markdown else sys.stdout


def run(arguments: argparse.Namespace) -> int:
    as_markdown = arguments.output_format == "markdown"
    options = RefreshOptions(
        arguments.paths, arguments.config, arguments.color, arguments.diff, arguments.dry_run, as_markdown
    )
    try:
        return _refresh(options)
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, OutputOptions(options.color), options.notes)
        return BROKEN


def _refresh(options: RefreshOptions) -> int:
    projects = Projects(os.getcwd(), options.config)
    asked = questions(options.paths, projects)
    folder = os.path.dirname(projects.settings(projects.working_folder).path)
    found: list[tuple[Question, Refreshed]] = []
    for question in asked:
        print(_shown(question), file=options.notes, flush=True)
        if not options.dry_run:
            progress = _Progress(question.shown)
            found.append((question, refreshed(question, projects.root(folder), folder, progress.show)))
            progress.end(found[-1][1])
    changed = [(question, one) for question, one in found if one.is_changed]
    _show_changes(changed, options)
    if options.diff:
        return 1 if changed else 0
    if found and not changed:
        print("nothing changed", file=sys.stderr)
    return _write([one for _, one in changed], options) if changed else 0


def _show_changes(changed: Sequence[tuple[Question, Refreshed]], options: RefreshOptions) -> None:
    for question, one in changed:
        if options.as_markdown:
            for part in changes(one, question.snapshot.key):
                show_content(f"{part}\n", sys.stdout)
        elif options.diff:
            before = (one.old or b"").decode(errors="replace")
            show_content(text.diff_of(printable(one.shown), before, one.new.decode()), sys.stdout)


def _write(changed: Sequence[Refreshed], options: RefreshOptions) -> int:
    """Write snapshots, fix the documents that use them, and report both."""
    output = OutputOptions(options.color)
    if problems := list(write(changed)):
        show_diagnostics(problems, output, options.notes)
        return BROKEN
    for one in changed:
        print(f"{'wrote' if one.old is None else 'refreshed'} {printable(one.shown)}", file=options.notes)
    session = start(os.getcwd(), options.config, write=True)
    fixed = fix(discover.find([one.shown for one in changed]), lambda: session, eagerly=True)
    report = Report(fixed.all_outcomes(), fixed.seen)
    show_diagnostics(report.diagnostics, output, options.notes)
    for outcome in report.outcomes:
        if outcome.stale and not outcome.failed:
            print(f"fixed {printable(outcome.path)}", file=options.notes)
    return report.exit_status


def _shown(question: Question) -> str:
    """Return what is asked, and where, before it is."""
    snapshot = question.snapshot
    where = f"connection {snapshot.connection}" if snapshot.connection else snapshot.engine
    if snapshot.file:
        where += f", {snapshot.file}" + (f", sheet {snapshot.sheet}" if snapshot.sheet else "")
    sql = "".join(f"  {line}\n" for line in printable_lines(question.sql.strip()).splitlines()) if question.sql else ""
    return f"{printable(question.shown)}: {printable(where)}\n{sql}".rstrip("\n")


class _Progress:
    """The rows and the seconds so far, on a line of standard error, if that is a terminal."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._clock = name, clock
        self._start = self._next = clock()
        self._is_terminal = sys.stderr.isatty()

    def show(self, rows: int) -> None:
        now = self._clock()
        if self._is_terminal and now >= self._next:
            self._next = now + _PAUSE
            print(f"\r{self._name}: {rows} rows, {now - self._start:.0f} s", end="", file=sys.stderr, flush=True)

    def end(self, found: Refreshed) -> None:
        spent = self._clock() - self._start
        begin = "\r" if self._is_terminal else ""
        print(f"{begin}  {found.rows} row{'s' * (found.rows != 1)} in {spent:.1f} s", file=sys.stderr)
