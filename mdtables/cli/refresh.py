"""refresh: its options, and what it shows. The one command that opens connections, and only those of the user."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_content, show_diagnostics
from mdtables.commands.fix import fix
from mdtables.commands.refresh import Question, Refreshed, questions, refreshed, write
from mdtables.commands.session import start
from mdtables.model.errors import MdtablesError
from mdtables.report import text
from mdtables.report.escape import printable, printable_lines
from mdtables.report.report import Report
from mdtables.workspace import discover
from mdtables.workspace.config import Projects

_PAUSE = 0.2  # seconds between two updates


def run(arguments: argparse.Namespace) -> int:
    output = OutputOptions(arguments.color)
    try:
        return _refresh(arguments.paths, arguments.config, output, diff=arguments.diff, dry=arguments.dry_run)
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, output, sys.stdout)
        return BROKEN


def _refresh(paths: Sequence[str], config: str | None, output: OutputOptions, *, diff: bool, dry: bool) -> int:
    projects = Projects(os.getcwd(), config)
    asked = questions(paths, projects)
    settings = projects.settings(projects.working_folder)
    folder = os.path.dirname(settings.path)
    found: list[Refreshed] = []
    for question in asked:
        print(_shown(question), flush=True)
        if not dry:
            progress = _Progress(question.shown)
            found.append(refreshed(question, projects.root(folder), folder, progress.show))
            progress.end(found[-1])
    changed = [one for one in found if one.is_changed]
    if diff:
        for one in changed:
            before = (one.old or b"").decode(errors="replace")
            show_content(text.diff_of(printable(one.shown), before, one.new.decode()), sys.stdout)
        return 1 if changed else 0
    if problems := list(write(changed)):
        show_diagnostics(problems, output, sys.stdout)
        return BROKEN
    for one in changed:
        print(f"{'wrote' if one.old is None else 'refreshed'} {printable(one.shown)}")
    if found and not changed:
        print("nothing changed", file=sys.stderr)
    return _fix([one.shown for one in changed], config, output) if changed else 0


def _shown(question: Question) -> str:
    """Return what is asked, and where, before it is."""
    snapshot = question.snapshot
    where = f"connection {snapshot.connection}" if snapshot.connection else snapshot.engine
    if snapshot.file:
        where += f", {snapshot.file}" + (f", sheet {snapshot.sheet}" if snapshot.sheet else "")
    sql = "".join(f"  {line}\n" for line in printable_lines(question.sql.strip()).splitlines()) if question.sql else ""
    return f"{printable(question.shown)}: {printable(where)}\n{sql}".rstrip("\n")


def _fix(changed: Sequence[str], config: str | None, output: OutputOptions) -> int:
    """Fix the documents that use snapshots, and report it."""
    session = start(os.getcwd(), config, write=True)
    fixed = fix(discover.find(changed), lambda: session, eagerly=True)
    report = Report(fixed.all_outcomes(), fixed.seen)
    show_diagnostics(report.diagnostics, output, sys.stdout)
    for outcome in report.outcomes:
        if outcome.stale and not outcome.failed:
            print(f"fixed {printable(outcome.path)}")
    return report.exit_status


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
