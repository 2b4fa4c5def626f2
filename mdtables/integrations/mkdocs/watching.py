"""Watching sources while MkDocs serves: a change to one of them, or to a folder above it, triggers a new build.

In a folder that MkDocs itself watches, any change triggers a build, even a log written there. So folders are watched
here, without their subfolders, and MkDocs watches one small file, which is written to.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler

from mdtables.workspace.glob import Pattern

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer


class Watching:
    """The sources of every page that was built, and the folders watched for them once there is a server."""

    def __init__(self) -> None:
        self._sources: set[str] = set()
        self._patterns: dict[str, Pattern] = {}
        self._folders: set[str] = set()  # every folder above a source, up to its project's root
        self._server: LiveReloadServer | None = None
        self._bell: _Bell | None = None
        self._watches: dict[str, tuple[Any, tuple[int, int]]] = {}

    def begin(self, server: LiveReloadServer) -> None:
        """Start to watch all added sources, and trigger a build of this server when one changes."""
        self._server, self._bell = server, _Bell()
        server.watch(self._bell.path, recursive=False)
        self._watch()

    def add(self, sources: Iterable[str | Pattern], root: str) -> None:
        """Also watch these files, which need not exist, and the folders above them up to the project's root.

        Of a pattern, watch every folder in which a file may match.
        """
        for source in sources:
            if isinstance(source, Pattern):
                self._patterns[source.path] = source
                self._folders.update(source.folders())
                source = source.base  # noqa: PLW2901  # and the folders above that, as for a file
            self._sources.add(source)
            folder = source
            while folder != root and (above := os.path.dirname(folder)) != folder:
                folder = above
                self._folders.add(folder)
        self._watch()

    def _watch(self) -> None:
        """Watch the folders that exist and are not watched yet: watching one that does not exist ends the server."""
        if self._server is None:
            return
        for folder, (watch, identity) in list(self._watches.items()):
            if _identity(folder) != identity:  # it was deleted or replaced, so its watch is dead
                del self._watches[folder]
                with suppress(KeyError):
                    self._server.observer.unschedule(watch)
        for folder in self._folders - self._watches.keys():
            found = _identity(folder)
            if found:
                watch = self._server.observer.schedule(_Handler(self), folder, recursive=False)
                self._watches[folder] = watch, found

    def happened(self, path: str, *, to_folder: bool) -> None:
        """Trigger a build if `path` is a source or, with `to_folder`, a folder in which one may be."""
        if to_folder:
            is_meant = path in self._folders or any(each.may_be_in(path) for each in self._patterns.values())
        else:
            is_meant = path in self._sources or any(each.matches(path) for each in self._patterns.values())
        if self._bell and is_meant:
            self._bell.ring()


class _Bell:
    """A temporary file that MkDocs watches, and that grows when it rings."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="mdtables-")
        self.path = os.path.join(self._folder.name, "bell")
        self.ring()

    def ring(self) -> None:
        with open(self.path, "a", encoding="ascii") as file:
            file.write(".")


class _Handler(FileSystemEventHandler):
    """What watchdog calls. It also reports a change in a folder as one of the folder itself, which is ignored."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in ("created", "deleted", "moved") or not event.is_directory:
            for path in (event.src_path, event.dest_path):
                self._watching.happened(str(path), to_folder=event.is_directory)


def _identity(folder: str) -> tuple[int, int] | None:
    """Return what distinguishes a folder from one created in its place later; None if there is none."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino
