"""What documents depend on, as the disk shows it: whether any of it changed since it was last looked at.

Knows times and sizes, not contents.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mdtables.workspace.glob import Pattern

State = tuple[int, int, int, int]
"""When a file was changed, its size, and which file it is; a folder changes when a file in it is made or deleted."""


def places_of(sources: Iterable[str | Pattern]) -> Iterator[str]:
    """Yield the paths to look at for sources: of a pattern, all folders in which a file may match."""
    for source in sources:
        if isinstance(source, Pattern):
            yield from source.folders()
        else:
            yield source


def state_of(path: str) -> State | None:
    """Return the state of a file or a folder, None if there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev


class Watched:
    """Paths and their states."""

    def __init__(self) -> None:
        self._states: dict[str, State | None] = {}

    def add(self, paths: Iterable[str]) -> None:
        """Look at these paths from now on; of those that are known, the states stay."""
        for path in paths:
            if path not in self._states:
                self._states[path] = state_of(path)

    def __contains__(self, path: str) -> bool:
        return path in self._states

    def changed(self) -> list[str]:
        """Return the paths whose state is another one than when it was last asked for, and note it."""
        found = [path for path, state in self._states.items() if state_of(path) != state]
        for path in found:
            self._states[path] = state_of(path)
        return found
