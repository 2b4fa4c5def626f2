"""completion: a script that completes commands and options in a shell."""

from __future__ import annotations

import argparse

from mdtables.cli.described import described
from mdtables.cli.shells import SHELLS


def run(arguments: argparse.Namespace) -> int:
    print(SHELLS[arguments.shell](described()), end="")
    return 0
