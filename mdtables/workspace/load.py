"""A region's source -> its path inside the project -> bytes -> Table. Reads a file once a run, however many ask."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options, did_you_mean
from mdtables.model.table import Table
from mdtables.sources import FORMATS, OWN_OPTIONS, Format
from mdtables.tables.shape import rows_shown
from mdtables.workspace import files
from mdtables.workspace.config import NO_SETTINGS, Projects, Settings
from mdtables.workspace.git import GitError, Tracked, ignores

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|\\\\)")


class SourceError(Exception):
    """A source cannot be had. `code` is a diagnostic's."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.hint = code, hint


class Home(NamedTuple):
    """Where a document lives: its real folder, its project's real root, and the settings that hold there."""

    folder: str
    root: str
    settings: Settings = NO_SETTINGS


def home_of(document: str, projects: Projects) -> Home:
    """The home of the document at this path, which need not exist. A link's is its target's. Raises MdtablesError."""
    folder = os.path.dirname(os.path.realpath(document))
    settings = projects.settings(folder)
    return Home(folder, projects.root(folder), settings)


def named_path(path: str, home: Home) -> str:
    """The absolute path of a source that a document at home names, links in it as they are."""
    return os.path.normpath(_joined(path, home))


def _joined(path: str, home: Home) -> str:
    return os.path.join(home.root if path.startswith("/") else home.folder, path.lstrip("/"))


def resolve(path: str, home: Home) -> str:
    """The real path of a source that a document at home names. Raises SourceError where it leaves the project."""
    if _URL.match(path):
        raise SourceError("source-outside", f"{path} is a URL, and mdtables reads no network", "save it as a file")
    if "\0" in path:
        raise SourceError("source-missing", "a NUL character in the path")
    real = os.path.realpath(_joined(path, home))
    inside = [home.root, *home.settings.allowed_folders]
    if not any(real == place or real.startswith(os.path.join(place, "")) for place in inside):
        hint = "copy it into the project, or list its folder under allowed-folders in the configuration"
        raise SourceError("source-outside", f"{path} leads out of the project ({home.root})", hint)
    return real


class Loaded(NamedTuple):
    """A source as it was read: its real path and how diagnostics call it, its bytes, its format and its table."""

    real: str
    shown: str
    data: bytes
    kind: Format
    table: Table


class _Read(NamedTuple):
    """A table that was read, or its first rows: at least `most` of them, None for all."""

    table: Table
    warnings: Sequence[Diagnostic]
    most: int | None


class Loader:
    """Loads tables for the documents of one run. `instead` are bytes to take for those of a file, by its real path.

    With `tracked` there is a warning for every region whose source git does not track.
    """

    def __init__(
        self,
        working_folder: str,
        instead: Mapping[str, bytes] | None = None,
        tracked: Tracked | None = None,
    ) -> None:
        self._working_folder = os.path.realpath(working_folder)
        self._tracked = tracked
        self._bytes = dict(instead or {})
        self._tables: dict[tuple[object, ...], _Read] = {}

    def load(self, options: Options, place: Location, home: Home) -> tuple[Table, Sequence[Diagnostic]]:
        """The table that a region at `place`, in a document at home, asks for, with warnings. Raises MdtablesError.

        Rows that its limit leaves out need not be there.
        """
        return self._load(options, place, home, rows_shown(options))

    def _load(
        self, options: Options, place: Location, home: Home, most: int | None
    ) -> tuple[Table, Sequence[Diagnostic]]:
        source = options.source
        assert source is not None
        try:
            real = resolve(source.path, home)
            if os.path.isdir(real):
                raise SourceError("unreadable", f"{source.path} is a folder", "a source is one file")
            kind = _format(real, options, home.settings.defaults)
            data = self._read(real, source.path)
        except SourceError as error:
            raise MdtablesError(Diagnostic(error.code, str(error), place, error.hint)) from None
        read_by = tuple(getattr(options, name) for name in sorted(kind.own_options))
        key = (real, source.part, options.key, options.null != "", *read_by)
        read = self._tables.get(key)
        if read is None or not (read.most is None or (most is not None and most <= read.most)):
            most = None if read else most  # whoever asks for more than was read gets all, so that nobody asks again
            try:
                read = self._tables[key] = _Read(*kind.read(data, self.shown(real), options, most), most)
            except MdtablesError as error:
                raise MdtablesError(*(d._replace(asked_by=(place,)) for d in error.diagnostics)) from None
        table, warnings = read.table, read.warnings
        return table, [*warnings, *self._untracked(real, place, home)]

    def _untracked(self, real: str, place: Location, home: Home) -> Iterator[Diagnostic]:
        """Raises MdtablesError where git cannot say."""
        if self._tracked is None or not real.startswith(os.path.join(home.root, "")):
            return  # what the configuration allows elsewhere is not for git to track
        try:
            if not self._tracked.holds(real):
                message = f"git does not track {self.shown(real)}: a checkout elsewhere does not have it"
                hint = "take it out of .gitignore, then git add it" if ignores(real) else "git add it"
                yield Diagnostic("untracked", message, place, hint)
        except GitError as error:
            raise MdtablesError(Diagnostic("unreadable", str(error), place)) from None

    def loaded(self, options: Options, place: Location, home: Home) -> Loaded:
        """The source of a region whose table was loaded before, with all that is known of it, and all of its rows."""
        assert options.source is not None
        table, _ = self._load(options, place, home, None)
        real = resolve(options.source.path, home)
        kind = _format(real, options, home.settings.defaults)
        return Loaded(real, self.shown(real), self._bytes[real], kind, table)

    def bytes_of(self, real: str) -> bytes:
        """The bytes of a source that was read."""
        return self._bytes[real]

    def shown(self, real: str) -> str:
        """A path as diagnostics name it: from the working folder, if it lies there."""
        return real.removeprefix(os.path.join(self._working_folder, ""))

    def _read(self, real: str, path: str) -> bytes:
        if real not in self._bytes:
            try:
                self._bytes[real] = files.read_at(real)
            except (FileNotFoundError, NotADirectoryError):
                self._missing(real)
            except OSError as error:
                raise SourceError("unreadable", f"{path} cannot be read: {error.strerror or error}") from None
        return self._bytes[real]

    def _missing(self, real: str) -> NoReturn:
        folder, name = os.path.split(real)
        try:
            near = [entry for entry in os.listdir(folder) if os.path.splitext(entry)[1].lower() in FORMATS]
            guess = did_you_mean(name, near)
        except OSError:
            guess = f"; there is no folder {self.shown(folder)}"
        hint = "a path is relative to its document; a leading / means the project root"
        raise SourceError("source-missing", f"there is no {self.shown(real)}{guess}", hint)


def _format(real: str, options: Options, defaults: Options) -> Format:
    suffix = os.path.splitext(real)[1].lower()
    if suffix not in FORMATS:
        name = os.path.basename(real)
        raise SourceError("source-format", f"no reader for {name}; a source is one of {', '.join(FORMATS)}")
    kind = FORMATS[suffix]
    if options.source and options.source.part and not kind.has_parts:
        raise SourceError("source-missing", f"a {suffix} file has no parts to name behind #")
    for name in sorted(OWN_OPTIONS - kind.own_options):
        if getattr(options, name) != getattr(defaults, name):
            raise SourceError("option-place", f'option "{name}" means nothing for a {suffix} file', "take it out")
    return kind
