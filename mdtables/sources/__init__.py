"""Bytes <-> table, one module a format behind one registry. Knows no Markdown.

A format is a module with `read`, and where it can, with `edit`, `span`, `write` and `merger`. It is imported when a
source of its kind is read. Every run imports this registry, to know data files by their suffix, so it imports little.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from mdtables.model.options import Options
    from mdtables.model.table import Changes, Table
    from mdtables.sources.three_way import Blocks

    class Module(Protocol):
        """What the module of a format provides. All raise MdtablesError with every problem found."""

        def read(
            self, data: bytes, path: str, options: Options, most: int | None, /, *, is_record: bool = ...
        ) -> Table:
            """Return the table in a file. `path` names the file in diagnostics.

            `most` is the number of first rows that are enough; None asks for all. With `is_record` the file is one of
            several, and a mapping in it is a row.
            """

        def edit(
            self, data: bytes, path: str, options: Options, changes: Changes, /, *, is_record: bool = ...
        ) -> bytes:
            """Return the bytes of the file with changes to its table, and every other byte as it was.

            Only in formats that can be edited.
            """

        def span(
            self, data: bytes, path: str, options: Options, row: int, column: int, /, *, is_record: bool = ...
        ) -> tuple[int, int]:
            """Return the offsets of a cell's value in the text of the file; those of its row if it is not there.

            Only in formats that can be edited.
            """

        def merger(self, path: str, uses: Sequence[Options], /) -> Blocks:
            """Return what finds the tables whose rows can be merged, in each version of a file.

            Only in formats that the merge driver merges by rows.
            """

        def write(self, table: Table, /) -> bytes:
            """Return the bytes of a new file with a table. Only in formats that `extract` writes."""


class Format:
    """One kind of source: its module, the options that apply to it alone, and what it can do.

    `parser` is the package that the module reads with, "" for Python's own. `has_parts` is true if a part of a file can
    be named, `has_header` if a file lists its columns, `in_lines` if the beginning of a file up to the end of a line is
    a file with the first rows, `writes` if `extract` writes new files, `merges` if the merge driver merges its rows.
    """

    __slots__ = ("has_header", "has_parts", "in_lines", "merges", "module", "own_options", "parser", "writes")

    def __init__(
        self,
        module: str,
        *own_options: str,
        has_parts: bool = False,
        has_header: bool = False,
        in_lines: bool = False,
        writes: bool = False,
        merges: bool = False,
        parser: str = "",
    ) -> None:
        self.module, self.own_options, self.has_parts, self.parser = module, own_options, has_parts, parser
        self.has_header, self.in_lines, self.writes, self.merges = has_header, in_lines, writes, merges

    def load(self) -> Module:
        """Import the module, when a source of this kind is used."""
        module: Module = import_module(f"{__name__}.{self.module}")
        return module


_OF_CSV = ("delimiter", "encoding", "header")
_CSV = Format("csv_file", *_OF_CSV, has_header=True, in_lines=True, writes=True, merges=True)
_TSV = Format("csv_file", *_OF_CSV, has_header=True, in_lines=True, merges=True)
_YAML = Format("yaml_file", "list", has_parts=True, writes=True, merges=True, parser="yaml")
_JSON = Format("json_file", "list", has_parts=True, writes=True, merges=True)
_JSON_LINES = Format("json_file", "list", merges=True)
_TOML = Format("toml_file", "list", has_parts=True)

FORMATS: Mapping[str, Format] = {
    ".csv": _CSV,
    ".tsv": _TSV,
    ".yaml": _YAML,
    ".yml": _YAML,
    ".json": _JSON,
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".toml": _TOML,
}
DOCUMENTS = (".md", ".markdown", ".mdx", ".qmd", ".rmd")
"""The suffixes of documents, which are sources as well: of one row each by a pattern, or of a table in one of them."""

QUERY = ".sql"
"""The suffix of a file with a query over sources."""

FRONT_MATTER = Format("front_matter", "list", parser="yaml")
UNREAD: Mapping[str, str] = {
    **dict.fromkeys((".xlsx", ".ods"), "make a snapshot of it with mdtables refresh, or save the sheet as CSV"),
    ".xls": "save the sheet as CSV: a spreadsheet does not contain what it shows",
    **dict.fromkeys((".parquet", ".feather", ".arrow"), "make a snapshot of it with mdtables refresh"),
    **dict.fromkeys((".sqlite", ".sqlite3", ".db"), "make a snapshot of a query with mdtables refresh"),
    ".sql": 'name the data as the source, and this file as the query: source="data.csv" query="query.sql"',
    **dict.fromkeys((".html", ".htm"), "save the table as CSV, or write it as Markdown between two markers"),
    **dict.fromkeys((".gz", ".zip", ".bz2", ".xz", ".zst"), "unpack it: a diff shows what changed in text only"),
    **dict.fromkeys((".json5", ".jsonc"), "save it as JSON without comments, or as YAML"),
    ".xml": "convert it to CSV, JSON or YAML",
    **dict.fromkeys((".ini", ".cfg", ".properties", ".env"), "keep the values in a TOML, YAML or JSON file"),
    **dict.fromkeys((".py", ".js", ".ts", ".sh"), "mdtables runs no code: let the program write JSON or CSV"),
}
"""What to do with files that are not read, by their suffix."""

OWN_OPTIONS = sorted({name for found in FORMATS.values() for name in found.own_options})
WRITTEN = tuple(suffix for suffix, found in FORMATS.items() if found.writes)
"""The suffixes of the files that `extract` writes."""

NEW_FILES = tuple(suffix[1:] for suffix in WRITTEN if suffix != ".yml")
"""Their names without the dot; a YAML file is a `yaml` file."""
