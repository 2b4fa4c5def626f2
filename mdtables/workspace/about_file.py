"""The columns that a pattern adds to the rows of a file: its path, its name, its folder, its first heading."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from mdtables.document.candidates import Lines
from mdtables.document.headings import headings_in
from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.workspace.discover import is_document
from mdtables.workspace.paths import relative

_SURROGATE = re.compile("[\ud800-\udfff]")
_COLUMNS = ("@file", "@name", "@stem", "@folder", "@heading")


class AboutFile:
    """The wanted ones of these columns; all of them if one is unknown, so that they are suggested."""

    def __init__(self, folder: str, wanted: Sequence[str]) -> None:
        is_known = all(name in _COLUMNS for name in wanted)
        self.folder, self.wanted = folder, tuple(dict.fromkeys(wanted if is_known else _COLUMNS)) if wanted else ()
        self.folders: dict[str, str] = {}  # the same relative to that of the document

    def of(self, path: str, data: bytes) -> Mapping[str, str | None]:
        """Return the values for the file that was found at a path, by the names of the columns.

        Raise MdtablesError if the path is not text.
        """
        values = {name: self._value(name, path, data) for name in self.wanted}
        if any(not (value or "").isascii() and _SURROGATE.search(value or "") for value in values.values()):
            raise failure("source-encoding", "the path of this file is not UTF-8", at=Location(path), hint="rename it")
        return values

    def _value(self, column: str, path: str, data: bytes) -> str | None:
        folder, name = os.path.split(path)
        if column == "@file":
            if folder not in self.folders:
                self.folders[folder] = relative(os.path.join(folder, ""), self.folder)
            return os.path.normpath(os.path.join(self.folders[folder], name)).replace(os.sep, "/")
        if column == "@heading":
            headings = headings_in(Lines(data.decode("utf-8", "replace"), path)) if is_document(path) else ()
            return next((heading for _, heading in headings), None)
        return {"@name": name, "@stem": os.path.splitext(name)[0], "@folder": os.path.basename(folder)}[column]
