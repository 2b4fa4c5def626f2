"""The arguments of each command. Every run imports this module, so it imports nothing of what the commands do."""

from __future__ import annotations

import os

from mdtables.cli.options import OutputFormat
from mdtables.sources import NEW_FILES

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    import argparse


def common(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes."""
    parser.add_argument("--config", metavar="FILE", help="a configuration file to use instead of the nearest one")
    parser.add_argument(
        "--color", choices=["auto", "always", "never"], default="auto", help="when to use colors; default: auto"
    )


def _allow_folder(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes that loads sources for documents."""
    parser.add_argument(
        "--allow-folder",
        action="append",
        default=[],
        metavar="FOLDER",
        help="a folder outside the project that sources may come from; also MDTABLES_ALLOWED_FOLDERS",
    )


def fix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="overwrite tables that were edited by hand")
    parser.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 if a document was rewritten")
    check(parser)


def check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff")
    parser.add_argument("--no-cache", action="store_true", help="ignore the cache and check every document")
    _targets(parser)


def list_regions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--uses", metavar="FILE", help="only regions whose source is this file, which need not exist")
    _targets(parser)


def pull(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", default=["."], metavar="PATH", help="documents, folders, data files; default: ."
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="skip these documents")
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff of the data")
    _allow_folder(parser)


def extract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", metavar="DOC", help="the document that contains the table")
    parser.add_argument(
        "--table",
        metavar="LINE|HEADING",
        help="the table at this line or below this heading, also to convert it; default: all between bare markers",
    )
    parser.add_argument("--all", action="store_true", help="all hand-written tables, also those without markers")
    parser.add_argument(
        "--to",
        metavar="FOLDER|FILE",
        help="where the data goes; default: at the project's root, _data next to a _config.yml, else data",
    )
    parser.add_argument("--format", choices=NEW_FILES, help="default: that of the file named with --to, else csv")
    parser.add_argument("--list", action="store_true", help="write nothing, list the tables of the document")
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff")
    _allow_folder(parser)


def refresh(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="FILE", help="snapshots; default: all of the configuration")
    parser.add_argument(
        "--diff", action="store_true", help="run the queries, write nothing, show a diff of the snapshots"
    )
    parser.add_argument("--dry-run", action="store_true", help="run nothing, show the queries and their connections")
    parser.add_argument(
        "--output-format",
        choices=["text", "markdown"],
        default="text",
        help="markdown: on standard output only the changes, row by row, as for a pull request",
    )


def show(parser: argparse.ArgumentParser) -> None:
    from mdtables.model.options import SPECS  # for no other command

    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a data file, file.json#a.b for a part of it, or a pattern in quotes, like 'adr/*.md'",
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        default="markdown",
        help="markdown (default), or one of tabulate's, like grid or html",
    )
    group = parser.add_argument_group("options of a region")
    for name, spec in SPECS.items():
        if name != "source":
            summary = spec.summary.replace("`", "").replace("%", "%%")
            group.add_argument(f"--{name}", metavar="…", help=f"{summary}; default: {spec.default.replace('`', '')}")


def watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="documents and folders; default: .")
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="skip these documents")
    _allow_folder(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="show only errors")


def server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stdio", action="store_true", help="accepted, as some editors add it; it has no effect")


def init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="write what it shows; no file is overwritten")


def completion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=["bash", "zsh", "fish"], help="bash, zsh or fish")


def merge_driver(parser: argparse.ArgumentParser) -> None:
    for name, what in (("base", "%O"), ("ours", "%A, to which the result is written"), ("theirs", "%B")):
        parser.add_argument(name, nargs="?", metavar=name.upper(), help=what.replace("%", "%%"))
    parser.add_argument("path", nargs="?", metavar="PATH", help="%P, where the file belongs".replace("%", "%%"))
    parser.add_argument(
        "--install",
        action="store_true",
        help="set up git to use it: .gitattributes, and the configuration of this clone",
    )


def _jobs(text: str) -> int:
    """Return a number of processes, 0 for one per core. Raise ArgumentTypeError."""
    if text.isdecimal() and text.isascii():
        return int(text)
    import argparse

    raise argparse.ArgumentTypeError(f'"{text}" is not a number of processes')


def _targets(parser: argparse.ArgumentParser) -> None:
    """Add what fix, check and list take."""
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="documents, folders, data files (selects documents that use them), or - for standard input; default: .",
    )
    parser.add_argument("--tracked", action="store_true", help="only documents that git tracks")
    parser.add_argument(
        "--staged", action="store_true", help="staged documents, and documents that use staged or deleted data"
    )
    parser.add_argument("--stdin-filename", metavar="PATH", help="the path of the document on standard input")
    parser.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="skip documents that match this .gitignore pattern",
    )
    _allow_folder(parser)
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=os.environ.get("MDTABLES_JOBS") or "0",
        metavar="N",
        help="how many processes to use for many documents; default: MDTABLES_JOBS, else one per core",
    )
    parser.add_argument(
        "--output-format",
        choices=[each.value for each in OutputFormat],
        default="text",
        help="format of the report; default: text",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="show only errors")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="also list unchanged documents, with list also markers in code"
    )
