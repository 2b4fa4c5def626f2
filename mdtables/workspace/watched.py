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


_TURNS = 5  # in one of which each of those that are looked at rarely is


class Watched:
    """Paths and their states. Looking at one takes 3 to 4 µs, so those that matter less are looked at more rarely."""

    def __init__(self) -> None:
        self._states: dict[str, State | None] = {}
        self._rarely: dict[str, State | None] = {}
        self._turn = 0

    def add(self, paths: Iterable[str], *, rarely: bool = False) -> None:
        """Look at these paths from now on; of those that are known, the states stay."""
        states, others = (self._rarely, self._states) if rarely else (self._states, self._rarely)
        for path in paths:
            if path not in states:
                states[path] = others.pop(path) if path in others else state_of(path)

    def changed(self) -> list[str]:
        """Return the paths whose state is another one than when it was last asked for, and note it.

        Of those that are looked at rarely, a part is looked at.
        """
        self._turn = (self._turn + 1) % _TURNS
        part = list(self._rarely)[self._turn :: _TURNS]
        return [*_updated(self._states, list(self._states)), *_updated(self._rarely, part)]


def _updated(states: dict[str, State | None], paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        state = state_of(path)
        if state != states[path]:
            states[path] = state
            yield path
