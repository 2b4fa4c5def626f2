"""The bytes of sources, each file read once, and how diagnostics name a file. Knows no formats but their suffixes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

from mdtables.model.diagnostics import Locate, unknown_word
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.suggestions import nearest_word
from mdtables.sources import FORMATS
from mdtables.workspace import files
from mdtables.workspace.digests import digest_of, digest_of_beginning
from mdtables.workspace.discover import CONFIGURATION_NAMES

_BEGINNINGS = (1 << 16, 1 << 20, 1 << 24)  # bytes


class SourceFiles:
    """The files that were read in one session.

    `instead` has what to use for a file, by its real path: bytes; or a text that an editor has, which then is encoded
    as whoever reads it would decode it. `is_snapshot` tells whether `refresh` makes a file.
    """

    def __init__(
        self,
        working_folder: str,
        instead: Mapping[str, bytes | str],
        is_snapshot: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._working_folder = os.path.realpath(working_folder)
        self._bytes = {real: data for real, data in instead.items() if isinstance(data, bytes)}
        self._texts = {real: text for real, text in instead.items() if isinstance(text, str)}
        self._is_snapshot = is_snapshot
        self._checked = files.CheckedFiles()
        self._digests: dict[str, str] = {}
        self._beginnings: dict[str, bytes] = {}  # of files of which no more was needed

    def put(self, real: str, data: bytes) -> None:
        """Use these bytes for a file."""
        self._bytes[real] = data
        self._texts.pop(real, None)

    def paths(self) -> list[str]:
        """Return the real paths of all files of which something was read."""
        return [*self._bytes, *self._texts, *self._beginnings]

    def digest(self, real: str) -> str:
        """Return the digest of the bytes of a file that was read; of a beginning, its length as well."""
        if real in self._texts:
            return digest_of(self._texts[real].encode("utf-8", "surrogatepass"))
        if real not in self._bytes:
            data = self._beginnings[real]
            return digest_of_beginning(data, len(data))
        if real not in self._digests:
            self._digests[real] = digest_of(self._bytes[real])
        return self._digests[real]

    def beginnings(self, real: str) -> Iterator[bytes]:
        """Yield ever longer beginnings of a file, up to the end of a line, but not all of it. Raise no error."""
        if real in self._bytes or real in self._texts:
            return
        for size in _BEGINNINGS:
            try:
                data = self._checked.read(real, size)
            except OSError:
                return
            if len(data) < size:
                self._bytes[real] = data
                return
            self._beginnings[real] = beginning = data[: data.rfind(b"\n") + 1]
            yield beginning

    def shown(self, real: str) -> str:
        """Return a path as diagnostics name it: relative to the working directory, if it is inside that."""
        return real.removeprefix(os.path.join(self._working_folder, ""))

    def read(self, real: str, path: str, locate: Locate, encoding: str = "utf-8") -> bytes:
        """Return the bytes of a source, which a document names by a path. Raise MdtablesError if it cannot be read.

        `encoding` is the one in which they will be decoded.
        """
        if real in self._texts:
            try:
                return self._texts[real].encode(encoding)
            except UnicodeEncodeError as error:
                message = f"{path} cannot be saved as {encoding}: {error.reason} ({error.object[error.start]!r})"
                raise failure("source-encoding", message, at=locate("source"), hint="save it as UTF-8") from None
        if real not in self._bytes:
            try:
                self._bytes[real] = self._checked.read(real)
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
        if self._is_snapshot(real):
            raise failure("source-missing", f"{message} yet", at=at, hint="mdtables refresh makes it")
        is_word = at != locate("source")
        try:
            near = [entry for entry in os.listdir(folder) if _may_be_data(entry)]
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


def _may_be_data(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in FORMATS and not name.startswith(".") and name not in CONFIGURATION_NAMES
