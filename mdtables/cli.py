"""The command line: words into commands, outcomes into output and an exit status.

Knows no Markdown and no data. Most runs find nothing to do, so what they do not need is imported where it is needed.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys

from mdtables import __version__
from mdtables.commands.errors import CannotStartError
from mdtables.commands.fix import fix
from mdtables.progress import Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from mdtables.commands.document import Run
    from mdtables.model import Diagnostic
    from mdtables.options import Options
    from mdtables.outcome import Outcome

_BROKEN = 2  # `report` says so too, and is imported only where there is something to report
_STDIN = "-"
_EXIT_STATUS = """exit status:
  0  nothing to do, or done
  1  something is stale (check, --diff), or was (fix --exit-non-zero-on-fix)
  2  something is broken: usage, configuration, a marker, a source, a table
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    collects = gc.isenabled()
    gc.disable()  # there are no cycles among cells, and looking for them takes a sixth of the time of a large table
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser(with_options="show" in words).parse_args(words)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after it has said why
        return stop.code if isinstance(stop.code, int) else _BROKEN
    except KeyboardInterrupt:
        return 130
    except OSError as error:  # the reader of a pipe is gone, the disk is full, the working folder was deleted
        if not isinstance(error, BrokenPipeError):
            print(f"mdtables: {error.strerror or error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it says nothing either
        return _BROKEN
    finally:
        if collects:
            gc.enable()
    return status


def _parser(*, with_options: bool) -> argparse.ArgumentParser:
    """`with_options`: the options of a region too, which cost the import of their definition."""
    parser = argparse.ArgumentParser(
        prog="mdtables",
        description="Keep tables in Markdown aligned and true to their CSV and YAML sources.",
        epilog=_EXIT_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mdtables {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def command(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=_EXIT_STATUS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        added.set_defaults(run=run)
        added.add_argument("--config", metavar="FILE", help="a configuration file to use instead of the nearest one")
        added.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="default: auto")
        return added

    fix = command("fix", _fix, "regenerate and align tables in place")
    fix.add_argument("--force", action="store_true", help="overwrite tables that were edited by hand")
    fix.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 if a document was rewritten")
    check = command("check", _check, "say which documents fix would change, and write nothing")
    for each in (fix, check):
        each.add_argument("--diff", action="store_true", help="write nothing, show a unified diff")
        _add_paths(each)
    listing = command("list", _list, "list regions, their sources and their state")
    _add_paths(listing)
    _add_pull(command("pull", _pull, "take hand edits in generated tables back into their sources"))
    _add_merge_driver(command("merge-driver", _merge_driver, "merge three versions of a document, as git asks for it"))
    _add_extract(command("extract", _extract, "move a hand-written table into a data file, and generate it from there"))
    show = command("show", _show, "show the table that a source makes")
    show.add_argument("source", metavar="SOURCE", help="a CSV or YAML file; file.yaml#a.b is a part of it")
    show.add_argument(
        "--format",
        metavar="FORMAT",
        default="markdown",
        help="markdown (default), or any of tabulate's, like grid or html",
    )
    if with_options:
        _add_region_options(show)
    return parser


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="documents, folders, data files (the documents that use them), or - for standard input; default: .",
    )
    parser.add_argument("--stdin-filename", metavar="PATH", help="where the document from standard input belongs")
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave these documents out")
    parser.add_argument("--output-format", choices=["text", "json", "github"], default="text", help="default: text")
    parser.add_argument("-q", "--quiet", action="store_true", help="errors only")
    parser.add_argument("-v", "--verbose", action="store_true", help="unchanged documents too")


def _add_pull(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="documents and folders; default: .")
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN", help="leave these documents out")
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff of the data")


def _add_merge_driver(parser: argparse.ArgumentParser) -> None:
    for name, what in (("base", "%O"), ("ours", "%A, where the result goes"), ("theirs", "%B")):
        parser.add_argument(name, metavar=name.upper(), help=what.replace("%", "%%"))
    parser.add_argument("path", metavar="PATH", help="%P, where the document belongs".replace("%", "%%"))


def _add_extract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", metavar="DOC", help="the document")
    parser.add_argument(
        "--table",
        metavar="LINE|HEADING",
        help="the table at this line or below this heading; default: all in bare regions",
    )
    parser.add_argument("--to", metavar="FOLDER", help="default: _data beside a _config.yml, else data, at the root")
    parser.add_argument("--format", choices=["csv", "yaml"], default="csv", help="default: csv")
    parser.add_argument("--diff", action="store_true", help="write nothing, show a unified diff")


def _add_region_options(parser: argparse.ArgumentParser) -> None:
    from mdtables.options import SPECS

    group = parser.add_argument_group("options of a region")
    for name, spec in SPECS.items():
        if name != "source":
            summary = spec.summary.replace("`", "").replace("%", "%%")
            group.add_argument(f"--{name}", metavar="…", help=f"{summary}; default: {spec.default.replace('`', '')}")


# --- fix, check, list ------------------------------------------------------------------------------------------------


def _fix(arguments: argparse.Namespace) -> int:
    write = not arguments.diff
    return _documents(arguments, write=write, stale_is_failure=arguments.diff or arguments.exit_non_zero_on_fix)


def _check(arguments: argparse.Namespace) -> int:
    return _documents(arguments, write=False, stale_is_failure=True)


def _documents(arguments: argparse.Namespace, *, write: bool, stale_is_failure: bool) -> int:
    """Fix or check, and report."""
    if _STDIN in arguments.paths and len(arguments.paths) > 1:
        print("mdtables: - stands for the only document; name no other path beside it", file=sys.stderr)
        return _BROKEN
    outcomes, documents, document = _outcomes(arguments, write=write)
    if document is not None and write:
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
    if not outcomes and arguments.output_format == "text":
        if not arguments.quiet and document is None:
            print(f"{documents} document{'s' if documents != 1 else ''}, nothing to do", file=sys.stderr)
        return 0
    from mdtables import report

    if arguments.output_format == "text":
        _say(outcomes, documents, arguments, wrote=write, from_stdin=document is not None)
    else:
        stream = sys.stderr if document is not None and write else sys.stdout
        if arguments.output_format == "json":
            print(report.as_json(outcomes, documents, wrote=write, with_diff=arguments.diff), file=stream)
        else:
            print(report.as_github(outcomes, with_stale=not write), end="", file=stream)
    return report.exit_status(outcomes, stale_is_failure=stale_is_failure)


def _list(arguments: argparse.Namespace) -> int:
    outcomes, documents, _ = _outcomes(arguments, write=False)
    from mdtables import report

    if arguments.output_format == "json":
        print(report.as_json(outcomes, documents, wrote=False, with_diff=False))
    elif arguments.output_format == "github":
        print(report.as_github(outcomes, with_stale=False), end="")
    else:
        print(report.region_list(outcomes), end="")
        _say_diagnostics(report.diagnostics_of(outcomes), arguments, sys.stderr)
    return report.exit_status(outcomes, stale_is_failure=False)


def _outcomes(arguments: argparse.Namespace, *, write: bool) -> tuple[list[Outcome], int, bytes | None]:
    """The outcomes, how many documents were looked at, and with `-` the document that comes out."""

    def begin() -> Run:
        from mdtables.commands.document import start

        force = getattr(arguments, "force", False)
        return start(os.getcwd(), arguments.config, arguments.exclude, write=write, force=force)

    if _STDIN in arguments.paths:
        return _from_standard_input(arguments, begin)
    progress = Progress(_progress_stream(arguments))
    try:
        outcomes, documents = fix(arguments.paths, begin, eagerly=bool(arguments.config), watch=progress.show)
    except CannotStartError as error:
        return [_failed(error)], 0, None
    finally:
        progress.clear()
    return outcomes, documents, None


def _from_standard_input(arguments: argparse.Namespace, begin: Callable[[], Run]) -> tuple[list[Outcome], int, bytes]:
    """With an error, or excluded, the document comes out as it went in: an editor's buffer is never emptied."""
    data = sys.stdin.buffer.read()
    try:
        outcome = begin().fix_or_leave_out(arguments.stdin_filename or "<stdin>", data)
    except CannotStartError as error:
        return [_failed(error)], 0, data
    return [outcome], 1, outcome.new.encode() if outcome.stale and not outcome.failed else data


def _failed(error: CannotStartError) -> Outcome:
    from mdtables.outcome import Outcome

    return Outcome(error.path, "", "", error.diagnostics)


# --- show ------------------------------------------------------------------------------------------------------------


def _show(arguments: argparse.Namespace) -> int:
    from mdtables import report
    from mdtables.commands.show import as_markdown, show
    from mdtables.model import MdtablesError
    from mdtables.workspace.config import Projects

    if arguments.format != "markdown" and arguments.format not in report.formats():
        from mdtables.options import did_you_mean

        guess = did_you_mean(arguments.format, ["markdown", *report.formats()])
        print(f'mdtables show: no format "{arguments.format}"{guess}', file=sys.stderr)
        return _BROKEN
    try:
        projects = Projects(os.getcwd(), arguments.config)
        settings = projects.settings(os.path.realpath(os.getcwd()))
        options = _options(arguments, settings.defaults)
        table, warnings = show(options, projects, os.getcwd())
        if arguments.format == "markdown":
            text = as_markdown(table, options, settings.ambiguous_width)
        else:
            text = report.tabulated(table, arguments.format, options.null)
    except MdtablesError as error:
        _say_diagnostics(error.diagnostics, arguments, sys.stderr)
        return _BROKEN
    _say_diagnostics(warnings, arguments, sys.stderr)
    print(text, end="")
    return 0


def _options(arguments: argparse.Namespace, defaults: Options) -> Options:
    """The region's options as the command line gives them, over the configuration's. Raises MdtablesError."""
    from dataclasses import replace

    from mdtables.model import Diagnostic, Location, MdtablesError
    from mdtables.options import SPECS

    values, problems = {}, []
    for name, spec in SPECS.items():
        text = getattr(arguments, name, None)
        if text is not None:
            try:
                values[name] = spec.parse(text)
            except ValueError as reason:
                problems.append(
                    Diagnostic("option-value", f"cannot read {name} {text!r}: {reason}", Location(f"--{name}"))
                )
    if problems:
        raise MdtablesError(*problems)
    return replace(defaults, **values)


# --- pull ------------------------------------------------------------------------------------------------------------


def _pull(arguments: argparse.Namespace) -> int:
    from mdtables import report
    from mdtables.commands.document import start
    from mdtables.commands.pull import pull

    try:
        run = start(os.getcwd(), arguments.config, arguments.exclude)
        pulled, outcomes = pull(arguments.paths, run, write=not arguments.diff)
    except CannotStartError as error:
        pulled, outcomes = [], [_failed(error)]
    _say_diagnostics(report.diagnostics_of(outcomes), arguments, sys.stdout)
    for one in pulled:
        path = report.printable(os.path.relpath(one.path))
        if arguments.diff:
            print(report.diff_of(path, one.old.decode(errors="replace"), one.new.decode(errors="replace")), end="")
        else:
            print(f"pulled {path}")
            print("".join(f"  {report.printable(line)}\n" for line in one.words), end="")
    if not pulled and not outcomes:
        print("no table was edited by hand, nothing to pull", file=sys.stderr)
    return report.exit_status(outcomes, stale_is_failure=False) or (1 if arguments.diff and pulled else 0)


# --- merge-driver ----------------------------------------------------------------------------------------------------


def _merge_driver(arguments: argparse.Namespace) -> int:
    """0 merged, 1 with conflicts in it, 2 not at all: git takes the last two for a conflict."""
    from mdtables.commands.merge_driver import merge_driver
    from mdtables.model import MdtablesError
    from mdtables.workspace.config import Projects

    try:
        projects = Projects(os.getcwd(), arguments.config)
        clean = merge_driver(arguments.base, arguments.ours, arguments.theirs, arguments.path, projects)
    except MdtablesError as error:
        _say_diagnostics(error.diagnostics, arguments, sys.stderr)
        return _BROKEN
    except OSError as error:
        print(f"mdtables merge-driver: {error.strerror or error}", file=sys.stderr)
        return _BROKEN
    return 0 if clean else 1


# --- extract ---------------------------------------------------------------------------------------------------------


def _extract(arguments: argparse.Namespace) -> int:
    from mdtables import report
    from mdtables.commands.extract import extract
    from mdtables.model import MdtablesError
    from mdtables.workspace.config import Projects

    moved = 0
    try:
        projects = Projects(os.getcwd(), arguments.config)
        for one in extract(
            arguments.document,
            projects,
            table=arguments.table,
            folder=arguments.to,
            suffix="." + arguments.format,
            write=not arguments.diff,
        ):
            moved += 1
            target = report.printable(os.path.relpath(one.data_path))
            if arguments.diff:
                print(report.diff(one.outcome) + report.new_file(target, one.data), end="")
            else:
                print(f"extracted {report.printable(str(one.place))} to {target}")
            _say_diagnostics(one.outcome.diagnostics, arguments, sys.stderr)
    except MdtablesError as error:
        _say_diagnostics(error.diagnostics, arguments, sys.stderr)
        return _BROKEN
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.reason
        print(f"mdtables extract: {report.printable(arguments.document)}: {reason}", file=sys.stderr)
        return _BROKEN
    if not moved:
        hint = "name one: --table LINE, or --table HEADING"
        print(
            f"mdtables extract: no table in a bare region of {report.printable(arguments.document)}; {hint}",
            file=sys.stderr,
        )
        return _BROKEN
    return 1 if arguments.diff else 0


# --- output ----------------------------------------------------------------------------------------------------------


def _say(
    outcomes: Sequence[Outcome], documents: int, arguments: argparse.Namespace, *, wrote: bool, from_stdin: bool
) -> None:
    """Diagnostics, what became of each document, and a summary. A document from standard input has no summary.

    Where it is written, standard output is the document; where not, only a diff goes there.
    """
    from mdtables import report

    _say_diagnostics(report.diagnostics_of(outcomes), arguments, sys.stderr if from_stdin else sys.stdout)
    if not (from_stdin and wrote):
        stream = sys.stderr if from_stdin and not arguments.diff else sys.stdout
        _say_what_became(outcomes, arguments, stream, verb="fixed" if wrote else "stale")
    if not (from_stdin or arguments.quiet):
        print(report.summary(outcomes, documents, wrote=wrote), file=sys.stderr)


def _say_what_became(outcomes: Sequence[Outcome], arguments: argparse.Namespace, stream: TextIO, *, verb: str) -> None:
    """A line for each document that was or would be changed, or its diff."""
    from mdtables import report

    for outcome in outcomes:
        if outcome.stale and not (arguments.quiet or arguments.diff):
            print(f"{verb} {report.printable(outcome.path)}", file=stream)
        elif arguments.verbose and not (outcome.failed or outcome.stale or arguments.diff):
            print(f"unchanged {report.printable(outcome.path)}", file=stream)
        if outcome.stale and verb == "stale" and not arguments.quiet:
            print("".join(f"{line}\n" for line in report.changes(outcome)), end="", file=stream)
        if arguments.diff:
            print(report.diff(outcome), end="", file=stream)


def _say_diagnostics(diagnostics: Iterable[Diagnostic], arguments: argparse.Namespace, stream: TextIO) -> None:
    from mdtables import report

    for found in diagnostics:
        if found.severity == "error" or not getattr(arguments, "quiet", False):  # show has no such option
            print(report.as_text(found, colour=_colour(arguments, stream)), file=stream)


def _colour(arguments: argparse.Namespace, stream: TextIO) -> bool:
    if arguments.color != "auto":
        return bool(arguments.color == "always")
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def _progress_stream(arguments: argparse.Namespace) -> TextIO | None:
    """Standard error, if a person is looking at it; a hook's output may be a terminal too."""
    watched = sys.stderr.isatty() and not (os.environ.get("CI") or os.environ.get("PRE_COMMIT"))
    return sys.stderr if watched and not arguments.quiet else None
