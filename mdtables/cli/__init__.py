"""The command line: words -> typed options -> a command -> streams and an exit status.

Knows no Markdown and no data.
"""

from __future__ import annotations

import os
import sys

from mdtables.cli.commands import dispatch
from mdtables.cli.output import BROKEN

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def run_and_stop() -> NoReturn:
    """Run the command line, then end the process without freeing every object first: 5 to 8 ms for one region."""
    status = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  # closed before the run: open for as long as it lasts
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal cannot encode must not end the run
            stream.reconfigure(errors="backslashreplace")
    if hasattr(sys.stdout, "reconfigure") and not sys.stdout.isatty():  # tables, diffs and JSON are UTF-8 in files
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        status = dispatch(words)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after its message
        return stop.code if isinstance(stop.code, int) else BROKEN
    except KeyboardInterrupt:
        return 130
    except OSError as error:  # a closed pipe, a full disk, a working directory that was deleted
        if not isinstance(error, BrokenPipeError):
            print(f"mdtables: {error.strerror or error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it raises no second error
        return BROKEN
    return status
