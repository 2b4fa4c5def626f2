"""Making snapshots: asking where the data is, and writing what comes back as CSV files of the project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from mdtables.commands.show import as_markdown
from mdtables.engines import EngineError, Fetched, Request, fetch
from mdtables.model.diagnostics import Diagnostic, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.option_values import SortKey
from mdtables.model.options import DEFAULTS
from mdtables.model.queries import check_query, is_ordered
from mdtables.model.snapshots import Snapshot
from mdtables.model.suggestions import did_you_mean
from mdtables.model.table import Alignment, Row, Table
from mdtables.records import NamedTuple
from mdtables.sources import FORMATS
from mdtables.sources.csv_spans import fields, spans
from mdtables.tables.diff import Difference, difference, summarize
from mdtables.tables.order import ordered
from mdtables.tables.shape import shape
from mdtables.workspace import files, writing
from mdtables.workspace.config import Projects, Settings
from mdtables.workspace.connections import connection
from mdtables.workspace.paths import relative

_MOST_SECONDS = 3600


class Question(NamedTuple):
    """A snapshot that is to be made: its real path, its name, the SQL of its query, and whether that has an order."""

    snapshot: Snapshot
    path: str
    shown: str
    sql: str


class Refreshed(NamedTuple):
    """A snapshot as it was, None if there was none, and as it is to be; with the number of its rows."""

    path: str
    shown: str
    old: bytes | None
    new: bytes
    rows: int

    @property
    def is_changed(self) -> bool:
        """True if the tables differ; how their fields are quoted does not matter."""
        return self.old is None or (self.old != self.new and _cells(self.old) != _cells(self.new))


def questions(paths: Sequence[str], projects: Projects) -> list[Question]:
    """Return the snapshots that these paths name; without any, all of the configuration. Raise MdtablesError."""
    settings = projects.settings(projects.working_folder)
    folder = os.path.dirname(settings.path)
    if not settings.snapshots:
        shown = relative(settings.path) if settings.path else "mdtables.toml"
        hint = f'add [refresh."data/orders.csv"] to {shown}'
        raise failure("refresh", "the configuration has no snapshots", at=Location(shown), hint=hint)
    known: dict[str, Snapshot] = {}
    for each in settings.snapshots:
        if known.setdefault(os.path.realpath(os.path.join(folder, each.path)), each) is not each:
            message = f'refresh."{each.path}" is a file that another snapshot makes'
            raise failure("refresh", message, at=Location(relative(settings.path)), hint="remove one of them")
    wanted = [os.path.realpath(os.path.join(projects.working_folder, path)) for path in paths] or list(known)
    problems = [_unknown(path, known) for path in wanted if path not in known]
    if problems:
        raise MdtablesError(*problems)
    root = projects.root(folder)
    return [_question(known[path], path, root, settings) for path in dict.fromkeys(wanted)]


def _unknown(path: str, known: dict[str, Snapshot]) -> Diagnostic:
    shown, names = relative(path), [relative(each) for each in known]
    hint = did_you_mean(shown, names, what="snapshots")
    return Diagnostic("refresh", "the configuration has no such snapshot", at=Location(shown), hint=hint)


def _question(snapshot: Snapshot, path: str, root: str, settings: Settings) -> Question:
    at = Location(relative(settings.path))
    _check_inside(path, snapshot.path, root, at)
    if snapshot.query is None:
        return Question(snapshot, path, relative(path), "")
    sql = snapshot.query.sql
    if not snapshot.query.path:
        try:
            check_query(sql)
        except ValueError as reason:
            raise failure("refresh", f"query: {reason}", at=Location(relative(path))) from None
    else:
        file = os.path.realpath(os.path.join(os.path.dirname(settings.path), snapshot.query.path))
        _check_inside(file, snapshot.query.path, root, at)
        sql = _sql_in(file, at)
    return Question(snapshot, path, relative(path), sql)


def _check_inside(path: str, written: str, root: str, at: Location) -> None:
    if not path.startswith(os.path.join(root, "")):
        raise failure("refresh", f"{written} is outside the project ({root})", at=at, hint="keep it in the project")


def _sql_in(file: str, at: Location) -> str:
    shown = relative(file)
    try:
        sql = files.read(file).decode("utf-8-sig")
        check_query(sql)
    except OSError as error:
        raise failure("refresh", f"{shown} cannot be read: {error.strerror or error}", at=at) from None
    except ValueError as error:
        message = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise failure("refresh", message, at=Location(shown)) from None
    return sql


def refreshed(question: Question, root: str, folder: str, tick: Callable[[int], None]) -> Refreshed:
    """Return what a snapshot is and was. Nothing is written. Raise MdtablesError."""
    snapshot = question.snapshot
    try:
        found = fetch(_request(snapshot, question.sql, root, folder), tick)
        rows = _ordered(found, snapshot, is_sorted=bool(question.sql) and is_ordered(question.sql))
    except EngineError as error:
        at = Location(question.shown)
        raise failure("refresh", error.message, at=at, hint=error.hint) from None
    new = as_csv(found.header, _with_null_text(rows, snapshot.null_text, question.shown))
    try:
        old = files.read(question.path)
    except FileNotFoundError:
        old = None
    except OSError as error:
        raise failure("unreadable", f"cannot be read: {error.strerror or error}", at=Location(question.shown)) from None
    return Refreshed(question.path, question.shown, old, new, len(rows))


def _with_null_text(rows: Sequence[Row], null_text: str, shown: str) -> Sequence[Row]:
    """Return rows in which this stands for NULL. Raise MdtablesError if it is a text of theirs as well."""
    if not null_text:
        return rows
    if any(null_text in row for row in rows):
        message = f'"{null_text}", the null-text, is also a text among the rows'
        raise failure("refresh", message, at=Location(shown), hint="choose a null-text that is none")
    return [[null_text if cell is None else cell for cell in row] for row in rows]


def _request(snapshot: Snapshot, sql: str, root: str, folder: str) -> Request:
    asked = Request(sql, folder=root, most_rows=snapshot.most_rows)
    asked = asked._replace(sheet=snapshot.sheet, range=snapshot.range, header_row=snapshot.header_row)
    if snapshot.connection:
        own = connection(snapshot.connection)
        return asked._replace(driver=own.driver, arguments=own.arguments)
    file = os.path.realpath(os.path.join(folder, snapshot.file)) if snapshot.file else ""
    if file:
        _check_inside(file, snapshot.file, root, Location(snapshot.path))
        if not os.path.isfile(file):
            raise EngineError(f"there is no file {relative(file)}", "a path is relative to the configuration")
    return asked._replace(engine=snapshot.engine, file=file)


def _ordered(found: Fetched, snapshot: Snapshot, *, is_sorted: bool) -> Sequence[Row]:
    """Return rows in the order of the key; else of the query or of the sheet, if it has one; else of all columns."""
    names = list(found.header)
    for name in snapshot.key:
        if name not in names:
            raise EngineError(f'there is no column "{name}", the key', did_you_mean(name, names, what="columns"))
    if not snapshot.key and (is_sorted or snapshot.query is None):
        return found.rows
    keys = snapshot.key or names
    values = [(SortKey(name), [row[names.index(name)] or "" for row in found.rows]) for name in [*keys, *names]]
    return [found.rows[index] for index in ordered(range(len(found.rows)), values)]


def as_csv(header: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Return a CSV in which a missing value is nothing, and an empty text two quotes."""
    lines = [",".join(_field(cell) for cell in row) or '""' for row in (header, *rows)]
    return "".join(line + "\n" for line in lines).encode()


def _field(cell: str | None) -> str:
    if cell is None:
        return ""
    if cell and not any(each in cell for each in ',"\r\n\ufeff') and cell == cell.strip():
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _cells(data: bytes) -> list[list[str | None]] | None:
    """Return the fields of a CSV, None for one that is nothing at all; None if it is not well formed."""
    text = data.decode("utf-8", "replace")
    records = list(spans(text, ","))
    if not records or records[-1].next != len(text):
        return None
    rows = [(record.in_text(text), fields(record.in_text(text), ",")) for record in records]
    return [[_value(row[start:end]) for start, end in found] for row, found in rows]


def _value(field: str) -> str | None:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field or None


def _table(data: bytes) -> Table | None:
    try:
        found = FORMATS[".csv"].load().read(data, "", DEFAULTS, None)
    except MdtablesError:
        return None
    return found._replace(lines=(), rows=[list(row) for row in found.rows])


_MOST_CHANGES = 100  # rows of a report, which is read by people


def changes(one: Refreshed, key: Sequence[str]) -> Iterator[str]:
    """Yield how a snapshot differs from what it was, as Markdown: a heading with counts, and a table of the changes."""
    old, new = _table(one.old or b""), _table(one.new)
    assert new is not None
    if old is None or list(old.header) != list(new.header):
        what = "new" if one.old is None else "other columns"
        yield f"### {one.shown}: {what}, {len(new.rows)} row{'s' * (len(new.rows) != 1)}\n"
        return
    column = list(new.header).index(key[0]) if key else 0
    align: list[Alignment] = ["none"] * len(new.header)
    found = difference(old._replace(align=align), new._replace(align=align), old, new, column)
    yield f"### {one.shown}: {summarize(found).partition(' (')[0]}\n"
    rows = list(islice(_changed_rows(found), _MOST_CHANGES + 1))
    table = Table(("", new.header[column], "column", "before", "after"), rows[:_MOST_CHANGES])
    options = DEFAULTS._replace(cells="text")
    if rows:
        yield "\n".join(as_markdown(shape(table, options, located_at(Location(one.shown))), options, 1)) + "\n"
    if len(rows) > _MOST_CHANGES:
        yield f"Only the first {_MOST_CHANGES} changes are shown.\n"


def _changed_rows(found: Difference) -> Iterator[Row]:
    header = found.new.header
    for changed in found.changed:
        for column in changed.columns:
            before, after = found.old.rows[changed.old][column], found.new.rows[changed.new][column]
            yield "changed", found.name(changed.old, new=False), header[column], before, after
    for row in found.added:
        yield "added", found.name(row, new=True), "", "", ", ".join(cell or "" for cell in found.new.rows[row])
    for row in found.removed:
        yield "removed", found.name(row, new=False), "", ", ".join(cell or "" for cell in found.old.rows[row]), ""


def write(changed: Sequence[Refreshed]) -> Iterator[Diagnostic]:
    """Write snapshots, each whole or not at all; yield what prevented it."""
    for one in changed:
        try:
            if one.old is None:
                files.create(one.path, one.new)
            else:
                writing.write(one.path, one.new, expected=one.old)
        except OSError as error:
            message = f"cannot be written: {error.strerror or error}"
            yield Diagnostic("unwritable", message, at=Location(one.shown))
