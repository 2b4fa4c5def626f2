"""The source of a region -> the files that it means -> bytes -> table. Reads a file once per session."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NoReturn

from mdtables.model.diagnostics import Diagnostic, Locate, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import Collector, failure
from mdtables.model.option_values import Source
from mdtables.model.options import Options, names_used, sources_read
from mdtables.model.table import Table
from mdtables.records import NamedTuple
from mdtables.sources import DOCUMENTS, FORMATS, FRONT_MATTER, OWN_OPTIONS, UNREAD, Format
from mdtables.tables.shape import rows_needed
from mdtables.workspace.config import Projects
from mdtables.workspace.context import DocumentContext, check_inside, named_path, resolve
from mdtables.workspace.digests import digest_of
from mdtables.workspace.discover import is_document
from mdtables.workspace.document_tables import DocumentTables, Place
from mdtables.workspace.git import GitError, Tracked, ignores, versions
from mdtables.workspace.glob import MOST_FILES, Found, Pattern, TooManyFilesError, listing
from mdtables.workspace.paths import is_remote
from mdtables.workspace.source_files import SourceFiles

_MOST_KEPT = 50_000_000  # bytes of data whose tables are kept


class LoadedFile(NamedTuple):
    """One file of a source as it was read: its real path, its name in diagnostics, its bytes, its format, its table.

    `is_record` is true if a mapping in it is a row. Its rows begin at `first` in the table of the source, in which its
    columns have the indexes `columns`. `format` is None for a document of which a table is the source.
    """

    real: str
    shown: str
    data: bytes
    format: Format | None
    table: Table
    is_record: bool = False
    first: int = 0
    columns: Sequence[int] = ()


class LoadedSource(NamedTuple):
    """A source as it was read: its files, and the table that their rows make together.

    `is_pattern` is true if it was named by a pattern; `untracked` are files that it leaves out. `warnings` are those of
    a query.
    """

    files: Sequence[LoadedFile]
    table: Table
    is_pattern: bool = False
    untracked: Sequence[str] = ()
    warnings: Sequence[Diagnostic] = ()


class _Read(NamedTuple):
    """A table that was read, or its first rows: at least `most` of them, None for all."""

    table: Table
    most: int | None


class _Reading(NamedTuple):
    """How a file is read: its format, the options, whether a mapping is a row, and all that the table depends on."""

    format: Format
    options: Options
    is_record: bool
    key: tuple[object, ...]


def _reading(format_: Format, options: Options, *, is_record: bool = False) -> _Reading:
    dotted = tuple(name for name in names_used(options) if "." in name)
    own = (getattr(options, name) for name in format_.own_options)
    part = options.source.part if options.source else ()
    return _Reading(
        format_, options, is_record, (part, options.key, options.null != "", dotted, is_record, format_, *own)
    )


class Loader:
    """Loads tables for the documents of one session. `instead` are bytes to use for those of a file, by its real path.

    With `tracked`, there is a warning for every region whose source git does not track. `projects` are asked for the
    options of regions whose table is the source of another one.
    """

    def __init__(
        self,
        working_folder: str,
        instead: Mapping[str, bytes | str] | None = None,
        tracked: Tracked | None = None,
        projects: Projects | None = None,
    ) -> None:
        self._tracked = tracked
        self._projects = projects or Projects(working_folder)
        self._working_folder, self._instead = working_folder, dict(instead or {})
        self._files = SourceFiles(working_folder, self._instead, self._projects.is_snapshot)
        self._tables: dict[tuple[object, ...], _Read] = {}
        self._found: dict[str, Found] = {}
        self._versions: dict[str, tuple[list[bytes], Iterator[bytes]]] = {}
        self._kept = 0  # bytes, of all of these
        self._sizes: dict[tuple[object, ...], int] = {}  # the bytes that each was read from
        self._documents = DocumentTables(self._projects)

    def with_sources(self, instead: Mapping[str, bytes | str]) -> Loader:
        """Return a loader that uses these for their files, besides those that this one uses."""
        return Loader(self._working_folder, {**self._instead, **instead}, self._tracked, self._projects)

    def load(self, options: Options, locate: Locate, context: DocumentContext) -> tuple[Table, Sequence[Diagnostic]]:
        """Return the table that a region asks for, and warnings; rows that its limit leaves out may be missing.

        Raise MdtablesError.
        """
        loaded = self._load(options, locate, context, rows_needed(options))
        warnings = [found for file in loaded.files for found in self._untracked(file.real, locate, context)]
        left_out = Collector()
        for path in loaded.untracked:  # git ignores none of them, or they would not match
            message = f"git does not track {self.shown(path)}, so this table leaves it out"
            left_out.add(Diagnostic("untracked", message, at=locate("source"), hint="git add it"))
        return loaded.table, [*loaded.warnings, *warnings, *left_out.diagnostics]

    def load_all(self, options: Options, locate: Locate, context: DocumentContext) -> LoadedSource:
        """Return a region's source with all of its rows, and all that is known of it. Raise MdtablesError."""
        return self._load(options, locate, context, None)

    def versions(self, options: Options, context: DocumentContext) -> Iterator[Table]:
        """Yield the tables in earlier versions of a region's source that git has, the newest first.

        A version that cannot be read as this one is left out; of several files together, there are none.
        """
        locate = located_at(Location(""))
        assert options.source is not None
        if options.query or self._pattern(options.source, context) or is_document(options.source.path):
            return
        try:
            real = resolve(options.source.path, context, locate, self._projects.paths.of)
            module = _format(real, options, context.settings.defaults, locate).load()
            for data in self._versions_of(real):
                try:
                    table = module.read(data, self.shown(real), options, None, is_record=False)
                    yield _placed(table, options, [os.path.dirname(real)], context, locate)
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

    def _load(self, options: Options, locate: Locate, context: DocumentContext, most: int | None) -> LoadedSource:
        source = options.source
        assert source is not None
        if options.query:
            return self._queried(options, locate, context)
        if pattern := self._pattern(source, context):
            return self._load_several(pattern, options, locate, context)
        real = resolve(source.path, context, locate, self._projects.paths.of)
        if source.named and not os.path.exists(real):
            message = "several sources, or one with a name, make a table only through a query"
            hint = 'add one to the marker: query="SELECT …"'
            raise failure("misplaced-option", message, at=locate("source"), hint=hint)
        if os.path.isdir(real):
            raise self._folder(real, source, locate)
        if is_document(real):
            file = self._document_table(real, source.path, options, locate, context)
        else:
            format_ = _format(real, options, context.settings.defaults, locate)
            table = self._table(real, source.path, _reading(format_, options), locate, most)
            encoding = _encoding(format_, options)
            data = b"" if most is not None else self._files.read(real, real, locate, encoding)  # else it is not edited
            file = LoadedFile(real, self.shown(real), data, format_, table)
        table = _with_columns(file.table, options, locate)
        table = table._replace(path=table.path or file.shown)
        table = _placed(table, options, [os.path.dirname(real)], context, locate)
        return LoadedSource([file._replace(table=table, columns=range(len(table.header)))], table)

    def _queried(self, options: Options, locate: Locate, context: DocumentContext) -> LoadedSource:
        """Return the table that a query selects from the sources of a region."""
        from mdtables.workspace.queried import queried  # few regions have a query, and SQLite takes 5 ms

        sources: list[LoadedSource] = []
        files: list[LoadedFile] = []

        def load(one: Options) -> Table:
            sources.append(self._load(one, locate, context, None))
            return sources[-1].table

        def read(path: str) -> tuple[str, bytes]:
            at = located_at(locate("query"))
            real = resolve(path, context, at, self._projects.paths.of)
            files.append(LoadedFile(real, self.shown(real), self._files.read(real, path, at), None, Table((), ())))
            return files[-1].shown, files[-1].data

        table, warnings = queried(options, locate, load, read)
        of_data = [file for each in sources for file in each.files]
        untracked = [path for each in sources for path in each.untracked]
        table = _placed(table, options, [os.path.dirname(file.real) for file in of_data], context, locate)
        return LoadedSource([*of_data, *files], table, untracked=untracked, warnings=warnings)

    def _table(self, real: str, path: str, reading: _Reading, locate: Locate, most: int | None = None) -> Table:
        """Return the table of one file; it is kept for regions that ask for it in the same way. Raise MdtablesError."""
        key = (real, reading.key)
        read = self._tables.get(key)
        if read is None or not (read.most is None or (most is not None and most <= read.most)):
            most = None if read else most  # who needs more than was read gets all, so that it is read twice at most
            is_link = os.path.splitext(path)[1] != os.path.splitext(real)[1]  # to a file of another kind
            shown = self.shown(path if reading.is_record and not is_link else real)
            table = self._first_rows(real, shown, reading, most) if most is not None else None
            size = 0
            if table is None:
                data = self._files.read(real, path, locate, _encoding(reading.format, reading.options))
                size = len(data)
                try:
                    table = reading.format.load().read(data, shown, reading.options, most, is_record=reading.is_record)
                except MdtablesError as error:
                    raise MdtablesError(*(found.used_at(locate()) for found in error.diagnostics)) from None
            read = _Read(table._replace(path=shown), most)
            self._keep(key, read, size)
        return read.table

    def _first_rows(self, real: str, shown: str, reading: _Reading, most: int) -> Table | None:
        """Return the first rows of a large file, of which only the beginning is read; None if that is not possible."""
        if not reading.format.in_lines or reading.options.encoding != "utf-8":
            return None
        for data in self._files.beginnings(real):
            try:
                table = reading.format.load().read(data, shown, reading.options, most)
            except MdtablesError:  # a quoted field that goes on, or what has to be reported with all of the file
                continue
            if len(table.rows) >= most:
                return table
        return None

    def _keep(self, key: tuple[object, ...], read: _Read, size: int) -> None:
        """Keep a table for other regions, in place of older ones if all of them are large together."""
        self._tables[key] = read
        self._kept += size - self._sizes.get(key, 0)
        self._sizes[key] = size
        while self._kept > _MOST_KEPT and len(self._tables) > 1:
            oldest = next(iter(self._tables))
            del self._tables[oldest]
            self._kept -= self._sizes.pop(oldest)

    def _pattern(self, source: Source, context: DocumentContext) -> Pattern | None:
        """Return the pattern that a source names; None for a plain path, and for a file with such a name."""
        is_one = not source.is_pattern or is_remote(source.path) or "\0" in source.path
        path = "" if is_one else named_path(source.path, context)
        return Pattern(path) if path and not os.path.isfile(path) else None

    def _load_several(
        self, pattern: Pattern, options: Options, locate: Locate, context: DocumentContext
    ) -> LoadedSource:
        assert options.source is not None
        check_inside(pattern.base, options.source.path, context, locate)
        found = self._files_of(pattern, options.source, locate)
        from mdtables.tables.concatenate import Piece, concatenate  # most sources are one file
        from mdtables.workspace.about_file import AboutFile

        about = AboutFile(context.folder, [name for name in names_used(options) if name.startswith("@")])
        readings: dict[str, _Reading] = {}  # by suffix
        loaded: list[LoadedFile] = []
        pieces: list[Piece] = []
        problems = Collector()
        for path, real in found.files.items():
            try:
                if check_inside(real, path, context, locate) == context.document:
                    continue
                file = self._one_of_several(real, path, readings, options, locate, context)
                values = about.of(path, file.data)
            except MdtablesError as error:
                for problem in error.diagnostics:
                    problems.add(problem)
                continue
            loaded.append(file)
            is_strict = file.format is not None and file.format.has_header
            pieces.append(Piece(file.table, values, is_strict))
        problems.raise_any()
        if not loaded:
            self._fail_nothing(options.source, found, locate)
        whole = concatenate(pieces)
        if not whole.table.header and options.source.part and whole.table.rows:
            part = str(options.source._replace(path=""))[1:]
            message = f'no file that matches {options.source.path} has a part "{part}"'
            raise failure("source-missing", message, at=locate("source"))
        starts = [0, *accumulate(len(piece.table.rows) for piece in pieces)]
        loaded = [
            file._replace(first=first, columns=columns)
            for file, first, columns in zip(loaded, starts, whole.columns, strict=False)
        ]
        folders = [os.path.dirname(file.real) for file in loaded]
        table = _with_columns(whole.table, options, locate)
        if not table.header and table.rows:
            message = f"no file that matches {options.source.path} has values"
            raise failure("source-shape", message, at=locate("source"), hint="name columns like @file, or write some")
        table = _placed(table, options, folders, context, locate)
        untracked = [path for path in found.untracked if path != context.document]
        return LoadedSource(loaded, table, is_pattern=True, untracked=untracked)

    def _one_of_several(
        self,
        real: str,
        path: str,
        readings: dict[str, _Reading],
        options: Options,
        locate: Locate,
        context: DocumentContext,
    ) -> LoadedFile:
        suffix = os.path.splitext(real)[1]
        reading = readings.get(suffix)
        if reading is None:
            if is_document(real) and options.source and options.source.part:
                return self._document_table(real, self.shown(path), options, locate, context)
            format_ = FRONT_MATTER if is_document(real) else _format(real, options, context.settings.defaults, locate)
            reading = readings[suffix] = _reading(format_, options, is_record=True)
        table = self._table(real, path, reading, locate)
        data = self._files.read(real, real, locate, _encoding(reading.format, options))
        return LoadedFile(real, table.path, data, reading.format, table, is_record=True)

    def _files_of(self, pattern: Pattern, source: Source, locate: Locate) -> Found:
        """Return the files that match a pattern, each pattern looked up once. Raise MdtablesError."""
        key = pattern.path
        if key not in self._found:
            try:
                self._found[key] = pattern.find(self._tracked)
            except GitError as error:
                raise failure("unreadable", str(error), at=locate("source")) from None
            except TooManyFilesError:
                message = f"more than {MOST_FILES} files match {source.path}"
                raise failure("source-shape", message, at=locate("source"), hint="use a narrower pattern") from None
        return self._found[key]

    def _fail_nothing(self, source: Source, found: Found, locate: Locate) -> NoReturn:
        hint = "a path is relative to its document, or with a leading / to the project root"
        if found.untracked:
            hint = f"git add {self.shown(found.untracked[0])}: only files that git tracks count here"
        raise failure("source-missing", f"no file matches {source.path}", at=locate("source"), hint=hint)

    def _folder(self, real: str, source: Source, locate: Locate) -> MdtablesError:
        """Return the error for a folder that was named as a source, with a pattern for the files in it."""
        suffixes = [os.path.splitext(name)[1].lower() for name in sorted(os.listdir(real))]
        known = [suffix for suffix in suffixes if suffix in FORMATS or suffix in DOCUMENTS]
        suffix = max(dict.fromkeys(known), key=known.count) if known else ".md"
        hint = f'to show its files, name them by a pattern: source="{source.path.rstrip("/")}/*{suffix}"'
        return failure("unreadable", f"{source.path} is a folder", at=locate("source"), hint=hint)

    def _document_table(
        self, real: str, path: str, options: Options, locate: Locate, context: DocumentContext
    ) -> LoadedFile:
        """Return the table in another document, as it is written there or as its own source makes it."""
        _check_own_options(OWN_OPTIONS, "tables in documents", options, context.settings.defaults, locate)
        data, shown = self._files.read(real, path, locate), self.shown(real)
        place = real, options.source.part if options.source else ()
        table = self._documents.table(place, data, shown, locate, self._source_table)
        return LoadedFile(real, shown, data, None, table)

    def _source_table(self, options: Options, locate: Locate, context: DocumentContext) -> Table:
        return self._load(options, locate, context, rows_needed(options)).table

    def reads(self, options: Options, context: DocumentContext) -> Iterator[tuple[str, str, str]]:
        """Yield what was read for a region: the path as it is named, the real path, and the digest of the bytes.

        Of a pattern that is the pattern, the document that it leaves out, after `!`, and the `listing` of its files.
        """
        waiting, seen = [(options, context)], set[Place]()
        while waiting:
            options, context = waiting.pop()
            for source in sources_read(options):
                yield from self._reads(source, options, context, waiting, seen)

    def _reads(
        self,
        source: Source,
        options: Options,
        context: DocumentContext,
        waiting: list[tuple[Options, DocumentContext]],
        seen: set[Place],
    ) -> Iterator[tuple[str, str, str]]:
        """Yield what was read for one source, and add what makes the tables in documents to those that are waiting."""
        locate = located_at(Location(""))
        named, inside = named_path(source.path, context), os.path.join(context.root, "")
        pattern = self._pattern(source, context)
        if pattern:
            found = self._files_of(pattern, source, locate)
            reals = [real for real in found.files.values() if real != context.document]
            files = listing((real, self._files.digest(real)) for real in reals)
            yield named, f"!{context.document}", digest_of(files)
            yield from ((named, real, "") for real in reals if not real.startswith(inside))
        else:
            reals = [resolve(source.path, context, locate, self._projects.paths.of)]
            if options.query or rows_needed(options) is None:
                self._files.read(reals[0], source.path, locate)
            yield named, reals[0], self._files.digest(reals[0])
        for place in ((real, source.part) for real in reals if is_document(real)):
            if place in self._documents and os.path.dirname(place[0]) != context.folder:
                yield named, "", ""  # its configuration matters too, which is not known here
            if place not in seen and (made_of := self._documents.source_of(place)):
                waiting.append(made_of)
            seen.add(place)

    def _untracked(self, real: str, locate: Locate, context: DocumentContext) -> Iterator[Diagnostic]:
        """Yield a warning if git does not track a source. Raise MdtablesError if git failed."""
        if self._tracked is None or not real.startswith(os.path.join(context.root, "")):
            return  # what the user allows elsewhere need not be tracked here
        try:
            if not self._tracked.has(real):
                message = f"git does not track {self.shown(real)}, so other checkouts do not have it"
                hint = "remove it from .gitignore, then git add it" if ignores(real) else "git add it"
                yield Diagnostic("untracked", message, at=locate("source"), hint=hint)
        except GitError as error:
            raise failure("unreadable", str(error), at=locate("source")) from None

    def files_read(self) -> list[str]:
        """Return the real paths of all files that were read."""
        return self._files.paths()

    def made_of(self, real: str) -> bool:
        """Return True if a table was made of this file."""
        return any(key[0] == real for key in self._tables) or self._documents.has_any_of(real)

    def put(self, real: str, data: bytes) -> None:
        """Use these bytes for a document that is read as a source, as it is in an editor for example."""
        self._files.put(real, data)

    def shown(self, real: str) -> str:
        """Return a path as diagnostics name it: relative to the working directory, if it is inside that."""
        return self._files.shown(real)


def _encoding(format_: Format, options: Options) -> str:
    """Return the encoding in which a file of a format is decoded."""
    return options.encoding if "encoding" in format_.own_options else "utf-8"


def _placed(table: Table, options: Options, folders: Sequence[str], context: DocumentContext, locate: Locate) -> Table:
    """Return a table with the folders between which its links have to be rebased. Raise MdtablesError for several."""
    if options.links == "keep":
        return table
    if len(set(folders)) > 1:
        message = "links=rebase applies to the files of one folder only, and these are in several"
        raise failure(
            "misplaced-option", message, at=locate("links"), hint="name the files of one folder, or remove it"
        )
    both = folders[0], context.folder
    try:
        root = os.path.commonpath(both)
    except ValueError:  # on two drives
        return table
    here, there = ("/" + os.path.relpath(folder, root).replace(os.sep, "/") for folder in both)
    return table._replace(folders=(here, there))


def _with_columns(table: Table, options: Options, locate: Locate) -> Table:
    """Return a table; for a source that has neither rows nor columns, with the columns that the region names.

    Raise MdtablesError if it names none.
    """
    if table.header or not (table.unusable or table.rows):
        return table
    names = list(dict.fromkeys(column.name for column in options.columns if not column.rest))
    if not names and table.unusable:
        raise MdtablesError(*(found.used_at(locate()) for found in table.unusable[0]))
    return table._replace(header=names, rows=[[None] * len(names) for _ in table.rows], unusable={})


def _format(real: str, options: Options, defaults: Options, locate: Locate) -> Format:
    """Return the format of a file. Raise MdtablesError if there is none, or if an option does not apply to it."""
    suffix = os.path.splitext(real)[1].lower()
    if suffix not in FORMATS:
        message = f"cannot read {os.path.basename(real)}: unsupported format"
        hint = UNREAD.get(suffix, f"supported formats: {', '.join(FORMATS)}")
        raise failure("source-format", message, at=locate("source"), hint=hint)
    found = FORMATS[suffix]
    if options.source and options.source.part and not found.has_parts:
        raise failure("source-missing", f"a {suffix} file has no parts to name after #", at=locate("source"))
    others = [name for name in OWN_OPTIONS if name not in found.own_options]
    _check_own_options(others, f"{suffix} sources", options, defaults, locate)
    return found


def _check_own_options(others: Sequence[str], what: str, options: Options, defaults: Options, locate: Locate) -> None:
    """Raise MdtablesError if an option is set that only applies to other kinds of sources."""
    for name in others:
        if getattr(options, name) != getattr(defaults, name):
            message = f'option "{name}" does not apply to {what}'
            raise failure("misplaced-option", message, at=locate(name), hint="remove it")
