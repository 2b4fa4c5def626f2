"""`python -m mdtables`."""

from __future__ import annotations

from mdtables.cli import command

command()
