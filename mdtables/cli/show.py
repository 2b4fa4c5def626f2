"""show: what it takes, and what it says."""

from __future__ import annotations

import os
import sys

from mdtables.cli.output import BROKEN, say_diagnostics

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from mdtables.model.options import Options


def add_arguments(parser: argparse.ArgumentParser, *, with_options: bool) -> None:
    """`with_options`: the options of a region too, which cost the import of their definition."""
    parser.add_argument("source", metavar="SOURCE", help="a CSV or YAML file; file.yaml#a.b is a part of it")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        default="markdown",
        help="markdown (default), or any of tabulate's, like grid or html",
    )
    if with_options:
        _add_region_options(parser)


def _add_region_options(parser: argparse.ArgumentParser) -> None:
    from mdtables.model.options import SPECS

    group = parser.add_argument_group("options of a region")
    for name, spec in SPECS.items():
        if name != "source":
            summary = spec.summary.replace("`", "").replace("%", "%%")
            group.add_argument(f"--{name}", metavar="…", help=f"{summary}; default: {spec.default.replace('`', '')}")


def run(arguments: argparse.Namespace) -> int:
    from mdtables.commands.show import as_markdown, show
    from mdtables.model.diagnostics import MdtablesError
    from mdtables.report.text import formats, tabulated
    from mdtables.workspace.config import Projects

    if arguments.format != "markdown" and arguments.format not in formats():
        from mdtables.model.options import did_you_mean

        guess = did_you_mean(arguments.format, ["markdown", *formats()])
        print(f'mdtables show: no format "{arguments.format}"{guess}', file=sys.stderr)
        return BROKEN
    try:
        projects = Projects(os.getcwd(), arguments.config)
        settings = projects.settings(os.path.realpath(os.getcwd()))
        options = _options(arguments, settings.defaults)
        table, warnings = show(options, projects, os.getcwd())
        if arguments.format == "markdown":
            texts = as_markdown(table, options, settings.ambiguous_width)
        else:
            texts = [tabulated(table, arguments.format, options.null).removesuffix("\n")]
    except MdtablesError as error:
        say_diagnostics(error.diagnostics, arguments, sys.stderr)
        return BROKEN
    say_diagnostics(warnings, arguments, sys.stderr)
    for text in texts:  # a large table need not be in memory as one text, and as bytes too
        print(text)
    return 0


def _options(arguments: argparse.Namespace, defaults: Options) -> Options:
    """The region's options as the command line gives them, over the configuration's. Raises MdtablesError."""
    from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
    from mdtables.model.options import SPECS

    values, problems = {}, []
    for name, spec in SPECS.items():
        text = getattr(arguments, name, None)
        if text is not None:
            try:
                values[name] = spec.parse(text)
            except ValueError as reason:
                problems.append(
                    Diagnostic("option-value", f"cannot read {name} {text!r}: {reason}", Location(f"--{name}"))
                )
    if problems:
        raise MdtablesError(*problems)
    return defaults._replace(**values)
