"""The words that the command line takes: every command with its options, and what runs it."""

from __future__ import annotations

import argparse
import os
import sys

from mdtables import __version__
from mdtables.cli import extract, fix, merge_driver, pull, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Command = tuple[Callable[[argparse.Namespace], int], str, Callable[[argparse.ArgumentParser], None]]

EXIT_STATUS = """exit status:
  0  nothing to do, or done
  1  something is stale (check, --diff), or was (fix --exit-non-zero-on-fix), or in conflict (merge-driver)
  2  something is broken: usage, configuration, a marker, a source, a table
"""


def parser(words: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """What takes these words: every command, but the options of those only that are named. Without words, of all.

    Without words, `show` goes without the options of a region, which it takes too.
    """
    whole = argparse.ArgumentParser(
        prog="mdtables",
        description="Keep tables in Markdown aligned and true to their CSV and YAML sources.",
        epilog=EXIT_STATUS,
        formatter_class=_formatter,
    )
    whole.add_argument("--version", action="version", version=f"mdtables {__version__}")
    # Told its name, argparse need not ask how wide the terminal is.
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True, prog=whole.prog)
    for name, (run, summary, add_arguments) in _commands(with_region_options=words is not None).items():
        added = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=EXIT_STATUS,
            formatter_class=_formatter,
            add_help=words is None or name in words,
        )
        added.set_defaults(run=run)
        if words is None or name in words:
            added.add_argument(
                "--config", metavar="FILE", help="a configuration file to use instead of the nearest one"
            )
            added.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="default: auto")
            add_arguments(added)
    return whole


def _formatter(prog: str) -> argparse.HelpFormatter:
    """As wide as the terminal. argparse makes one for each argument, and would ask shutil, which takes 5 ms to load."""
    said = os.environ.get("COLUMNS", "")
    width = int(said) if said.isdecimal() else 0
    try:
        width = width or os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        width = 0
    return argparse.RawDescriptionHelpFormatter(prog, width=(width or 80) - 2)


def _commands(*, with_region_options: bool) -> dict[str, Command]:
    """Each command: what runs it, what it does, and what adds its arguments."""

    def add_show_arguments(parser: argparse.ArgumentParser) -> None:
        show.add_arguments(parser, with_options=with_region_options)

    return {
        "fix": (fix.run_fix, "regenerate and align tables in place", fix.add_fix_arguments),
        "check": (
            fix.run_check,
            "say which documents fix would change, and write nothing",
            fix.add_check_arguments,
        ),
        "list": (fix.run_list, "list regions, their sources and their state", fix.add_list_arguments),
        "pull": (pull.run, "take hand edits in generated tables back into their sources", pull.add_arguments),
        "merge-driver": (
            merge_driver.run,
            "merge three versions of a document, as git asks for it",
            merge_driver.add_arguments,
        ),
        "extract": (
            extract.run,
            "move a hand-written table into a data file, and generate it from there",
            extract.add_arguments,
        ),
        "show": (show.run, "show the table that a source makes", add_show_arguments),
    }
