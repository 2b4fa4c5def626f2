"""init: what it shows, and whether it writes that."""

from __future__ import annotations

import argparse
import os
import sys

from mdtables.cli.output import program_name
from mdtables.commands.init import Plan, plan, write
from mdtables.model.errors import MdtablesError
from mdtables.report.escape import printable, shell_word
from mdtables.report.text import as_text
from mdtables.workspace.paths import relative


def run(arguments: argparse.Namespace) -> int:
    try:
        found = plan(os.getcwd())
        _show(found)
        new = [each for each in found.files if not each.exists]
        by_hand = [printable(relative(each.path)) for each in found.files if each.exists]
        for each in new if arguments.write else ():
            write(each)
            print(f"wrote {printable(relative(each.path))}", file=sys.stderr)
    except MdtablesError as error:
        print("\n".join(map(as_text, error.diagnostics)))
        return 2
    if not found.files:
        print("this project has a configuration and the hook", file=sys.stderr)
    if by_hand and arguments.write:
        print(f"not changed, as it exists: {', '.join(by_hand)}; add the lines above by hand", file=sys.stderr)
    if new and not arguments.write:
        print(f"nothing was written: {program_name()} init --write", file=sys.stderr)
    return 0


def _show(found: Plan) -> None:
    for each in found.files:
        print(f"{'add to' if each.exists else 'new file'} {printable(relative(each.path))}:\n")
        print("".join(f"    {line}\n" for line in each.text.splitlines()))
    if found.tables:
        print("hand-written tables that can have data files:\n")
    for path, count in found.tables.items():
        tables = f"{count} table{'s' * (count != 1)}"
        command = f"{program_name()} extract --list {shell_word(relative(path))}"
        print(f"    {printable(relative(path))}: {tables}: {command}")
