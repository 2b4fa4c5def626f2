"""list: its options, and what it shows."""

from __future__ import annotations

import sys

from mdtables.cli.documents import list_documents, wrong_stdin
from mdtables.cli.options import OutputFormat, output_options, target_options
from mdtables.cli.output import BROKEN, show_diagnostics, show_how_to_begin
from mdtables.cli.program_output import show_for_programs
from mdtables.cli.reporting import report_of
from mdtables.report import text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    targets, output, uses = target_options(arguments), output_options(arguments), arguments.uses
    wrong = wrong_stdin(targets)
    if uses is not None and (targets.paths or targets.staged):
        wrong = "--uses searches the whole project: leave out paths and --staged"
    if wrong:
        print(f"mdtables list: {wrong}", file=sys.stderr)
        return BROKEN
    found = list_documents(targets, output, uses)
    report = report_of(found)
    if output.format is OutputFormat.TEXT:
        print(text.region_list(report.outcomes, with_code=output.verbose), end="")
        show_diagnostics(report.diagnostics, output, sys.stderr)
        if not output.quiet:
            show_how_to_begin(found.unmarked)
    else:
        show_for_programs(report, output, sys.stdout)
    return report.exit_status
