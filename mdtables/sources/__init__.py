"""Bytes <-> table, one module a format behind one registry. Knows no Markdown.

A format is a module with `read`, `edit` and `write`, which is imported when a source of its kind is read; `merge` knows
what the merge driver can merge. Every run imports this registry, to recognize data files by their suffix, so it imports
little.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from mdtables.model.options import Options
    from mdtables.model.table import Changes, Table

    class Module(Protocol):
        """What the module of a format provides. All three raise MdtablesError with every problem found."""

        def read(self, data: bytes, path: str, options: Options, most: int | None, /) -> Table:
            """Return the table in a file. `path` names the file in diagnostics.

            `most` is the number of first rows that are enough; None asks for all.
            """

        def edit(self, data: bytes, path: str, options: Options, changes: Changes, /) -> bytes:
            """Return the bytes of the file with changes to its table, and every other byte as it was."""

        def write(self, table: Table, /) -> bytes:
            """Return the bytes of a new file with a table."""


class Format:
    """One kind of source: its module, the options that apply to it alone, and whether a part of a file can be named.

    `parser` is the package that the module reads with, "" for Python's own.
    """

    __slots__ = ("has_parts", "module", "own_options", "parser")

    def __init__(self, module: str, *own_options: str, has_parts: bool = False, parser: str = "") -> None:
        self.module, self.own_options, self.has_parts, self.parser = module, own_options, has_parts, parser

    def load(self) -> Module:
        """Import the module, when a source of this kind is used."""
        module: Module = import_module(f"{__name__}.{self.module}")
        return module


_CSV = Format("csv_file", "delimiter", "encoding", "header")
_YAML = Format("yaml_file", has_parts=True, parser="yaml")

FORMATS: Mapping[str, Format] = {".csv": _CSV, ".tsv": _CSV, ".yaml": _YAML, ".yml": _YAML}
OWN_OPTIONS = sorted({name for found in FORMATS.values() for name in found.own_options})
NEW_FILES = ("csv", "yaml")
"""The suffixes, without the dot, of the files that `extract` writes."""
