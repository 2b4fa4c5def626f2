"""The words that the command line takes: every command with its options, and what runs it."""

from __future__ import annotations

import argparse

from mdtables import __version__
from mdtables.cli import extract, fix, merge_driver, pull, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_STATUS = """exit status:
  0  nothing to do, or done
  1  something is stale (check, --diff), or was (fix --exit-non-zero-on-fix), or in conflict (merge-driver)
  2  something is broken: usage, configuration, a marker, a source, a table
"""


def parser(*, with_options: bool) -> argparse.ArgumentParser:
    """`with_options`: those of a region too, see `show`."""
    whole = argparse.ArgumentParser(
        prog="mdtables",
        description="Keep tables in Markdown aligned and true to their CSV and YAML sources.",
        epilog=EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"mdtables {__version__}")
    # Told its name, argparse need not ask how wide the terminal is.
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True, prog=whole.prog)

    def command(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=EXIT_STATUS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(run=run)
        added.add_argument("--config", metavar="FILE", help="a configuration file to use instead of the nearest one")
        added.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="default: auto")
        return added

    fix.add_fix_arguments(command("fix", fix.run_fix, "regenerate and align tables in place"))
    fix.add_check_arguments(command("check", fix.run_check, "say which documents fix would change, and write nothing"))
    fix.add_list_arguments(command("list", fix.run_list, "list regions, their sources and their state"))
    pull.add_arguments(command("pull", pull.run, "take hand edits in generated tables back into their sources"))
    merging = "merge three versions of a document, as git asks for it"
    merge_driver.add_arguments(command("merge-driver", merge_driver.run, merging))
    extracting = "move a hand-written table into a data file, and generate it from there"
    extract.add_arguments(command("extract", extract.run, extracting))
    show.add_arguments(command("show", show.run, "show the table that a source makes"), with_options=with_options)
    return whole
