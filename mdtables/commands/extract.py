"""Moving hand-written tables into data files, from which their regions are generated from then on."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mdtables.commands.session import Session, text_of
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import DEFAULTS
from mdtables.model.table import Table
from mdtables.pipelines import candidates
from mdtables.pipelines import extract as pipeline
from mdtables.pipelines.candidates import HandWritten
from mdtables.pipelines.convert import Sourced, convert, sourced_regions
from mdtables.pipelines.outcome import Outcome
from mdtables.sources import FORMATS, NEW_FILES
from mdtables.workspace import discover, files
from mdtables.workspace.load import DocumentContext, context_of, resolve

_LONGEST_NAME = 60  # characters

Candidate = HandWritten | Sourced


class Wanted(NamedTuple):
    """Which tables of a document to extract, and to where.

    `table` names one by a line or a heading. Without it, all tables in bare regions are meant, or all hand-written ones
    if `everything` is true. `to` is a folder, or the path of a new file; `format` is a suffix without its dot.
    """

    table: str | None = None
    everything: bool = False
    to: str | None = None
    format: str | None = None


class Extracted(NamedTuple):
    """One table: where it was, the path and the bytes of its data file, and the outcome for the document.

    `instead_of` is the source that it was generated from before.
    """

    at: Location
    data_path: str
    data: bytes
    outcome: Outcome
    instead_of: str = ""


def extractable(path: str) -> list[Candidate]:
    """Return every table of a document that can be extracted or converted. Raise MdtablesError."""
    text = text_of(path, _document(path))
    found: list[Candidate] = [*candidates.hand_written(text, path), *sourced_regions(text, path)]
    return sorted(found, key=lambda candidate: candidate.first)


def extract(path: str, session: Session, wanted: Wanted, *, write: bool) -> Iterator[Extracted]:
    """Extract the wanted tables, and yield what became of each. Existing files are never overwritten.

    A region that has a source is converted: its data moves into a new file. Raise MdtablesError; tables extracted
    before are complete.
    """
    before = _document(path)
    text = text_of(path, before)
    context = context_of(path, session.projects)
    old, taken = text, set[str]()
    if wanted.table is None and _names_file(wanted.to):
        _check_single(text, path, wanted)
    while candidate := _chosen(text, path, wanted):
        target = _target(candidate, context, wanted, taken)
        suffix = os.path.splitext(target)[1]
        source = os.path.relpath(target, context.folder).replace(os.sep, "/")
        _check_inside(source, context, candidate)
        table, outcome, instead_of = _moved(candidate, source, context, session)
        data = _data(table, target, suffix, Location(path, candidate.first))
        new = outcome.new
        if write:
            _write(path, target, session.loader.shown(target), data, new.encode(), before)
        taken.add(target)
        yield Extracted(
            Location(path, candidate.first), target, data, Outcome(path, old, new, outcome.diagnostics), instead_of
        )
        text, before = new, new.encode()
        if write:
            old = new
        if wanted.table is not None:
            return


def _moved(candidate: Candidate, source: str, context: DocumentContext, session: Session) -> tuple[Table, Outcome, str]:
    """Return the data, the outcome for the document, and the source that it had. Raise MdtablesError."""
    policy = context.settings.policy()
    if isinstance(candidate, HandWritten):
        return *pipeline.extract(candidate, source, policy), ""

    options = candidate.options(policy)
    loaded = session.loader.load_all(options, located_at(Location(candidate.document.path, candidate.first)), context)
    return loaded.table, convert(candidate, loaded.table, source, policy), loaded.shown


def _document(path: str) -> bytes:
    """Return the bytes of a document. Raise MdtablesError if there is no such document or it cannot be read."""
    found = discover.find([path])
    if found.problems:
        raise failure(found.problems[0].code, found.problems[0].message, at=Location(path))
    if len(found.documents) != 1 or os.path.isdir(path):
        raise failure("no-document", "not a document: extract takes the path of one", at=Location(path))
    try:
        return files.read(path)
    except OSError as error:
        raise failure("unreadable", f"cannot be read: {error.strerror or error}", at=Location(path)) from None


def _chosen(text: str, path: str, wanted: Wanted) -> Candidate | None:
    """Return the next table to extract; None if there is none left, and `wanted` names none.

    Raise MdtablesError if none or several match a name.
    """
    hand_written = candidates.hand_written(text, path)
    if wanted.table is None:
        return next((found for found in hand_written if found.region or wanted.everything), None)
    every: list[Candidate] = [*hand_written, *sourced_regions(text, path)]
    is_named = _named(wanted.table)
    matching = [found for found in every if is_named(found)]
    if len(matching) > 1:
        matching = [found for found in matching if isinstance(found, HandWritten)]
    if len(matching) == 1:
        return matching[0]
    by_line = wanted.table.isascii() and wanted.table.isdigit()
    where = f"at line {wanted.table}" if by_line else f'below the heading "{wanted.table}"'
    message = f"there are {len(matching)} hand-written tables {where}"
    if not matching:
        message = f"there is no table {where}"
    lines = ", ".join(str(found.first) for found in sorted(every, key=lambda found: found.first)[:20])
    hint = "mdtables extract --list shows the tables of a document"
    hint = f"there are tables at line {lines}{', …' if len(every) > 20 else ''}; {hint}" if every else ""
    raise failure("unknown-table", message, at=Location(path), hint=hint or "this document has no tables")


def _named(table: str) -> Callable[[Candidate], bool]:
    """Return what tells if a candidate has this line, or is below this heading."""
    if table.isascii() and table.isdigit():
        return lambda found: found.first <= int(table) <= found.last
    return lambda found: found.heading.casefold() == table.casefold()


def _target(candidate: Candidate, context: DocumentContext, wanted: Wanted, taken: set[str]) -> str:
    """Return the path of the new file: the one that was named, or an unused one in a folder. Raise MdtablesError."""
    suffix = f".{wanted.format or NEW_FILES[0]}"
    if wanted.to is not None and _names_file(wanted.to):
        return _named_file(wanted.to, wanted.format, candidate)
    folder, stem = wanted.to, os.path.splitext(os.path.basename(candidate.document.path))[0]
    name = re.sub(r"\W+", "-", candidate.heading.lower()).strip("-")[:_LONGEST_NAME].strip("-") or stem
    if isinstance(candidate, Sourced):
        real = resolve(candidate.source.path, context, located_at(Location(candidate.document.path, candidate.first)))
        folder = folder or os.path.dirname(real)
        name = "-".join([os.path.splitext(os.path.basename(real))[0], *candidate.source.part])
    if folder is None:
        is_jekyll = os.path.exists(os.path.join(context.root, "_config.yml"))
        folder = os.path.join(context.root, "_data" if is_jekyll else "data")
    path = os.path.join(os.path.realpath(folder), name + suffix)
    number = 2
    while os.path.lexists(path) or path in taken:
        path = os.path.join(os.path.realpath(folder), f"{name}-{number}{suffix}")
        number += 1
    return path


def _names_file(to: str | None) -> bool:
    return to is not None and os.path.splitext(to)[1].lower() in FORMATS and not os.path.isdir(to)


def _check_single(text: str, path: str, wanted: Wanted) -> None:
    """Raise MdtablesError if there is more than one table for the one file that was named."""
    found = [each for each in candidates.hand_written(text, path) if each.region or wanted.everything]
    if len(found) > 1:
        message = f"{wanted.to} is one file, but there are {len(found)} tables to extract"
        hint = "name one table with --table, or a folder with --to"
        raise failure("cannot-extract", message, at=Location(path, found[1].first), hint=hint)


def _named_file(path: str, suffix: str | None, candidate: Candidate) -> str:
    """Return the path of a file that was named. Raise MdtablesError if it exists, or is of another format."""
    real, at = os.path.realpath(path), Location(candidate.document.path, candidate.first)
    own = os.path.splitext(path)[1].lower()
    if suffix and f".{suffix}" != own and not (suffix == "yaml" and own == ".yml"):
        raise failure("cannot-extract", f"{path} is not a {suffix} file", at=at, hint="leave out --format")
    if os.path.lexists(real):
        raise failure("cannot-extract", f"{path} exists already", at=at, hint="name another file, or a folder")
    return real


def _check_inside(source: str, context: DocumentContext, candidate: Candidate) -> None:
    """Raise MdtablesError if the data file would be outside the project, or cannot be named on a marker."""
    at = Location(candidate.document.path, candidate.first)
    if re.search(r"[\"\r\n#]|-->", source):
        raise failure("cannot-extract", f"a marker cannot name {source}", at=at, hint="choose another name with --to")
    try:
        resolve(source, context, located_at(at))
    except MdtablesError as error:
        found = error.diagnostics[0]._replace(hint="choose a folder inside the project with --to")
        raise MdtablesError(found) from None


def _data(table: Table, target: str, suffix: str, at: Location) -> bytes:
    """Return the bytes of the data file, after reading them back. Raise MdtablesError, at the table, if they differ."""
    module = FORMATS[suffix].load()
    data = module.write(table)
    why = "it would read back differently"
    try:
        again, _ = module.read(data, target, DEFAULTS, None)
        rows = [["" if cell is None else cell for cell in row] for row in again.rows]
        if [list(again.header), *rows] == [list(table.header), *([cell or "" for cell in row] for row in table.rows)]:
            return data
    except MdtablesError as error:
        why = error.diagnostics[0].message
    message = f"a {suffix[1:]} file cannot store this table: {why}"
    raise failure("cannot-extract", message, at=at, hint="try the other --format")


def _write(path: str, target: str, shown: str, data: bytes, document: bytes, before: bytes) -> None:
    """Write the data first, since a document without its source is broken.

    Delete it if the document cannot be written. `shown` is its path in diagnostics. Raise MdtablesError.
    """
    try:
        made = files.create(target, data)
    except OSError as error:
        raise _unwritable(shown, error) from None
    try:
        files.write(path, document, expected=before)
    except BaseException as error:
        files.remove(target, made)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: str, error: OSError) -> MdtablesError:
    return failure("unwritable", f"cannot be written: {error.strerror or error}", at=Location(path))
