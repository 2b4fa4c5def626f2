"""Moving hand-written tables into data files, from which their regions are generated from then on."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from mdtables.commands.session import Session, text_of
from mdtables.document import hand_written as candidates
from mdtables.document.hand_written import HandWritten
from mdtables.document.parse import parse
from mdtables.document.sections import is_section, with_sections
from mdtables.model.diagnostics import Diagnostic, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.pipelines import extract as pipeline
from mdtables.pipelines.convert import Sourced, convert, sourced_regions
from mdtables.pipelines.outcome import Outcome
from mdtables.records import NamedTuple
from mdtables.sources import FORMATS, NEW_FILES, WRITTEN
from mdtables.workspace import discover, files, writing
from mdtables.workspace.context import DocumentContext, context_of, resolve
from mdtables.workspace.load import LoadedFile
from mdtables.workspace.paths import RESERVED, relative

_LONGEST_NAME = 60  # characters
_MOST_TABLES = 1000  # each becomes a file

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
    """One table: where it was, and the path and the bytes of its data file.

    `instead_of` is the source that it was generated from before.
    """

    at: Location
    data_path: str
    data: bytes
    instead_of: str = ""


class Extractions(NamedTuple):
    """The tables that were extracted, the outcome for the document, and what kept others from being extracted."""

    moved: Sequence[Extracted]
    outcome: Outcome
    problems: Sequence[Diagnostic] = ()


def extractable(path: str) -> list[Candidate]:
    """Return every table of a document that can be extracted or converted. Raise MdtablesError."""
    text = text_of(path, _document(path))
    hand_written = list(candidates.hand_written(text, path))
    sections = [table for table in with_sections(hand_written) if is_section(table)]
    found: list[Candidate] = [*sections, *hand_written, *sourced_regions(text, path)]
    return sorted(found, key=lambda candidate: candidate.first)


def extract(path: str, session: Session, wanted: Wanted, *, write: bool, data: bytes | None = None) -> Extractions:
    """Extract the wanted tables. Existing files are never overwritten. `data` is used instead of the document's file.

    A region that has a source is converted: its data moves into a new file. Raise MdtablesError if nothing can be done.
    """
    before = _document(path) if data is None else data
    text = text_of(path, before)
    if broken := [found for found in parse(text, path).diagnostics if found.is_error]:
        raise MdtablesError(*broken)
    context = context_of(path, session.projects)
    chosen = _chosen(text, path, wanted)
    targets = _targets(chosen, context, wanted)
    done = _extracted(chosen, targets, context, session)
    if write and done.moved:
        _write(path, done, session, before)
    return done


class _Store:
    """Writes tables as the bytes of new files, by the path that the document gives them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def __call__(self, table: Table, source: str, options: Options) -> Table:
        module = FORMATS[os.path.splitext(source)[1].lower()].load()
        self.files[source] = module.write(table)
        return module.read(self.files[source], source, options, None)


def _extracted(
    chosen: Sequence[Candidate], targets: Sequence[str], context: DocumentContext, session: Session
) -> Extractions:
    """Return what becomes of the chosen tables; nothing is written. Raise MdtablesError."""
    sources = [relative(target, context.folder).replace(os.sep, "/") for target in targets]
    for candidate, source in zip(chosen, sources, strict=True):
        _check_inside(source, context, candidate)
    if chosen and isinstance(chosen[0], Sourced):  # it was named, so it is the only one
        return _converted(chosen[0], targets[0], sources[0], context, session)
    store = _Store()
    tables = [candidate for candidate in chosen if isinstance(candidate, HandWritten)]
    extraction = pipeline.extract(list(zip(tables, sources, strict=True)), context.settings.policy(), store)
    moved = {candidate.first for candidate in extraction.moved}
    done = [
        Extracted(Location(candidate.document.path, candidate.first), target, store.files[source])
        for candidate, target, source in zip(tables, targets, sources, strict=True)
        if candidate.first in moved
    ]
    return Extractions(done, extraction.outcome, extraction.problems)


def _converted(sourced: Sourced, target: str, source: str, context: DocumentContext, session: Session) -> Extractions:
    """Return what becomes of a region whose data moves into another file. Raise MdtablesError."""
    policy, store, at = context.settings.policy(), _Store(), Location(sourced.document.path, sourced.first)
    loaded = session.loader.load_all(sourced.options(policy), located_at(at), context)
    if loaded.is_pattern or loaded.files[0].format is None:
        message = f"this table is made of {'several files' if loaded.is_pattern else loaded.files[0].shown}"
        raise failure("cannot-extract", message, at=at, hint="keep the source as it is")
    _check_convertible(loaded.files[0], target, at)
    outcome = convert(sourced, loaded.table, source, policy, store)
    return Extractions([Extracted(at, target, store.files[source], loaded.files[0].shown)], outcome)


def _check_convertible(loaded: LoadedFile, target: str, at: Location) -> None:
    """Raise MdtablesError for data that the other format would not hold whole."""
    if loaded.format is FORMATS[os.path.splitext(target)[1].lower()]:
        hint = "move the file, then name it on the marker"
        raise failure("cannot-extract", f"{loaded.shown} is of this format already", at=at, hint=hint)
    if nested := {*loaded.table.unusable, *loaded.table.lists}:
        names = ", ".join(f'"{loaded.table.header[column]}"' for column in sorted(nested))
        message = f"{loaded.shown} has columns that are not a table's: {names}"
        raise failure("cannot-extract", message, at=at, hint="keep the source as it is")


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


def _chosen(text: str, path: str, wanted: Wanted) -> list[Candidate]:
    """Return the tables to extract, in order. Raise MdtablesError if none or several match a name."""
    hand_written = list(candidates.hand_written(text, path))
    if wanted.table is None:
        meant = with_sections([found for found in hand_written if found.region or wanted.everything])
        return sorted(meant, key=lambda found: found.first)
    sections = [table for table in with_sections(hand_written) if is_section(table)]
    every: list[Candidate] = [*hand_written, *sourced_regions(text, path)]
    matching = _named(wanted.table, every) or _named(wanted.table, sections)
    if len(matching) == 1:
        return matching
    by_line = wanted.table.isascii() and wanted.table.isdigit()
    where = f"at line {wanted.table}" if by_line else f'below the heading "{wanted.table}"'
    message = f"there are {len(matching)} hand-written tables {where}" if matching else f"there is no table {where}"
    lines = ", ".join(str(found.first) for found in sorted(every, key=lambda found: found.first)[:20])
    hint = "mdtables extract --list shows the tables of a document"
    hint = f"there are tables at line {lines}{', …' if len(every) > 20 else ''}; {hint}" if every else ""
    raise failure("unknown-table", message, at=Location(path), hint=hint or "this document has no tables")


def _named(table: str, every: Sequence[Candidate]) -> list[Candidate]:
    """Return the tables at a line, or else below a heading; hand-written ones if there are several."""
    matching = []
    if table.isascii() and table.isdigit():
        matching = [found for found in every if found.first <= int(table) <= found.last]
    matching = matching or [found for found in every if found.heading.casefold() == table.casefold()]
    return matching if len(matching) == 1 else [found for found in matching if isinstance(found, HandWritten)]


def _targets(chosen: Sequence[Candidate], context: DocumentContext, wanted: Wanted) -> list[str]:
    """Return the path of a new file for each table. Raise MdtablesError."""
    at = Location(chosen[0].document.path, chosen[0].first) if chosen else Location("")
    if isinstance(next(iter(chosen), None), Sourced) and not (wanted.format or wanted.to):
        message = "this table already has a source"
        raise failure("cannot-extract", message, at=at, hint="to convert its data, name the new format: --format yaml")
    if wanted.to is not None and _names_file(wanted.to, at):
        if len(chosen) > 1:
            message = f"{wanted.to} is one file, but there are {len(chosen)} tables to extract"
            hint = "name one table with --table, or a folder with --to"
            raise failure("cannot-extract", message, at=at, hint=hint)
        return [_named_file(wanted.to, wanted.format, candidate) for candidate in chosen]
    if len(chosen) > _MOST_TABLES:
        message = f"there are {len(chosen)} tables to extract, more than {_MOST_TABLES} at once"
        raise failure("cannot-extract", message, at=at, hint="name one with --table, or split the document")
    numbers: dict[str, int] = {}
    return [_target(candidate, context, wanted, numbers) for candidate in chosen]


def _target(candidate: Candidate, context: DocumentContext, wanted: Wanted, numbers: dict[str, int]) -> str:
    """Return the path of an unused file in a folder, named after the heading, the document or the old source.

    `numbers` has the last number that was tried for each name.
    """
    suffix = f".{wanted.format or NEW_FILES[0]}"
    folder, stem = wanted.to, os.path.splitext(os.path.basename(candidate.document.path))[0]
    name = re.sub(r"\W+", "-", candidate.heading.lower()).strip("-")[:_LONGEST_NAME].strip("-") or stem
    if isinstance(candidate, Sourced):
        real = resolve(candidate.source.path, context, located_at(Location(candidate.document.path, candidate.first)))
        folder = folder or os.path.dirname(real)
        part = re.sub(r"\W+", "-", "-".join(candidate.source.part)).strip("-")
        name = "-".join(filter(None, [os.path.splitext(os.path.basename(real))[0], part]))
    if RESERVED.fullmatch(name.partition(".")[0]):
        name = f"table-{name}"
    if folder is None:
        is_jekyll = os.path.exists(os.path.join(context.root, "_config.yml"))
        folder = os.path.join(context.root, "_data" if is_jekyll else "data")
    first = os.path.join(os.path.realpath(folder), name)
    path, number = first + suffix, numbers.get(first, 0) + 1
    if number > 1:
        path = f"{first}-{number}{suffix}"
    while os.path.lexists(path):
        number += 1
        path = f"{first}-{number}{suffix}"
    numbers[first] = number
    return path


def _names_file(to: str, at: Location) -> bool:
    """Return True if `--to` names a file. Raise MdtablesError for a file of a kind that is not written."""
    suffix = os.path.splitext(to)[1].lower()
    if os.path.isdir(to) or to.endswith(("/", os.sep)) or not suffix:
        return False
    if suffix not in WRITTEN:
        message = f"cannot write {to}: extract writes {', '.join(WRITTEN)}"
        raise failure("cannot-extract", message, at=at, hint="for a folder, end its name with /")
    return True


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


def _write(path: str, done: Extractions, session: Session, before: bytes) -> None:
    """Write the data first, since a document without its source is broken.

    Delete it if anything cannot be written. Raise MdtablesError.
    """
    made: list[tuple[str, Sequence[str]]] = []
    target = path
    try:
        for one in done.moved:
            target = session.loader.shown(one.data_path)
            made.append((one.data_path, files.create(one.data_path, one.data)))
        target = path
        writing.write(path, done.outcome.new.encode(), expected=before)
    except BaseException as error:
        for data_path, folders in reversed(made):
            files.remove(data_path, folders)
        if isinstance(error, OSError):
            raise _unwritable(target, error) from None
        raise


def _unwritable(path: str, error: OSError) -> MdtablesError:
    return failure("unwritable", f"cannot be written: {error.strerror or error}", at=Location(path))
