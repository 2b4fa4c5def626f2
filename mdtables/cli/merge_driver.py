"""merge-driver: its options, and what it shows."""

from __future__ import annotations

import argparse
import os
import sys

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import BROKEN, show_diagnostics
from mdtables.commands.merge_driver import merge_driver
from mdtables.model.errors import MdtablesError
from mdtables.workspace.config import Projects


def run(arguments: argparse.Namespace) -> int:
    versions = arguments.base, arguments.ours, arguments.theirs
    return _merge(versions, arguments.path, arguments.config, OutputOptions(arguments.color))


def _merge(versions: tuple[str, str, str], path: str, config: str | None, output: OutputOptions) -> int:
    """Return 0 if the versions were merged, 1 if with conflicts, 2 if not at all.

    For git the last two are conflicts.
    """
    try:
        clean = merge_driver(*versions, path, Projects(os.getcwd(), config))
    except MdtablesError as error:
        show_diagnostics(error.diagnostics, output, sys.stderr)
        return BROKEN
    except OSError as error:
        print(f"mdtables merge-driver: {error.strerror or error}", file=sys.stderr)
        return BROKEN
    return 0 if clean else 1
