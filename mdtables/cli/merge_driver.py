"""merge-driver: its options, and what it shows."""

from __future__ import annotations

import argparse
import os
import sys

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_diagnostics
from mdtables.commands.install_merge_driver import install_merge_driver
from mdtables.commands.merge_driver import merge_driver
from mdtables.model.errors import MdtablesError
from mdtables.report.escape import printable
from mdtables.workspace.config import Projects

_CONFLICTS = 3
"""Neither 1, with which Python ends after an error that nothing caught, nor 2: after these, git has to merge."""


def run(arguments: argparse.Namespace) -> int:
    output = OutputOptions(arguments.color)
    if arguments.install:
        return _install(output)
    if arguments.path is None:
        print("mdtables merge-driver: expected BASE OURS THEIRS PATH, or --install", file=sys.stderr)
        return BROKEN
    versions = arguments.base, arguments.ours, arguments.theirs
    return _merge(versions, arguments.path, arguments.config, output)


def _install(output: OutputOptions) -> int:
    try:
        done = install_merge_driver(os.getcwd())
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, output, sys.stderr)
        return BROKEN
    print(
        "".join(f"{printable(line)}\n" for line in done or ["nothing to do: git already uses the merge driver"]), end=""
    )
    return 0


def _merge(versions: tuple[str, str, str], path: str, config: str | None, output: OutputOptions) -> int:
    """Return 0 if the versions were merged, 3 if with conflicts, 2 if not at all.

    For git the last two are conflicts.
    """
    try:
        merged = merge_driver(*versions, path, lambda: Projects(os.getcwd(), config))
    except OSError as error:
        place = f"{printable(str(error.filename))}: " if error.filename else ""
        print(f"mdtables merge-driver: {place}{error.strerror or error}", file=sys.stderr)
        return BROKEN
    show_diagnostics(merged.problems, output, sys.stderr)
    return 0 if merged.clean else _CONFLICTS
