"""extract: what it takes, and what it says."""

from __future__ import annotations

import os
import sys

from mdtables.cli.output import BROKEN, say_diagnostics

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", metavar="DOC", help="the document")
    parser.add_argument(
        "--table",
        metavar="LINE|HEADING",
        help="the table at this line or below this heading; default: all in bare regions",
    )
    parser.add_argument("--to", metavar="FOLDER", help="default: _data beside a _config.yml, else data, at the root")
    parser.add_argument("--format", choices=["csv", "yaml"], default="csv", help="default: csv")
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff")


def run(arguments: argparse.Namespace) -> int:
    from mdtables.commands.extract import extract
    from mdtables.model.diagnostics import MdtablesError
    from mdtables.report import escape as legible
    from mdtables.report import text as words
    from mdtables.workspace.config import Projects

    moved = 0
    try:
        projects = Projects(os.getcwd(), arguments.config)
        for one in extract(
            arguments.document,
            projects,
            table=arguments.table,
            folder=arguments.to,
            suffix="." + arguments.format,
            write=not arguments.diff,
        ):
            moved += 1
            target = legible.printable(os.path.relpath(one.data_path))
            if arguments.diff:
                print(words.diff(one.outcome) + words.new_file(target, one.data), end="")
            else:
                print(f"extracted {legible.printable(str(one.place))} to {target}")
            say_diagnostics(one.outcome.diagnostics, arguments, sys.stderr)
    except MdtablesError as error:
        say_diagnostics(error.diagnostics, arguments, sys.stderr)
        return BROKEN
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.reason
        print(f"mdtables extract: {legible.printable(arguments.document)}: {reason}", file=sys.stderr)
        return BROKEN
    if not moved:
        hint = "name one: --table LINE, or --table HEADING"
        print(
            f"mdtables extract: no table in a bare region of {legible.printable(arguments.document)}; {hint}",
            file=sys.stderr,
        )
        return BROKEN
    return 1 if arguments.diff else 0
