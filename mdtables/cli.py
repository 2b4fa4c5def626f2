"""The command line: words into commands, outcomes into output and an exit status.

Knows no Markdown and no data. Most runs find nothing to do, so what they do not need is imported where it is needed.
"""

from __future__ import annotations

import argparse
import os
import sys

from mdtables import __version__
from mdtables.document.marker import PREFILTER
from mdtables.progress import Progress
from mdtables.workspace import discover, files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TextIO

    from mdtables.commands.fix import Run
    from mdtables.model import Outcome
    from mdtables.options import Options

_USAGE_ERROR = 2
_STDIN = "-"
_EXIT_STATUS = """exit status:
  0  nothing to do, or done
  1  something is stale (check, --diff), or was (fix --exit-non-zero-on-fix)
  2  something is broken: usage, configuration, a marker, a source, a table
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser(with_options="show" in words).parse_args(words)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after it has said why
        return stop.code if isinstance(stop.code, int) else _USAGE_ERROR
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it says nothing either
        return _USAGE_ERROR
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
    show = command("show", _show, "show the table that a source makes")
    show.add_argument("source", metavar="SOURCE", help="a CSV or YAML file; file.yaml#a.b is a part of it")
    show.add_argument(
        "--format", default="markdown", help="markdown (default), or any of tabulate's, like grid or html"
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
    if _STDIN in arguments.paths:
        return _standard_input(arguments, write=write, stale_is_failure=stale_is_failure)
    outcomes, documents = _outcomes(arguments, write=write)
    if not outcomes and arguments.output_format == "text":
        if not arguments.quiet:
            print(f"{documents} document{'s' if documents != 1 else ''}, none with a region", file=sys.stderr)
        return 0
    from mdtables import report

    if arguments.output_format == "json":
        print(report.as_json(outcomes, documents, wrote=write, with_diff=arguments.diff))
    elif arguments.output_format == "github":
        print(report.as_github(outcomes), end="")
    else:
        _say(outcomes, arguments, verb="fixed" if write else "stale")
        if not arguments.quiet:
            print(report.summary(outcomes, documents, wrote=write), file=sys.stderr)
    return report.exit_status(outcomes, stale_is_failure=stale_is_failure)


def _list(arguments: argparse.Namespace) -> int:
    arguments.diff = False
    outcomes, documents = _outcomes(arguments, write=False)
    from mdtables import report

    if arguments.output_format == "json":
        print(report.as_json(outcomes, documents, wrote=False, with_diff=False))
    elif arguments.output_format == "github":
        print(report.as_github(outcomes), end="")
    else:
        print(report.region_list(outcomes), end="")
        _say_diagnostics(outcomes, arguments, sys.stderr)
    return report.exit_status(outcomes, stale_is_failure=False)


def _standard_input(arguments: argparse.Namespace, *, write: bool, stale_is_failure: bool) -> int:
    """One document from standard input to standard output; with an error it comes out as it went in."""
    if len(arguments.paths) > 1:
        print("mdtables: - stands for the only document; name no other path beside it", file=sys.stderr)
        return _USAGE_ERROR
    from mdtables import report
    from mdtables.commands.fix import fix_text
    from mdtables.model import MdtablesError, Outcome

    data = sys.stdin.buffer.read()
    path = arguments.stdin_filename or "<stdin>"
    try:
        outcome = fix_text(path, data, _run(arguments, write=False))
    except MdtablesError as error:
        outcome = Outcome(path, "", "", error.diagnostics)
    if write:
        sys.stdout.buffer.write(data if outcome.failed else outcome.new.encode())
        sys.stdout.buffer.flush()
    if arguments.diff:
        print(report.diff(outcome), end="")
    _say_diagnostics([outcome], arguments, sys.stderr)
    return report.exit_status([outcome], stale_is_failure=stale_is_failure)


def _outcomes(arguments: argparse.Namespace, *, write: bool) -> tuple[list[Outcome], int]:
    """What became of every document with a region, and of every path that is none; and how many documents there are."""
    paths, outcomes = _find(arguments)
    progress = Progress(_progress_stream(arguments), len(paths))
    run: Run | None = None
    for count, (path, named) in enumerate(paths.items()):
        progress.step(count)
        try:
            data = files.read(path)
        except OSError as error:
            outcomes.append(_problem("unreadable", f"cannot be read: {error.strerror or error}", path))
            continue
        if PREFILTER in data:
            from mdtables.commands.fix import fix
            from mdtables.model import MdtablesError, Outcome

            try:
                run = run or _run(arguments, write=write)
            except MdtablesError as error:
                outcomes.append(Outcome(arguments.config, "", "", error.diagnostics))
                break
            outcome = fix(path, data, run, named=named)
            outcomes += [outcome] if outcome else []
    progress.clear()
    return outcomes, len(paths)


def _run(arguments: argparse.Namespace, *, write: bool) -> Run:
    """Raises MdtablesError if the configuration file that was named cannot be read."""
    from mdtables.commands.fix import Run
    from mdtables.workspace.config import Projects
    from mdtables.workspace.load import Loader

    here = os.getcwd()
    force = getattr(arguments, "force", False)
    return Run(Projects(here, arguments.config), Loader(here), here, arguments.exclude, write=write, force=force)


def _find(arguments: argparse.Namespace) -> tuple[dict[str, bool], list[Outcome]]:
    """The documents that the paths mean, each with whether it was named itself; and the paths that mean none."""
    found: dict[str, bool] = {}
    outcomes: list[Outcome] = []
    data_files = []
    for path in arguments.paths:
        try:
            if os.path.isdir(path):
                documents, problems = discover.documents_in(path)
                found = dict.fromkeys(documents, False) | found
                outcomes += [_problem("unreadable", error.reason, error.path) for error in problems]
            elif not path.endswith(discover.DOCUMENT_SUFFIXES) and _is_data(path):
                data_files.append(path)
            else:
                discover.check_named(path)
                found[path] = True
        except discover.NoSuchPathError as error:
            outcomes.append(_problem("no-document", error.reason, error.path))
    if data_files:
        found = dict.fromkeys(_users_of(data_files, arguments), False) | found
    return found, outcomes


def _is_data(path: str) -> bool:
    from mdtables.sources import FORMATS

    return os.path.splitext(path)[1].lower() in FORMATS


def _users_of(data_files: Sequence[str], arguments: argparse.Namespace) -> Iterator[str]:
    """The documents of the data files' projects that use one of them."""
    from mdtables.workspace.dependents import users_of

    projects = _run(arguments, write=False).projects
    roots = {projects.root(os.path.dirname(os.path.realpath(path))) for path in data_files}
    here = os.path.join(os.path.realpath(os.getcwd()), "")
    for root in sorted(roots):
        shown = (path.removeprefix(here) for path in discover.documents_in(root)[0])
        marked = ((path, data) for path in shown if PREFILTER in (data := files.read(path)))
        yield from users_of(data_files, marked, projects)


def _problem(code: str, message: str, path: str) -> Outcome:
    from mdtables.model import Diagnostic, Location, Outcome

    return Outcome(path, "", "", [Diagnostic(code, message, Location(path))])


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
        return _USAGE_ERROR
    try:
        projects = Projects(os.getcwd(), arguments.config)
        options = _options(arguments, projects.settings(os.path.realpath(os.getcwd())).defaults)
        table, warnings = show(options, projects, os.getcwd())
        markdown = arguments.format == "markdown"
        text = as_markdown(table, options) if markdown else report.tabulated(table, arguments.format, options.null)
    except MdtablesError as error:
        for found in error.diagnostics:
            print(report.as_text(found, colour=_colour(arguments, sys.stderr)), file=sys.stderr)
        return report.BROKEN
    for found in warnings:
        print(report.as_text(found, colour=_colour(arguments, sys.stderr)), file=sys.stderr)
    print(text, end="")
    return report.CLEAN


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
                problems.append(Diagnostic("option-value", f"cannot read {name} {text!r}: {reason}", Location("show")))
    if problems:
        raise MdtablesError(*problems)
    return replace(defaults, **values)


# --- output ----------------------------------------------------------------------------------------------------------


def _say(outcomes: Sequence[Outcome], arguments: argparse.Namespace, *, verb: str) -> None:
    """Diagnostics first, then what became of each document, or its diff."""
    from mdtables import report

    _say_diagnostics(outcomes, arguments, sys.stdout)
    for outcome in outcomes:
        if arguments.diff:
            print(report.diff(outcome), end="")
        elif outcome.stale and not outcome.failed and not arguments.quiet:
            print(f"{verb} {report.printable(outcome.path)}")
        elif arguments.verbose and not outcome.failed:
            print(f"unchanged {report.printable(outcome.path)}")


def _say_diagnostics(outcomes: Iterable[Outcome], arguments: argparse.Namespace, stream: TextIO) -> None:
    from mdtables import report

    for found in report.diagnostics_of(outcomes):
        if found.severity == "error" or not arguments.quiet:
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
