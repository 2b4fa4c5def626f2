"""fix: its options, and what it shows. check runs it too. Most runs find nothing to do, so it imports little."""

from __future__ import annotations

import sys

from mdtables.cli.documents import fix_documents, wrong_stdin
from mdtables.cli.options import (
    FixOptions,
    Mode,
    OutputFormat,
    output_options,
    target_options,
)
from mdtables.cli.output import BROKEN, show_how_to_begin

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    mode = Mode.DIFF if arguments.diff else Mode.WRITE
    return fix(
        FixOptions(
            target_options(arguments),
            output_options(arguments),
            mode,
            force=arguments.force,
            stale_fails=arguments.diff or arguments.exit_non_zero_on_fix,
            use_cache=not arguments.no_cache,
        )
    )


def fix(options: FixOptions) -> int:
    """Fix or check, show what came of it, and return the exit status."""
    if wrong := wrong_stdin(options.targets):
        print(f"mdtables: {wrong}", file=sys.stderr)
        return BROKEN
    found = fix_documents(options)
    if found.document is not None and options.mode is Mode.WRITE:
        sys.stdout.buffer.write(found.document)
        sys.stdout.buffer.flush()
    if found.is_clean and options.output.format is OutputFormat.TEXT and not options.output.verbose:
        if not options.output.quiet and found.document is None:
            show_how_to_begin(found.unmarked)
            print(f"{found.seen} document{'s' * (found.seen != 1)}, nothing to do", file=sys.stderr)
        return 0
    from mdtables.cli.reporting import report_fix  # most runs have nothing to report

    return report_fix(found, options)
