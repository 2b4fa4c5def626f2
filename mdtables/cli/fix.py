"""fix, check and list: what they take, and what they say. Most runs find nothing to do, so little is imported here."""

from __future__ import annotations

import os
import sys
from functools import cache

from mdtables.cli.output import BROKEN, failed, progress_stream, say, say_diagnostics, say_to_programs
from mdtables.cli.progress import Progress
from mdtables.commands.errors import CannotStartError
from mdtables.commands.fix import fix
from mdtables.workspace.discover import Found, find, find_changed
from mdtables.workspace.git import Tracked, root_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from mdtables.commands.session import Run
    from mdtables.pipelines.outcome import Outcome
    from mdtables.workspace.cache import Verdicts

_STDIN = "-"


def add_fix_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="overwrite tables that were edited by hand")
    parser.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 if a document was rewritten")
    add_check_arguments(parser)


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff")
    parser.add_argument(
        "--no-cache", action="store_true", help="ask all documents anew, also those that were clean before"
    )
    add_paths(parser)


def add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="documents, folders, data files (the documents that use them), or - for standard input; default: .",
    )
    parser.add_argument("--tracked", action="store_true", help="only documents that git tracks")
    parser.add_argument(
        "--staged", action="store_true", help="what is staged, deletions too, and the documents that use it"
    )
    parser.add_argument("--stdin-filename", metavar="PATH", help="where the document from standard input belongs")
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave these documents out")
    parser.add_argument(
        "--output-format", choices=["text", "json", "github", "sarif"], default="text", help="default: text"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="unchanged documents too")


def add_list_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--uses", metavar="FILE", help="only regions whose source is this file, which need not exist")
    add_paths(parser)


def run_fix(arguments: argparse.Namespace) -> int:
    write = not arguments.diff
    return _documents(arguments, write=write, stale_is_failure=arguments.diff or arguments.exit_non_zero_on_fix)


def run_check(arguments: argparse.Namespace) -> int:
    return _documents(arguments, write=False, stale_is_failure=True)


def _documents(arguments: argparse.Namespace, *, write: bool, stale_is_failure: bool) -> int:
    """Fix or check, and report."""
    if _STDIN in arguments.paths and (len(arguments.paths) > 1 or arguments.staged):
        print("mdtables: - stands for the only document; name no other beside it", file=sys.stderr)
        return BROKEN
    outcomes, documents, document = _outcomes(arguments, write=write)
    if document is not None and write:
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
    if not outcomes and arguments.output_format == "text":
        if not arguments.quiet and document is None:
            print(f"{documents} document{'s' if documents != 1 else ''}, nothing to do", file=sys.stderr)
        return 0
    from mdtables.report.report import exit_status

    if arguments.output_format == "text":
        say(outcomes, documents, arguments, wrote=write, from_stdin=document is not None)
    else:
        stream = sys.stderr if document is not None and write else sys.stdout
        say_to_programs(outcomes, documents, arguments, stream, wrote=write, with_stale=not write)
    return exit_status(outcomes, stale_is_failure=stale_is_failure)


def run_list(arguments: argparse.Namespace) -> int:
    if arguments.uses is not None and (arguments.paths or arguments.staged):
        print("mdtables list: --uses looks through the whole project; leave paths and --staged away", file=sys.stderr)
        return BROKEN
    outcomes, documents, _ = _outcomes(arguments, write=False)
    from mdtables.report import report as findings
    from mdtables.report import text as words

    if arguments.output_format == "text":
        print(words.region_list(outcomes), end="")
        say_diagnostics(findings.diagnostics_of(outcomes), arguments, sys.stderr)
    else:
        say_to_programs(outcomes, documents, arguments, sys.stdout, wrote=False, with_stale=False)
    return findings.exit_status(outcomes, stale_is_failure=False)


def _outcomes(arguments: argparse.Namespace, *, write: bool) -> tuple[list[Outcome], int, bytes | None]:
    """The outcomes, how many documents were looked at, and with `-` the document that comes out."""
    tracked = Tracked() if arguments.tracked else None

    @cache
    def begin() -> Run:
        from mdtables.commands.session import start

        force = getattr(arguments, "force", False)
        return start(os.getcwd(), arguments.config, arguments.exclude, tracked=tracked, write=write, force=force)

    if _STDIN in arguments.paths:
        return _from_standard_input(arguments, begin)
    progress = Progress(progress_stream(arguments))
    uses = getattr(arguments, "uses", None)
    try:
        found = _found(arguments, tracked, uses)
        outcomes, documents = fix(
            found,
            begin,
            eagerly=bool(arguments.config),
            watch=progress.show,
            verdicts=lambda: _verdicts(arguments, tracked),
        )
        if uses is not None:
            outcomes = begin().with_regions_of(outcomes, uses)
    except CannotStartError as error:
        return [failed(error)], 1, None
    finally:
        progress.clear()
    return outcomes, documents, None


def _verdicts(arguments: argparse.Namespace, tracked: Tracked | None) -> Verdicts | None:
    """Those of earlier runs, where nobody wants to hear of clean documents and files alone decide what is one."""
    is_plain = arguments.output_format == "text" and not (arguments.verbose or arguments.config or arguments.exclude)
    root = root_of(".")
    if not is_plain or root is None or getattr(arguments, "no_cache", True):  # list has no such option
        return None
    from mdtables.workspace.cache import Verdicts

    return Verdicts(root, tracked)


def _found(arguments: argparse.Namespace, tracked: Tracked | None, uses: str | None) -> Found:
    if uses is not None:
        return Found([uses])  # which need not exist
    if arguments.staged:
        refs = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
        return find_changed(arguments.paths, tracked, (refs[0], refs[1]) if refs[0] and refs[1] else None)
    return find(arguments.paths or ["."], tracked)


def _from_standard_input(arguments: argparse.Namespace, begin: Callable[[], Run]) -> tuple[list[Outcome], int, bytes]:
    """With an error, or excluded, the document comes out as it went in: an editor's buffer is never emptied."""
    data = sys.stdin.buffer.read()
    try:
        outcome = begin().fix_or_leave_out(arguments.stdin_filename or "<stdin>", data)
    except CannotStartError as error:
        return [failed(error)], 0, data
    return [outcome], 1, outcome.new.encode() if outcome.stale and not outcome.failed else data
