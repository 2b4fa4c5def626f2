"""show: its options, and what it shows."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from mdtables.cells.layout import PaddingError
from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_diagnostics
from mdtables.commands.show import as_markdown, show
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector
from mdtables.model.options import SPECS, Options, with_values
from mdtables.model.suggestions import did_you_mean
from mdtables.model.table import Shaped
from mdtables.records import NamedTuple
from mdtables.report.escape import printable, printable_lines
from mdtables.report.text import formats, tabulated
from mdtables.workspace.config import Projects


class ShowOptions(NamedTuple):
    """The text of each region option that was given, and the output format."""

    region: Mapping[str, str]
    format: str
    config: str | None
    color: str


def run(arguments: argparse.Namespace) -> int:
    region = {name: text for name, spec in SPECS.items() if (text := getattr(arguments, spec.field)) is not None}
    return _show(ShowOptions(region, arguments.format, arguments.config, arguments.color))


def _show(options: ShowOptions) -> int:
    output = OutputOptions(options.color)
    if options.format != "markdown" and options.format not in formats():
        hint = did_you_mean(options.format, ["markdown", *formats()], what="formats")
        print(f'mdtables show: unknown format "{printable(options.format)}"', file=sys.stderr)
        print(f"  hint: {printable(hint)}", file=sys.stderr)
        return BROKEN
    try:
        projects = Projects(os.getcwd(), options.config)
        settings = projects.settings(os.path.realpath(os.getcwd()))
        region = _region_options(options.region, settings.defaults)
        shaped, warnings = show(region, projects, os.getcwd())
        if options.format == "markdown":
            texts = list(as_markdown(shaped, region, settings.ambiguous_width))
        else:
            texts = list(_in_format(shaped, options.format, region))
    except PaddingError as error:
        print(f"mdtables show: the table would have {error}", file=sys.stderr)
        return BROKEN
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, output, sys.stderr)
        return BROKEN
    show_diagnostics(warnings, output, sys.stderr)
    for text in texts:  # one by one, so that a large table is never in memory as one text, and again as bytes
        print(printable_lines(text) if sys.stdout.isatty() else text)
    return 0


def _in_format(shaped: Shaped, name: str, options: Options) -> Iterator[str]:
    """Yield a table in one of tabulate's formats; of several under headings, each below the value of its group."""
    table = shaped.table
    if table.caption:
        yield f"{table.caption}\n"
    ends = [*(group.first for group in shaped.groups), len(table.rows)]
    for group, (start, end) in zip(shaped.groups, pairwise(ends), strict=True):
        yield f"{group.value or options.null}\n"
        yield tabulated(table._replace(rows=table.rows[start:end]), name, options.null)
    if not shaped.groups:
        yield tabulated(table, name, options.null).removesuffix("\n")
    if table.note:
        yield f"\n{table.note}"


def _region_options(texts: Mapping[str, str], defaults: Options) -> Options:
    """Return the options of the region, over the defaults of the configuration. Raise MdtablesError."""
    values: dict[str, Any] = {}
    problems = Collector()
    for name, text in texts.items():
        try:
            values[name] = SPECS[name].parse(text)
        except ValueError as reason:
            problems.add(Diagnostic("option-value", f"invalid {name} {text!r}: {reason}", at=Location(f"--{name}")))
    problems.raise_any()
    return with_values(defaults, values)
