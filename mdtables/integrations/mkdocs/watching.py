"""The folders of sources, watched while MkDocs serves. To watch a file itself would lose it once it is deleted."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer


class Watching:
    """Each folder by itself, never what lies below it, and nothing that MkDocs watches anyway."""

    def __init__(self) -> None:
        self._server: LiveReloadServer | None = None
        self._folders: dict[str, tuple[int, int] | None] = {}
        self._wanted: set[str] = set()

    def begin(self, server: LiveReloadServer, docs_dir: str) -> None:
        """From now on there is a server."""
        self._server = server
        self.add((), docs_dir)

    def add(self, sources: Iterable[str], docs_dir: str) -> None:
        """Watch the folders of these files too, which need not exist, or the nearest ones above that do."""
        self._wanted |= {os.path.dirname(source) for source in sources}
        if self._server is None:
            return
        docs = os.path.join(os.path.realpath(docs_dir), "")
        for folder, identity in list(self._folders.items()):
            if _identity(folder) != identity:  # it is gone, or was made anew: the watch on it is dead
                del self._folders[folder]
                self._server.unwatch(folder)
        for wanted in self._wanted:
            folder = wanted
            while not os.path.isdir(folder):  # to watch what is not there ends the server
                folder = os.path.dirname(folder)
            if folder not in self._folders and not os.path.join(folder, "").startswith(docs):
                self._folders[folder] = _identity(folder)
                self._server.watch(folder, recursive=False)


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino
