"""The command line: words -> typed options -> a command -> streams and an exit status.

Knows no Markdown and no data. What it runs is imported where an interrupt or a crash can be reported.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_BROKEN, _INTERRUPTED = 2, 130


def run_and_stop() -> NoReturn:
    """Run the command line, then end the process without freeing every object first: 5 to 8 ms for one region."""
    status = _BROKEN
    try:
        status = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        status = _INTERRUPTED
    except Exception:  # a bug: the status of an uncaught exception is 1, which means stale
        sys.excepthook(*sys.exc_info())
        print(
            "mdtables: this is a bug in mdtables: please report it, with the lines above", file=sys.stderr, flush=True
        )
    finally:
        os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    _prepare_streams()
    try:
        from mdtables.cli.commands import dispatch

        status = dispatch(words)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after its message
        return stop.code if isinstance(stop.code, int) else _BROKEN
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:  # a closed pipe, a full disk, a working directory that was deleted
        if not _is_closed_pipe(error):
            print(f"mdtables: {_reason(error)}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it raises no second error
        return _BROKEN
    return status


def _prepare_streams() -> None:
    """Replace streams that are closed, and let the others take any character."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115  # open for as long as the run lasts
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal cannot encode must not end the run
            stream.reconfigure(errors="backslashreplace")
            if not stream.isatty():  # tables, diffs and JSON are UTF-8 in files, and their line endings are their own
                stream.reconfigure(encoding="utf-8", newline="\n")


def _is_closed_pipe(error: OSError) -> bool:
    is_invalid = os.name == "nt" and error.errno == 22 and error.filename is None  # what Windows says
    return isinstance(error, BrokenPipeError) or is_invalid


def _reason(error: OSError) -> str:
    try:
        os.getcwd()
    except OSError:
        return "the working directory does not exist any more"
    return error.strerror or str(error)
