"""The commands and their arguments, for what completes or documents them. Made from the parsers themselves."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from mdtables.cli.commands import COMMANDS, parser_of
from mdtables.records import NamedTuple


class Argument(NamedTuple):
    """An option with its names, or what is not one, which has none; its value as help shows it, "" for none."""

    names: Sequence[str]
    value: str
    choices: Sequence[str]
    summary: str
    repeats: bool = False


class Command(NamedTuple):
    """A command, what it does, its options, and what it takes besides."""

    name: str
    summary: str
    options: Sequence[Argument]
    operands: Sequence[Argument]


def described() -> list[Command]:
    """Return all commands."""
    found = []
    for name, (_, summary) in COMMANDS.items():
        arguments = [_argument(action) for action in parser_of(name)._actions]
        options = [each for each in arguments if each.names]
        found.append(Command(name, summary, options, [each for each in arguments if not each.names]))
    return found


def _argument(action: argparse.Action) -> Argument:
    choices = [str(each) for each in action.choices or ()]
    takes_value = action.nargs != 0
    value = (str(action.metavar or "|".join(choices) or action.dest.upper())) if takes_value else ""
    summary = (action.help or "").replace("%%", "%")
    return Argument(action.option_strings, value, choices, summary, repeats=action.nargs == "*")
