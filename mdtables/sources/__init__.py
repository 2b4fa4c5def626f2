"""Data bytes -> Table. Knows no Markdown. FORMATS is the one registry of formats, by file suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mdtables.model.diagnostics import Diagnostic
    from mdtables.model.options import Options
    from mdtables.model.table import Changes, Table


class Format(NamedTuple):
    """One kind of source; see csv_file, csv_edit, yaml_file and yaml_edit.

    `read` takes its bytes, the path to name in errors, the options, and how many of the first rows are enough (None:
    all are wanted). It returns the table and any warnings, and raises MdtablesError with every problem it found.
    `edit` makes the bytes of the same source with changes in its table, and raises MdtablesError where it cannot.
    `write` makes the bytes of a new source out of a table without missing cells. `own_options` are those that mean
    something to this format alone.
    """

    read: Callable[[bytes, str, Options, int | None], tuple[Table, list[Diagnostic]]]
    edit: Callable[[bytes, str, Options, Changes], bytes]
    write: Callable[[Table], bytes]
    own_options: frozenset[str]
    has_parts: bool


def _csv(data: bytes, path: str, options: Options, most: int | None) -> tuple[Table, list[Diagnostic]]:
    from mdtables.sources.csv_file import read

    return read(data, path, options, most)


def _yaml(data: bytes, path: str, options: Options, _most: int | None) -> tuple[Table, list[Diagnostic]]:
    from mdtables.sources.yaml_file import read  # yaml is 16 ms to import

    return read(data, path, options)


def _edited_csv(data: bytes, path: str, options: Options, changes: Changes) -> bytes:
    from mdtables.sources.csv_edit import edit

    return edit(data, path, options, changes)


def _edited_yaml(data: bytes, path: str, options: Options, changes: Changes) -> bytes:
    from mdtables.sources.yaml_edit import edit

    return edit(data, path, options, changes)


def _new_csv(table: Table) -> bytes:
    from mdtables.sources.csv_file import write

    return write(table)


def _new_yaml(table: Table) -> bytes:
    from mdtables.sources.yaml_file import write

    return write(table)


_CSV = Format(_csv, _edited_csv, _new_csv, frozenset({"delimiter", "encoding", "header"}), has_parts=False)
_YAML = Format(_yaml, _edited_yaml, _new_yaml, frozenset(), has_parts=True)

FORMATS: Mapping[str, Format] = {".csv": _CSV, ".tsv": _CSV, ".yaml": _YAML, ".yml": _YAML}
OWN_OPTIONS = frozenset[str]().union(*(f.own_options for f in FORMATS.values()))
