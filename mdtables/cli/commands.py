"""The table of commands, and the choice of one. A command's module is imported when it runs."""

from __future__ import annotations

import sys
from importlib import import_module

from mdtables import __version__
from mdtables.cli import arguments
from mdtables.cli.output import BROKEN
from mdtables.cli.parser import Parser
from mdtables.document import marker
from mdtables.model.suggestions import did_you_mean

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    class Module(Protocol):
        """What the module of a command provides."""

        def run(self, arguments: argparse.Namespace, /) -> int:
            """Turn the arguments into typed options, run the command, and return the exit status."""


COMMANDS: Mapping[str, tuple[str, str]] = {
    "fix": ("fix", "regenerate and align tables in place"),
    "check": ("check", "report which documents fix would change, and write nothing"),
    "list": ("list_regions", "list regions, their sources and their state"),
    "pull": ("pull", "write hand edits in generated tables back to their sources"),
    "extract": ("extract", "move hand-written tables into data files, and generate them from there"),
    "refresh": ("refresh", "make snapshots of data in databases, Parquet files and spreadsheets"),
    "show": ("show", "show the table that a source makes"),
    "watch": ("watch", "fix documents whenever they or their data change, until it is interrupted"),
    "server": ("server", "talk to an editor: the Language Server Protocol on standard input and output"),
    "init": ("init", "show the configuration and the hook for a project, and write them"),
    "completion": ("completion", "print the script that completes commands in a shell"),
    "merge-driver": ("merge_driver", "merge three versions of a document or a data file, as a merge driver for git"),
}
"""The module of each command, which is also the name of its function in `arguments`, and its summary."""

EXIT_STATUS = """exit status:
  0  nothing to do, or done
  1  a document is stale (check, --diff), or was stale (fix --exit-non-zero-on-fix)
  2  there are errors: in the usage, the configuration, a marker, a source or a table, or in mdtables itself
  3  conflicts are left in a merge (merge-driver)
  130  the run was interrupted
"""
DOCS = "https://github.com/mdtables/mdtables/tree/main/docs"


def dispatch(words: Sequence[str]) -> int:
    """Run the command that the words begin with, and return the exit status."""
    first = words[0] if words else ""
    if first in COMMANDS:
        return _run(first, words[1:])
    if first in ("help", "-h", "--help"):
        return _help(words[1:])
    if first in ("version", "--version"):
        print(f"mdtables {__version__}")
        return 0
    if not first:
        print(_overview(), end="", file=sys.stderr)
        return BROKEN
    if first.startswith("-"):
        hint = "options of a command go after it, like: mdtables check --color always"
        return _usage_error(f'unknown option "{first}"', hint)
    return _usage_error(f'unknown command "{first}"', did_you_mean(first, [*COMMANDS, "help"], what="commands"))


def parser_of(name: str) -> Parser:
    """Return the parser of a command, with all of its arguments."""
    module, summary = COMMANDS[name]
    parser = Parser(
        f"mdtables {name}", summary[0].upper() + summary[1:] + ".", f"{EXIT_STATUS}\ndocumentation: {DOCS}\n"
    )
    arguments.common(parser)
    getattr(arguments, module)(parser)
    return parser


def _run(name: str, words: Sequence[str]) -> int:
    parsed = parser_of(name).parse(words)
    module: Module = import_module(f"mdtables.cli.{COMMANDS[name][0]}")
    return module.run(parsed)


def _help(words: Sequence[str]) -> int:
    topic = words[0] if words else ""
    if topic in COMMANDS:
        parser_of(topic).print_help()
    elif topic == "options":
        print(_region_options(), end="")
    elif topic and topic not in ("help", "-h", "--help"):
        hint = did_you_mean(topic, [*COMMANDS, "options"], what="topics")
        return _usage_error(f'there is no help on "{topic}"', hint)
    else:
        print(_overview(), end="")
    return 0


def _usage_error(message: str, hint: str) -> int:
    from mdtables.report.escape import printable  # where there is something to report

    usage = "usage: mdtables COMMAND [OPTIONS] …"
    print(f"{usage}\nmdtables: error: {printable(message)}\n  hint: {printable(hint)}", file=sys.stderr)
    return BROKEN


def _overview() -> str:
    width = max(map(len, COMMANDS))
    commands = "".join(f"  {name:{width}}  {summary}\n" for name, (_, summary) in COMMANDS.items())
    return f"""usage: mdtables COMMAND [OPTIONS] …

Keep tables in Markdown aligned and true to their data: CSV, YAML, JSON, TOML, front matter.

commands:
{commands}
  mdtables help COMMAND   the arguments of a command
  mdtables help options   the options of a region
  mdtables --version      the version

example: write this pair of markers into posts/courses.md,

  {marker.comment(marker.START, 'source="../data/courses.csv" sort="-year"')}
  {marker.comment(marker.END)}

then run: mdtables fix posts
Without source="…", the tables between the markers are aligned.

{EXIT_STATUS}
documentation: {DOCS}
"""


def _region_options() -> str:
    """Return the help text on the options of a region, which is made from SPECS."""
    import textwrap

    from mdtables.model.options import SPECS

    options = 'source="data/courses.csv" sort="-year"'
    lines = [
        "A start marker takes options:",
        f"  {marker.comment(marker.START, options)}",
        "A value that contains no spaces and no quotes can be written without quotes: limit=10",
        "",
    ]
    for spec in SPECS.values():
        notes = [f"default: {spec.default}"]
        notes += ["allowed in a bare region"] if spec.bare else []
        notes += ["can be set in the configuration"] if spec.configurable else []
        text = f"{spec.summary} ({'; '.join(notes)})".replace("`", "")
        lines += [f"  {spec.name}", *textwrap.wrap(text, 96, initial_indent="      ", subsequent_indent="      ")]
    return "\n".join(lines) + "\n"
