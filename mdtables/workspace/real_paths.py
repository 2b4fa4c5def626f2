"""The real paths of files, for a run that asks for those of thousands: the links above a folder are followed once."""

from __future__ import annotations

import os


class RealPaths:
    """Real paths. A link to a file is followed whenever it is asked for, a link to a folder once in the run."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}
        self._last = "", ""  # a document is asked for several times

    def of(self, path: str) -> str:
        """Return the real path of a file or a folder, which need not exist."""
        folder, name = os.path.split(path)
        if os.name == "nt" or name in ("", os.curdir, os.pardir):  # on Windows a name may be spelled in several ways
            return os.path.realpath(path)
        if self._last[0] != path:
            real = os.path.join(self.of_folder(folder), name)
            self._last = path, os.path.realpath(real) if os.path.islink(real) else real
        return self._last[1]

    def of_folder(self, path: str) -> str:
        """Return the real path of a folder; "" is the working directory."""
        if path not in self._folders:
            self._folders[path] = os.path.realpath(path)
        return self._folders[path]
