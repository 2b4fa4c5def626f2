"""merge-driver: what it takes, and what it says."""

from __future__ import annotations

import os
import sys

from mdtables.cli.output import BROKEN, say_diagnostics

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for name, what in (("base", "%O"), ("ours", "%A, where the result goes"), ("theirs", "%B")):
        parser.add_argument(name, metavar=name.upper(), help=what.replace("%", "%%"))
    parser.add_argument("path", metavar="PATH", help="%P, where the document belongs".replace("%", "%%"))


def run(arguments: argparse.Namespace) -> int:
    """0 merged, 1 with conflicts in it, 2 not at all: git takes the last two for a conflict."""
    from mdtables.commands.merge_driver import merge_driver
    from mdtables.model.diagnostics import MdtablesError
    from mdtables.workspace.config import Projects

    try:
        projects = Projects(os.getcwd(), arguments.config)
        clean = merge_driver(arguments.base, arguments.ours, arguments.theirs, arguments.path, projects)
    except MdtablesError as error:
        say_diagnostics(error.diagnostics, arguments, sys.stderr)
        return BROKEN
    except OSError as error:
        print(f"mdtables merge-driver: {error.strerror or error}", file=sys.stderr)
        return BROKEN
    return 0 if clean else 1
