"""extract: its options, and what it shows."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NamedTuple

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_diagnostics
from mdtables.commands.extract import Extracted, extract
from mdtables.commands.session import start
from mdtables.model.errors import MdtablesError
from mdtables.report import text
from mdtables.report.escape import printable


class ExtractOptions(NamedTuple):
    """Which table to extract, to which folder and format, and whether to show a diff instead of writing."""

    document: str
    table: str | None
    folder: str | None
    suffix: str
    config: str | None
    color: str
    diff: bool


def run(arguments: argparse.Namespace) -> int:
    return _extract(
        ExtractOptions(
            arguments.document,
            arguments.table,
            arguments.to,
            f".{arguments.format}",
            arguments.config,
            arguments.color,
            diff=arguments.diff,
        )
    )


def _extract(options: ExtractOptions) -> int:
    output, shown, moved = OutputOptions(options.color), printable(options.document), 0
    try:
        for one in extract(
            options.document,
            start(os.getcwd(), options.config),
            table=options.table,
            folder=options.folder,
            suffix=options.suffix,
            write=not options.diff,
        ):
            moved += 1
            _show(one, output, diff=options.diff)
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, output, sys.stderr)
        return BROKEN
    if not moved:
        hint = "name a table with --table LINE or --table HEADING"
        print(f"mdtables extract: {shown} has no bare region with just one table; {hint}", file=sys.stderr)
        return BROKEN
    return 1 if options.diff else 0


def _show(one: Extracted, output: OutputOptions, *, diff: bool) -> None:
    target = printable(os.path.relpath(one.data_path))
    if diff:
        print(text.diff(one.outcome) + text.new_file(target, one.data), end="")
    else:
        print(f"extracted {printable(str(one.at))} to {target}")
    show_diagnostics(one.outcome.diagnostics, output, sys.stderr)
