"""The source of a region -> its path inside the project -> bytes -> table. Reads a file once per session."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

from mdtables.model.diagnostics import Diagnostic, Locate, Location, located_at, unknown_word
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import Options, without_credentials
from mdtables.model.suggestions import nearest_word
from mdtables.model.table import Table
from mdtables.sources import FORMATS, OWN_OPTIONS, Format
from mdtables.tables.shape import rows_needed
from mdtables.workspace import files
from mdtables.workspace.config import NO_SETTINGS, Projects, Settings
from mdtables.workspace.git import GitError, Tracked, ignores, root_of, versions
from mdtables.workspace.paths import is_remote

_MOST_KEPT = 50_000_000  # bytes of data whose tables are kept


class DocumentContext(NamedTuple):
    """Where a document is: its real folder, the real root of its project, and the settings that apply there."""

    folder: str
    root: str
    settings: Settings = NO_SETTINGS


def context_of(document: str, projects: Projects) -> DocumentContext:
    """Return the context of the document at this path, which need not exist; for a link, that of its target.

    Raise MdtablesError.
    """
    folder = os.path.dirname(os.path.realpath(document))
    settings = projects.settings(folder)
    return DocumentContext(folder, projects.root(folder), settings)


def named_path(path: str, context: DocumentContext) -> str:
    """Return the absolute path of a source that a document names, without following links.

    It may contain `..`, which after a link means another folder than without it.
    """
    place = context.root if path.startswith("/") else context.folder
    return os.path.join(place, _for_system(path.lstrip("/")))


def _for_system(path: str) -> str:
    """Return a path as the system encodes it: in a locale of ASCII, a name in UTF-8 is bytes without a meaning."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return os.fsdecode(path.encode("utf-8", "surrogatepass"))
    return path


def resolve(path: str, context: DocumentContext, locate: Locate) -> str:
    """Return the real path of a source that a document names. Raise MdtablesError if it is not allowed."""
    if is_remote(path):
        what = "a URL" if "://" in path else "on another machine"
        message = f"{without_credentials(path)} is {what}, and mdtables does not use the network"
        raise failure("source-outside", message, at=locate("source"), hint="download it to a file in the project")
    if "\0" in path:
        raise failure("source-missing", "the path contains a NUL character", at=locate("source"))
    real = os.path.realpath(named_path(path, context))
    if os.name == "nt" and ":" in os.path.splitdrive(real)[1]:
        raise failure("source-outside", f"{path} names a stream of a file", at=locate("source"), hint="name a file")
    allowed = [context.root, *context.settings.allowed_folders]
    if not any(real == place or real.startswith(os.path.join(place, "")) for place in allowed):
        hint = "move it into the project, or create an empty mdtables.toml in the folder where the project begins"
        if root_of(context.folder):
            hint = "move it into the project, or allow its folder with --allow-folder or MDTABLES_ALLOWED_FOLDERS"
        message = f"{path} is outside the project ({context.root})"
        raise failure("source-outside", message, at=locate("source"), hint=hint)
    return real


class LoadedSource(NamedTuple):
    """A source as it was read: its real path, its name in diagnostics, its bytes, its format and its table."""

    real: str
    shown: str
    data: bytes
    format: Format
    table: Table


class _Read(NamedTuple):
    """A table that was read, or its first rows: at least `most` of them, None for all."""

    table: Table
    most: int | None


class Loader:
    """Loads tables for the documents of one session. `instead` are bytes to use for those of a file, by its real path.

    With `tracked`, there is a warning for every region whose source git does not track.
    """

    def __init__(
        self, working_folder: str, instead: Mapping[str, bytes] | None = None, tracked: Tracked | None = None
    ) -> None:
        self._working_folder = os.path.realpath(working_folder)
        self._tracked = tracked
        self._bytes = dict(instead or {})
        self._tables: dict[tuple[object, ...], _Read] = {}
        self._versions: dict[str, tuple[list[bytes], Iterator[bytes]]] = {}
        self._kept = 0  # bytes, of all of these
        self._sizes: dict[tuple[object, ...], int] = {}  # the bytes that each was read from

    def load(self, options: Options, locate: Locate, context: DocumentContext) -> tuple[Table, Sequence[Diagnostic]]:
        """Return the table that a region asks for, and warnings; rows that its limit leaves out may be missing.

        Raise MdtablesError.
        """
        return self._load(options, locate, context, rows_needed(options))

    def load_all(self, options: Options, locate: Locate, context: DocumentContext) -> LoadedSource:
        """Return a region's source with all of its rows, and all that is known of it. Raise MdtablesError."""
        assert options.source is not None
        table, _ = self._load(options, locate, context, None)
        real = resolve(options.source.path, context, locate)
        format_ = _format(real, options, context.settings.defaults, locate)
        return LoadedSource(real, self.shown(real), self._bytes[real], format_, table)

    def versions(self, options: Options, context: DocumentContext) -> Iterator[Table]:
        """Yield the tables in earlier versions of a region's source that git has, the newest first.

        A version that cannot be read as this one is left out.
        """
        locate = located_at(Location(""))
        assert options.source is not None
        try:
            real = resolve(options.source.path, context, locate)
            module = _format(real, options, context.settings.defaults, locate).load()
            for data in self._versions_of(real):
                try:
                    yield _placed(module.read(data, self.shown(real), options, None), options, real, context)
                except MdtablesError:
                    continue
        except (MdtablesError, GitError):
            return

    def _versions_of(self, real: str) -> Iterator[bytes]:
        """Yield earlier versions of a file, each asked of git once. Raise GitError."""
        known, others = self._versions.setdefault(real, ([], versions(real)))
        yield from known
        for data in others:
            known.append(data)
            yield data

    def _load(
        self, options: Options, locate: Locate, context: DocumentContext, most: int | None
    ) -> tuple[Table, Sequence[Diagnostic]]:
        source = options.source
        assert source is not None
        real = resolve(source.path, context, locate)
        if os.path.isdir(real):
            hint = "a source is one file"
            raise failure("unreadable", f"{source.path} is a folder", at=locate("source"), hint=hint)
        format_ = _format(real, options, context.settings.defaults, locate)
        data = self._read(real, source.path, locate)
        read_by = tuple(getattr(options, name) for name in format_.own_options)
        key = (real, source.part, options.key, options.null != "", *read_by)
        read = self._tables.get(key)
        if read is None or not (read.most is None or (most is not None and most <= read.most)):
            most = None if read else most  # who needs more than was read gets all, so that it is read twice at most
            try:
                read = _Read(format_.load().read(data, self.shown(real), options, most), most)
            except MdtablesError as error:
                raise MdtablesError(*(found.used_at(locate()) for found in error.diagnostics)) from None
            self._keep(key, read, len(data))
        table = _with_columns(read.table, options, locate)._replace(path=self.shown(real))
        table = _placed(table, options, real, context)
        return table, list(self._untracked(real, locate, context))

    def _keep(self, key: tuple[object, ...], read: _Read, size: int) -> None:
        """Keep a table for other regions, in place of older ones if all of them are large together."""
        self._tables[key] = read
        self._kept += size - self._sizes.get(key, 0)
        self._sizes[key] = size
        while self._kept > _MOST_KEPT and len(self._tables) > 1:
            oldest = next(iter(self._tables))
            del self._tables[oldest]
            self._kept -= self._sizes.pop(oldest)

    def _untracked(self, real: str, locate: Locate, context: DocumentContext) -> Iterator[Diagnostic]:
        """Yield a warning if git does not track a source. Raise MdtablesError if git failed."""
        if self._tracked is None or not real.startswith(os.path.join(context.root, "")):
            return  # what the configuration allows elsewhere need not be tracked here
        try:
            if not self._tracked.has(real):
                message = f"git does not track {self.shown(real)}, so other checkouts do not have it"
                hint = "remove it from .gitignore, then git add it" if ignores(real) else "git add it"
                yield Diagnostic("untracked", message, at=locate("source"), hint=hint)
        except GitError as error:
            raise failure("unreadable", str(error), at=locate("source")) from None

    def bytes_of(self, real: str) -> bytes:
        """Return the bytes of a source that was read."""
        return self._bytes[real]

    def shown(self, real: str) -> str:
        """Return a path as diagnostics name it: relative to the working directory, if it is inside that."""
        return real.removeprefix(os.path.join(self._working_folder, ""))

    def _read(self, real: str, path: str, locate: Locate) -> bytes:
        if real not in self._bytes:
            try:
                self._bytes[real] = files.read_at(real)
            except (FileNotFoundError, NotADirectoryError):
                self._fail_missing(real, path, locate)
            except OSError as error:
                message = f"{path} cannot be read: {error.strerror or error}"
                raise failure("unreadable", message, at=locate("source")) from None
        return self._bytes[real]

    def _fail_missing(self, real: str, path: str, locate: Locate) -> NoReturn:
        folder, name = os.path.split(real)
        message = f"there is no file {self.shown(real)}"
        at = locate("source", os.path.basename(path))
        is_word = at != locate("source")
        try:
            near = [entry for entry in os.listdir(folder) if os.path.splitext(entry)[1].lower() in FORMATS]
        except OSError:
            near, message = [], f"{message}, nor a folder {self.shown(folder)}"
        found = unknown_word(
            "source-missing", message, name, near, at=at, is_word=is_word, what="data files in this folder"
        )
        if nearest_word(name, near) is None:
            where = "a path is relative to its document, or with a leading / to the project root"
            where = 'write "/" between folders, on every system' if "\\" in path else where
            found = found._replace(hint="; ".join(filter(None, [found.hint, where])))
        raise MdtablesError(found)


def _placed(table: Table, options: Options, real: str, context: DocumentContext) -> Table:
    """Return a table with the folders between which its links have to be rebased."""
    if options.links == "keep":
        return table
    folders = os.path.dirname(real), context.folder
    try:
        root = os.path.commonpath(folders)
    except ValueError:  # on two drives
        return table
    here, there = ("/" + os.path.relpath(folder, root).replace(os.sep, "/") for folder in folders)
    return table._replace(folders=(here, there))


def _with_columns(table: Table, options: Options, locate: Locate) -> Table:
    """Return a table; for a source that has neither rows nor columns, with the columns that the region names.

    Raise MdtablesError if it names none.
    """
    if table.header or not table.unusable:
        return table
    names = [column.name for column in options.columns if not column.rest]
    if not names:
        raise MdtablesError(*(found.used_at(locate()) for found in table.unusable[0]))
    return Table(list(dict.fromkeys(names)), [])


def _format(real: str, options: Options, defaults: Options, locate: Locate) -> Format:
    """Return the format of a file. Raise MdtablesError if there is none, or if an option does not apply to it."""
    suffix = os.path.splitext(real)[1].lower()
    if suffix not in FORMATS:
        message = f"cannot read {os.path.basename(real)}: unsupported format"
        hint = f"supported formats: {', '.join(FORMATS)}"
        raise failure("source-format", message, at=locate("source"), hint=hint)
    found = FORMATS[suffix]
    if options.source and options.source.part and not found.has_parts:
        raise failure("source-missing", f"a {suffix} file has no parts to name after #", at=locate("source"))
    for name in OWN_OPTIONS:
        if name not in found.own_options and getattr(options, name) != getattr(defaults, name):
            message = f'option "{name}" does not apply to {suffix} sources'
            raise failure("misplaced-option", message, at=locate(name), hint="remove it")
    return found
