"""server: the language server on standard input and output."""

from __future__ import annotations

import os
import sys

from mdtables.server.streams import serve

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001  # it has none of its own
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anything prints must not be between two messages
    return serve(incoming, outgoing)
