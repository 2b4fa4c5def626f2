"""pull: its options, and what it shows."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from mdtables.cli.options import OutputOptions
from mdtables.cli.output import program_name, show_content, show_diagnostics
from mdtables.commands.pull import Pulled, pull, shown_elsewhere
from mdtables.commands.session import start
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.outcome import Outcome, failed_outcome
from mdtables.records import NamedTuple
from mdtables.report import text
from mdtables.report.escape import printable, shell_command
from mdtables.report.report import Report
from mdtables.workspace.paths import relative

_MOST_NAMES = 10  # of other documents


class PullOptions(NamedTuple):
    """What to pull, and whether to show a diff instead of writing."""

    paths: Sequence[str]
    exclude: Sequence[str]
    config: str | None
    allowed_folders: Sequence[str]
    color: str
    diff: bool


def run(arguments: argparse.Namespace) -> int:
    paths, exclude, config = arguments.paths, arguments.exclude, arguments.config
    return _pull(PullOptions(paths, exclude, config, arguments.allow_folder, arguments.color, diff=arguments.diff))


def _pull(options: PullOptions) -> int:
    pulled: list[Pulled]
    outcomes: list[Outcome]
    try:
        session = start(os.getcwd(), options.config, options.exclude, allowed_folders=options.allowed_folders)
        pulled, outcomes = pull(options.paths, session, write=not options.diff)
    except MdtablesError as error:
        pulled, outcomes = [], [failed_outcome(error.diagnostics[0].at.path, *error.diagnostics)]
    report = Report(outcomes, len(outcomes))
    show_diagnostics(report.diagnostics, OutputOptions(options.color), sys.stdout)
    for one in pulled:
        path = printable(relative(one.path))
        if options.diff:
            diff = text.diff_of(path, one.old.decode(errors="replace"), one.new.decode(errors="replace"))
            show_content(diff, sys.stdout)
        else:
            print(f"pulled {path}")
            print("".join(f"  {printable(line)}\n" for line in one.description), end="")
    if pulled and not options.diff:
        _show_elsewhere(pulled, outcomes, options)
    if not pulled and not report.failed:
        print("no table was edited by hand, nothing to pull", file=sys.stderr)
        if report.stale:  # a pull that was interrupted, or a source that was edited
            print(text.summary(report, program_name()), file=sys.stderr)
    return report.exit_status or (1 if options.diff and pulled else 0)


def _show_elsewhere(pulled: Sequence[Pulled], outcomes: Sequence[Outcome], options: PullOptions) -> None:
    """Print which other documents show the data that was changed, and how to regenerate them."""
    try:
        session = start(os.getcwd(), options.config, options.exclude, allowed_folders=options.allowed_folders)
        documents = shown_elsewhere(pulled, outcomes, session)
    except MdtablesError as error:
        print(f"other documents were not looked at: {printable(error.diagnostics[0].message)}", file=sys.stderr)
        return
    if documents:
        flags = ["--config", options.config] if options.config else []
        flags += [word for folder in options.allowed_folders for word in ("--allow-folder", folder)]
        command = ["fix", *flags, *(relative(source.path) for source in pulled)]
        shown = [*map(printable, documents[:_MOST_NAMES]), *(["…"] if len(documents) > _MOST_NAMES else [])]
        print(f"the same data is shown in {', '.join(shown)}", file=sys.stderr)
        print(f"run: {shell_command(program_name(), command)}", file=sys.stderr)
