"""How far a long run is, on a terminal. Knows a stream and a clock, nothing of what is being counted."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_PATIENCE = 1.0  # seconds without a word
_PAUSE = 0.1


class Progress:
    """Counts steps on one line, which it clears again. Silent for the first second, and always if `stream` is None."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._next = time.monotonic() + _PATIENCE
        self._shown = False

    def show(self, done: int, total: int) -> None:
        if self._stream is None or (now := time.monotonic()) < self._next:
            return
        self._next = now + _PAUSE
        self._shown = True
        filled = 30 * done // max(1, total)
        self._stream.write(f"\r[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} documents")
        self._stream.flush()

    def clear(self) -> None:
        if self._stream is not None and self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
