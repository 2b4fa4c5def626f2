"""check: its options. It is fix, writing nothing."""

from __future__ import annotations

from mdtables.cli.fix import fix
from mdtables.cli.options import FixOptions, Mode, output_options, target_options

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    mode = Mode.DIFF if arguments.diff else Mode.CHECK
    options = FixOptions(
        target_options(arguments), output_options(arguments), mode, stale_fails=True, use_cache=not arguments.no_cache
    )
    return fix(options)
