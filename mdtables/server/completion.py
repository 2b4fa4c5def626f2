"""What can be written at a place in a marker: options, their values, paths, columns and parts of the source."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mdtables.document import marker
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.options import SPECS, Options, sources_for_query
from mdtables.model.table import LIST_SEPARATOR, Table
from mdtables.records import NamedTuple
from mdtables.server.markers import Written, options_of, written_at
from mdtables.server.open_texts import OpenText
from mdtables.server.workspace import Workspace
from mdtables.sources import DOCUMENTS, FORMATS, QUERY
from mdtables.workspace import files
from mdtables.workspace.connections import names

_PROPERTY, _VALUE, _FILE, _FOLDER, _FIELD, _SNIPPET, _KEYWORD = 10, 12, 17, 19, 5, 15, 14
_OF_COLUMNS = ("columns", "sort", "key", "group", "where", "pivot", "align", "map", "heading", "caption", "note")
_WORDS: Mapping[str, Sequence[str]] = {
    "align": ("left", "right", "center", "none", "auto"),
    "delimiter": ("tab", ";", ",", "|"),
    "encoding": ("utf-8", "utf-16", "cp1252", "latin-1", "shift_jis"),
}
_OPERATORS = ("and", "or", "not", "in", "between", "contains", "starts with", "ends with", "is empty", "is not empty")
_SAMPLES = 3
_MOST_SAMPLED, _LONGEST_SAMPLE, _MOST_FILES = 200, 40, 500

Item = dict[str, Any]


class _Choice(NamedTuple):
    """What can be a part of a value: as it is shown, and the text that replaces what is written from `start` on."""

    item: Item
    insert: str
    start: int


def completions(text: OpenText, offset: int, workspace: Workspace) -> list[Item]:
    """Return what can be written at an offset of a document."""
    written = written_at(text.text, offset)
    if written is None:
        return list(_markers(text, offset))
    if not written.option:
        return list(_options(written, text, offset))
    return [
        choice.item | {"textEdit": {"range": text.positions.range(choice.start, offset), "newText": choice.insert}}
        for choice in _values(written, text, workspace, offset)
    ]


def connections(text: OpenText, offset: int) -> list[Item]:
    """Return the names of the user's connections, where a configuration names one."""
    line = text.text[text.text.rfind("\n", 0, offset) + 1 : offset]
    found = re.fullmatch(r"\s*connection\s*=\s*\"([\w-]*)", line)
    if found is None:
        return []
    place = text.positions.range(offset - len(found[1]), offset)
    return [{"label": name, "kind": _VALUE, "textEdit": {"range": place, "newText": name}} for name in names()]


def _markers(text: OpenText, offset: int) -> Iterator[Item]:
    """Yield the pair of markers, where a comment begins on a line."""
    start = text.text.rfind("\n", 0, offset) + 1
    line = text.text[start:offset]
    is_mdx = marker.is_mdx(text.path)
    if not re.fullmatch(r"[ \t>]*(?:\{/\*?|<!?-{0,2})[ \t]*\w{0,20}", line):
        return
    at = start + len(line) - len(line.lstrip(" \t>"))
    for title, options in (("a table from data", 'source="$1"'), ("a table that is kept aligned", "")):
        pair = "\n".join(
            [marker.comment(marker.START, options, mdx=is_mdx), "$0", marker.comment(marker.END, mdx=is_mdx)]
        )
        yield {
            "label": f"mdtables: {title}",
            "kind": _SNIPPET,
            "filterText": line[at - start :] + marker.START,
            "insertTextFormat": 2,
            "textEdit": {"range": text.positions.range(at, offset), "newText": pair},
        }


def _options(written: Written, text: OpenText, offset: int) -> Iterator[Item]:
    for name, spec in SPECS.items():
        if name in written.given and name != written.word:
            continue
        if not spec.bare and name != "source" and "source" not in written.given:
            continue
        yield {
            "label": name,
            "kind": _PROPERTY,
            "detail": f"default: {spec.default}".replace("`", ""),
            "documentation": {"kind": "markdown", "value": spec.summary},
            "insertTextFormat": 2,
            "textEdit": {"range": text.positions.range(written.start, offset), "newText": f'{name}="$1"'},
        }


def _values(written: Written, text: OpenText, workspace: Workspace, offset: int) -> Iterator[_Choice]:
    if written.option in ("source", "query") and " " not in written.value.strip():
        yield from _sources(written, text, workspace, offset)
    for word in _WORDS.get(written.option) or (SPECS[written.option].words if written.option in SPECS else ()):
        yield _Choice({"label": word, "kind": _VALUE, "sortText": f"2{word}"}, word, written.start)
    options = options_of(written.given)
    if written.option in _OF_COLUMNS:
        table = _table(options, text, workspace)
        for item in _columns(table) if table else ():
            yield _Choice(item, _quoted(item["label"], written.quote), written.start)
    elif written.option == "query":
        yield from _of_query(options, written, text, workspace)
    if written.option == "where":
        for word in _OPERATORS:
            yield _Choice({"label": word, "kind": _KEYWORD, "sortText": f"2{word}"}, word, written.start)


def _columns(table: Table) -> Iterator[Item]:
    for index, name in enumerate(table.header):
        yield {"label": name, "kind": _FIELD, "detail": _samples(table, index), "sortText": f"1{index:04}"}


def _quoted(name: str, around: str) -> str:
    """Return a column's name as it is written in a value that has these quotes around it."""
    if re.fullmatch(r"[\w.@]+(?:[ -]\w+)*", name):
        return name
    quote = "'" if around == '"' else '"'
    return f"{quote}{name}{quote}"


def _samples(table: Table, column: int) -> str:
    """Return a few values of a column."""
    values = (row[column] or "" for row in table.rows[:_MOST_SAMPLED])
    found = list(dict.fromkeys(value.replace(LIST_SEPARATOR, ", ") for value in values if value))
    shown = [value if len(value) <= _LONGEST_SAMPLE else f"{value[:_LONGEST_SAMPLE]}…" for value in found[:_SAMPLES]]
    return ", ".join(shown) + (", …" if len(found) > _SAMPLES else "")


def _table(options: Options, text: OpenText, workspace: Workspace) -> Table | None:
    """Return the table of a source as it is, None if it cannot be read."""
    if options.source is None:
        return None
    reading = options._replace(columns=(), sort=(), where=None, pivot=None, map=(), group="", limit=None)
    reading = reading._replace(heading=None, caption=None, note=None, align=())
    try:
        context = workspace.context(text.path)
        return workspace.session(text.path).loader.load_all(reading, located_at(Location(text.path)), context).table
    except MdtablesError:
        return None


def _of_query(options: Options, written: Written, text: OpenText, workspace: Workspace) -> Iterator[_Choice]:
    """Yield the names of the tables and the columns of a query's sources."""
    if options.source is None:
        return
    found = re.search(r"\w*\Z", written.value)
    start = written.start + len(written.word) - (len(found[0]) if found else 0)
    for named in sources_for_query(options):
        item = {"label": named.name, "kind": _FILE, "detail": str(named.source), "sortText": "0"}
        yield _Choice(item, named.name, start)
        table = _table(options._replace(query=None, source=named.source), text, workspace)
        for column in _columns(table) if table else ():
            name = column["label"]
            insert = name if re.fullmatch(r"[^\W\d]\w*", name) else f'"{name}"'
            yield _Choice(column | {"detail": f"{named.name}: {column['detail']}"}, insert, start)


def _sources(written: Written, text: OpenText, workspace: Workspace, offset: int) -> Iterator[_Choice]:
    """Yield the files and folders that a path may go on with, and the parts of a file after `#`."""
    value, at = written.value, offset - len(written.value)
    if "#" in value and written.option == "source":
        path, _, keys = value.partition("#")
        above, _, _ = keys.rpartition(".")
        for name in _parts(path, above, text, workspace):
            start = at + len(path) + 1 + len(above) + bool(above)
            yield _Choice({"label": name, "kind": _FIELD}, name, start)
        return
    head, _, _ = value.rpartition("/")
    begin = at + len(head) + (1 if "/" in value else 0)
    root = workspace.context(text.path).root
    folder = os.path.join(root if value.startswith("/") else os.path.dirname(text.path), head.lstrip("/"))
    suffixes = (QUERY,) if written.option == "query" else (*FORMATS, *DOCUMENTS)
    if not os.path.join(os.path.realpath(folder), "").startswith(os.path.join(root, "")):
        return
    for name, is_folder in _entries(folder, suffixes):
        rank = "2" if is_folder else "3" if name.lower().endswith(DOCUMENTS) else "1"
        label = name + "/" * is_folder
        yield _Choice({"label": label, "kind": _FOLDER if is_folder else _FILE, "sortText": rank + name}, label, begin)


def _entries(folder: str, suffixes: Sequence[str]) -> Iterator[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            for number, entry in enumerate(entries):
                is_folder = entry.is_dir()
                is_meant = is_folder or entry.name.lower().endswith(tuple(suffixes))
                if number < _MOST_FILES and is_meant and not entry.name.startswith("."):
                    yield entry.name, is_folder
    except OSError:
        return


def _parts(path: str, above: str, text: OpenText, workspace: Workspace) -> Iterator[str]:
    """Yield the keys of a file below some others, or the headings of a document that may have tables."""
    real = os.path.realpath(os.path.join(os.path.dirname(text.path), path))
    root = os.path.join(workspace.context(text.path).root, "")
    read = _READERS.get(os.path.splitext(real)[1].lower())
    if read is None or not real.startswith(root):
        return
    try:
        value: Any = read(files.read(real).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return
    for key in filter(None, above.split(".")):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, dict):
        yield from (str(key) for key in value)


def _json(text: str) -> Any:
    import json

    return json.loads(text)


def _toml(text: str) -> Any:
    import tomllib

    return tomllib.loads(text)


def _headings(text: str) -> dict[str, None]:
    return {found[1].strip(): None for found in re.finditer(r"(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$", text)}


def _yaml(text: str) -> Any:
    """Return what has the top-level keys of a YAML file, by its unindented lines: a value may be anything."""
    return {found[1].strip("\"'"): None for found in re.finditer(r"(?m)^([^\s#:\-][^:\n]*):(?:\s|$)", text)}


_READERS: Mapping[str, Callable[[str], Any]] = {
    ".json": _json,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
    **dict.fromkeys(DOCUMENTS, _headings),
}
