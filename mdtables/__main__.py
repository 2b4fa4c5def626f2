"""Run the command line by `python -m mdtables`."""

from __future__ import annotations

from mdtables.cli import run_and_stop

run_and_stop()
