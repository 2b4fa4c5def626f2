"""pull: what it takes, and what it says."""

from __future__ import annotations

import os
import sys

from mdtables.cli.output import failed, say_diagnostics
from mdtables.commands.errors import CannotStartError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="documents, folders, data files; default: ."
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave these documents out")
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff of the data")


def run(arguments: argparse.Namespace) -> int:
    from mdtables.commands.pull import pull
    from mdtables.commands.session import start
    from mdtables.report import escape as legible
    from mdtables.report import report as findings
    from mdtables.report import text as words

    try:
        run = start(os.getcwd(), arguments.config, arguments.exclude)
        pulled, outcomes = pull(arguments.paths, run, write=not arguments.diff)
    except CannotStartError as error:
        pulled, outcomes = [], [failed(error)]
    say_diagnostics(findings.diagnostics_of(outcomes), arguments, sys.stdout)
    for one in pulled:
        path = legible.printable(os.path.relpath(one.path))
        if arguments.diff:
            print(words.diff_of(path, one.old.decode(errors="replace"), one.new.decode(errors="replace")), end="")
        else:
            print(f"pulled {path}")
            print("".join(f"  {legible.printable(line)}\n" for line in one.words), end="")
    if not pulled and not outcomes:
        print("no table was edited by hand, nothing to pull", file=sys.stderr)
    return findings.exit_status(outcomes, stale_is_failure=False) or (1 if arguments.diff and pulled else 0)
