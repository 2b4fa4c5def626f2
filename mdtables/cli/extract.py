"""extract: its options, and what it shows."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_content, show_diagnostics
from mdtables.commands.extract import Candidate, Extracted, Wanted, extract, extractable
from mdtables.commands.session import start
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.convert import Sourced
from mdtables.records import NamedTuple
from mdtables.report import text
from mdtables.report.escape import printable
from mdtables.workspace.paths import relative


class ExtractOptions(NamedTuple):
    """What to extract and to where, and whether to list the tables, or to show a diff, instead of writing."""

    document: str
    wanted: Wanted
    config: str | None
    allowed_folders: Sequence[str]
    color: str
    list: bool
    diff: bool


def run(arguments: argparse.Namespace) -> int:
    wanted = Wanted(arguments.table, arguments.all, arguments.to, arguments.format)
    if wanted.table is not None and wanted.everything:
        print("mdtables extract: --all extracts every table, --table just one", file=sys.stderr)
        return BROKEN
    options = ExtractOptions(
        arguments.document,
        wanted,
        arguments.config,
        arguments.allow_folder,
        arguments.color,
        list=arguments.list,
        diff=arguments.diff,
    )
    output = OutputOptions(options.color)
    try:
        return _list(options) if options.list else _extract(options, output)
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, output, sys.stderr)
        return BROKEN


def _list(options: ExtractOptions) -> int:
    found = extractable(options.document)
    for candidate in found:
        print(_described(candidate))
    if not found:
        print(f"{printable(options.document)} has no table that can be extracted", file=sys.stderr)
    return 0


def _described(candidate: Candidate) -> str:
    place = f"{printable(candidate.document.path)}:{candidate.first}"
    if isinstance(candidate, Sourced):
        return f"{place}:{_below(candidate.heading)} generated from {printable(str(candidate.source))}"
    table = candidate.current.table
    where = "between markers" if candidate.region else "without markers"
    columns, rows = len(table.header), len(table.rows)
    size = f"{columns} column{'s' * (columns != 1)}, {rows} row{'s' * (rows != 1)}"
    if table.headings:
        size = f"{len(set(table.headings))} tables with the same columns, together {size}"
    return f"{place}:{_below(candidate.heading)} {size}, {where}"


def _below(heading: str) -> str:
    return f' below "{printable(heading)}":' if heading else ""


def _extract(options: ExtractOptions, output: OutputOptions) -> int:
    session = start(os.getcwd(), options.config, allowed_folders=options.allowed_folders)
    done = extract(options.document, session, options.wanted, write=not options.diff)
    if not options.diff:
        for one in done.moved:
            _show(one)
    show_diagnostics([*done.problems, *done.outcome.diagnostics], output, sys.stderr)
    if options.diff and done.moved:
        show_content(text.diff(done.outcome), sys.stdout)
        for one in done.moved:
            show_content(text.new_file(printable(relative(one.data_path)), one.data), sys.stdout)
    if done.problems:
        return BROKEN
    if not done.moved:
        return _nothing(options)
    return 1 if options.diff else 0


def _nothing(options: ExtractOptions) -> int:
    shown = printable(options.document)
    found = extractable(options.document)
    hand_written = any(not isinstance(candidate, Sourced) for candidate in found)
    if not hand_written:
        print(f"mdtables extract: {shown} has no hand-written table that can be extracted", file=sys.stderr)
    else:
        print(f"mdtables extract: {shown} has no table between markers, but these tables:", file=sys.stderr)
    for candidate in found:
        print(f"  {_described(candidate)}", file=sys.stderr)
    if hand_written:
        line = next(candidate.first for candidate in found if not isinstance(candidate, Sourced))
        print(f"  hint: name one by its line or heading, --table {line}, or all with --all", file=sys.stderr)
    elif found:
        print("  hint: to convert the data of one, name it with --table LINE, and --format", file=sys.stderr)
    return BROKEN


def _show(one: Extracted) -> None:
    target, at = printable(relative(one.data_path)), printable(str(one.at))
    if not one.instead_of:
        print(f"extracted {at} to {target}")
        return
    print(f"converted {at} from {printable(one.instead_of)} to {target}")
    print(f"  {printable(one.instead_of)} is left as it is: delete it when no other document uses it")
