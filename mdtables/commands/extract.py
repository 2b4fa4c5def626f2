"""Moving hand-written tables into data files, each the source of its region from then on. Prints nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import DEFAULTS
from mdtables.pipelines.extract import Choice, Moved, choices, move
from mdtables.pipelines.outcome import Outcome
from mdtables.sources import FORMATS
from mdtables.workspace import files
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, SourceError, home_of, resolve

_LONGEST = 60  # characters of a file's name


class Extracted(NamedTuple):
    """One table: where it stood, the file it went to, that file's bytes, and the document as it is now."""

    place: Location
    data_path: str
    data: bytes
    outcome: Outcome


def extract(
    path: str, projects: Projects, *, table: str | None, folder: str | None, suffix: str, write: bool
) -> Iterator[Extracted]:
    """Each table alone in a bare region, or the one that `table` names by a line of it or by the heading above.

    `folder` is where the data goes, `suffix` its format. A data file is never overwritten. Raises MdtablesError and
    OSError; what was moved before is whole.
    """
    home = home_of(path, projects)
    before = files.read(path)
    text = before.decode()
    while choice := _chosen(choices(text, path), table, path):
        target = _target(choice, home, folder, suffix)
        source = os.path.relpath(target, home.folder).replace(os.sep, "/")
        _check_inside(source, home, choice)
        moved = move(choice, source, home.settings.policy())
        data = _data(moved, target, suffix)
        place = Location(path, choice.first)
        if write:
            _write(path, target, data, moved.outcome.new.encode(), before)
        yield Extracted(place, target, data, Outcome(path, text, moved.outcome.new, moved.outcome.diagnostics))
        text, before = moved.outcome.new, moved.outcome.new.encode()
        if table is not None or not write:
            return


def _chosen(choices: Iterator[Choice], table: str | None, path: str) -> Choice | None:
    """The table that is meant, None if there is none in a bare region.

    Raises MdtablesError where one is named and there is none, or more than one.
    """
    if table is None:
        return next((choice for choice in choices if choice.marked), None)
    found = list(choices)
    if table.isascii() and table.isdigit():
        named = [c for c in found if c.first <= int(table) <= c.last]
    else:
        named = [c for c in found if c.heading.casefold() == table.casefold()]
    if len(named) != 1:
        there = ", ".join(f"line {c.first}" + (f' below "{c.heading}"' if c.heading else "") for c in found)
        message = f"{len(named) or 'no'} hand-written tables are called {table}"
        hint = f"name one by a line of it; there are: {there}" if there else "there is no hand-written table in it"
        raise MdtablesError(Diagnostic("unknown-table", message, Location(path), hint))
    return named[0]


def _target(choice: Choice, home: Home, folder: str | None, suffix: str) -> str:
    """A file that is not there yet, called after the heading above the table, else after the document."""
    if folder is None:
        folder = os.path.join(home.root, "_data" if os.path.exists(os.path.join(home.root, "_config.yml")) else "data")
    stem = os.path.splitext(os.path.basename(choice.document.path))[0]
    name = re.sub(r"\W+", "-", choice.heading.lower()).strip("-")[:_LONGEST].strip("-") or stem
    path = os.path.join(os.path.realpath(folder), name + suffix)
    number = 2
    while os.path.lexists(path):
        path = os.path.join(os.path.realpath(folder), f"{name}-{number}{suffix}")
        number += 1
    return path


def _check_inside(source: str, home: Home, choice: Choice) -> None:
    try:
        resolve(source, home)
    except SourceError as error:
        place = Location(choice.document.path, choice.first)
        raise MdtablesError(Diagnostic("source-outside", str(error), place, "name a folder inside it: --to")) from None


def _data(moved: Moved, target: str, suffix: str) -> bytes:
    """The file's bytes, read back. Raises MdtablesError where the format cannot hold this table."""
    kind = FORMATS[suffix]
    data = kind.write(moved.table)
    table, _ = kind.read(data, target, DEFAULTS, None)
    if [list(table.header), *table.rows] != [list(moved.table.header), *moved.table.rows]:
        message = f"a {suffix[1:]} file cannot hold this table: it would not read back the same"
        raise MdtablesError(Diagnostic("no-value", message, Location(target), "try the other --format"))
    return data


def _write(path: str, target: str, data: bytes, document: bytes, before: bytes) -> None:
    """The data first, since a document without its source is broken; if that cannot be written, the data goes again."""
    files.create(target, data)
    try:
        files.write(path, document, expected=before)
    except BaseException:
        os.unlink(target)
        raise
