"""watch: its options, and a line for each thing that happens."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

from mdtables.commands.session import Session, start
from mdtables.commands.watch import Watch
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.outcome import Outcome
from mdtables.report.escape import printable
from mdtables.report.text import as_text
from mdtables.tables.diff import summarize

_PAUSE = 0.25  # seconds between two looks


def run(arguments: argparse.Namespace) -> int:
    def open_session() -> Session:
        config, exclude = arguments.config, arguments.exclude
        return start(os.getcwd(), config, exclude, allowed_folders=arguments.allow_folder, write=True)

    watch, said = Watch(arguments.paths, open_session), dict[str, str]()
    try:
        outcomes = watch.begin()
    except MdtablesError as error:
        print("\n".join(map(as_text, error.diagnostics)))
        return 2
    if not arguments.quiet:
        print(f"watching {watch.documents} document{'s' * (watch.documents != 1)}, until Ctrl-C", file=sys.stderr)
    while True:
        _say(outcomes, said, quiet=arguments.quiet)
        time.sleep(_PAUSE)
        try:
            outcomes = watch.look()
        except MdtablesError as error:  # of a configuration that is being written
            print("\n".join(map(as_text, error.diagnostics)), flush=True)
            outcomes = []


def _say(outcomes: Sequence[Outcome], said: dict[str, str], *, quiet: bool) -> None:
    """Say what was fixed, and which problems there are now; those that were said before are not said again."""
    for outcome in outcomes:
        problems = "\n".join(as_text(found) for found in outcome.diagnostics if found.is_error or not quiet)
        if problems != said.get(outcome.path, ""):
            said[outcome.path] = problems
            print(problems or f"{printable(outcome.path)}: no problems any more", flush=True)
        if outcome.stale and not outcome.failed and not quiet:
            changes = [summarize(region.difference) for region in outcome.regions if region.difference]
            print(
                f"{time.strftime('%H:%M:%S')} fixed {printable(outcome.path)}: {'; '.join(changes) or 'aligned'}",
                flush=True,
            )
