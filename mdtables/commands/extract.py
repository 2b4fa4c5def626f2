"""Moving hand-written tables into data files, from which their regions are generated from then on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from mdtables.commands.session import Session, text_of
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import DEFAULTS
from mdtables.pipelines import extract as pipeline
from mdtables.pipelines.extract import Extraction, HandWritten
from mdtables.pipelines.outcome import Outcome
from mdtables.sources import FORMATS
from mdtables.workspace import discover, files
from mdtables.workspace.load import DocumentContext, context_of, resolve

_LONGEST_NAME = 60  # characters


class Extracted(NamedTuple):
    """One table: where it was, the path and the bytes of its data file, and the outcome for the document."""

    at: Location
    data_path: str
    data: bytes
    outcome: Outcome


def extract(
    path: str, session: Session, *, table: str | None, folder: str | None, suffix: str, write: bool
) -> Iterator[Extracted]:
    """Extract each table that is alone in a bare region, or the one that `table` names by a line or by its heading.

    `folder` is where the data goes, `suffix` its format. Existing files are never overwritten. Raise MdtablesError;
    tables extracted before are complete.
    """
    before = _document(path)
    text = text_of(path, before)
    context = context_of(path, session.projects)
    while candidate := _chosen(pipeline.hand_written(text, path), table, path):
        target = _target(candidate, context, folder, suffix)
        source = os.path.relpath(target, context.folder).replace(os.sep, "/")
        _check_inside(source, context, candidate)
        extraction = pipeline.extract(candidate, source, context.settings.policy())
        data = _data(extraction, target, suffix)
        new = extraction.outcome.new
        if write:
            _write(path, target, session.loader.shown(target), data, new.encode(), before)
        at = Location(path, candidate.first)
        yield Extracted(at, target, data, Outcome(path, text, new, extraction.outcome.diagnostics))
        text, before = new, new.encode()
        if table is not None or not write:
            return


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


def _chosen(candidates: Iterator[HandWritten], table: str | None, path: str) -> HandWritten | None:
    """Return the table to extract; without `table`, the first in a bare region, or None.

    Raise MdtablesError if none or several match `table`.
    """
    if table is None:
        return next((candidate for candidate in candidates if candidate.marked), None)
    found = list(candidates)
    by_line = table.isascii() and table.isdigit()
    if by_line:
        matching = [c for c in found if c.first <= int(table) <= c.last]
    else:
        matching = [c for c in found if c.heading.casefold() == table.casefold()]
    if len(matching) == 1:
        return matching[0]
    where = f"at line {table}" if by_line else f'below the heading "{table}"'
    message = f"there are {len(matching)} hand-written tables {where}"
    if not matching:
        message = f"there is no hand-written table {where}"
    shown = ", ".join(f"line {c.first}" + (f' ("{c.heading}")' if c.heading else "") for c in found)
    hint = f"tables in this document: {shown}" if shown else "this document has no hand-written tables"
    raise failure("unknown-table", message, at=Location(path), hint=hint)


def _target(candidate: HandWritten, context: DocumentContext, folder: str | None, suffix: str) -> str:
    """Return an unused path, named after the heading above the table, else after the document."""
    if folder is None:
        is_jekyll = os.path.exists(os.path.join(context.root, "_config.yml"))
        folder = os.path.join(context.root, "_data" if is_jekyll else "data")
    stem = os.path.splitext(os.path.basename(candidate.document.path))[0]
    name = re.sub(r"\W+", "-", candidate.heading.lower()).strip("-")[:_LONGEST_NAME].strip("-") or stem
    path = os.path.join(os.path.realpath(folder), name + suffix)
    number = 2
    while os.path.lexists(path):
        path = os.path.join(os.path.realpath(folder), f"{name}-{number}{suffix}")
        number += 1
    return path


def _check_inside(source: str, context: DocumentContext, candidate: HandWritten) -> None:
    """Raise MdtablesError if the data file would be outside the project."""
    try:
        resolve(source, context, located_at(Location(candidate.document.path, candidate.first)))
    except MdtablesError as error:
        found = error.diagnostics[0]._replace(hint="choose a folder inside the project with --to")
        raise MdtablesError(found) from None


def _data(extraction: Extraction, target: str, suffix: str) -> bytes:
    """Return the bytes of the data file, after reading them back. Raise MdtablesError if they read differently."""
    module, table = FORMATS[suffix].load(), extraction.table
    data = module.write(table)
    again, _ = module.read(data, target, DEFAULTS, None)
    if [list(again.header), *again.rows] != [list(table.header), *table.rows]:
        message = f"a {suffix[1:]} file cannot store this table without changing its content"
        raise failure("cannot-extract", message, at=Location(target), hint="try the other --format")
    return data


def _write(path: str, target: str, shown: str, data: bytes, document: bytes, before: bytes) -> None:
    """Write the data first, since a document without its source is broken.

    Delete it if the document cannot be written. `shown` is its path in diagnostics. Raise MdtablesError.
    """
    try:
        files.create(target, data)
    except OSError as error:
        raise _unwritable(shown, error) from None
    try:
        files.write(path, document, expected=before)
    except BaseException as error:
        files.remove(target)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from None
        raise


def _unwritable(path: str, error: OSError) -> MdtablesError:
    return failure("unwritable", f"cannot be written: {error.strerror or error}", at=Location(path))
