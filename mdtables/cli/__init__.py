"""The command line: words into commands, outcomes into output and an exit status. A file a command.

Knows no Markdown and no data. Most runs find nothing to do, so what they do not need is imported where it is needed.
"""

from __future__ import annotations

import gc
import os
import sys

from mdtables.cli.output import BROKEN
from mdtables.cli.parser import parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


def run_and_stop() -> NoReturn:
    """The command itself: run, then stop without freeing every object first, which takes a tenth of a large run."""
    status = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    collects = gc.isenabled()
    gc.disable()  # there are no cycles among cells, and looking for them takes a sixth of the time of a large table
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  # closed before the run, for as long as it lasts
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal cannot show is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = parser(words).parse_args(words)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse, after it has said why
        return stop.code if isinstance(stop.code, int) else BROKEN
    except KeyboardInterrupt:
        return 130
    except OSError as error:  # the reader of a pipe is gone, the disk is full, the working folder was deleted
        if not isinstance(error, BrokenPipeError):
            print(f"mdtables: {error.strerror or error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that closing it says nothing either
        return BROKEN
    finally:
        if collects:
            gc.enable()
    return status
