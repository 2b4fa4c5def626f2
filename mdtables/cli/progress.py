"""A progress bar for long runs. Knows a stream and a clock, nothing of what is counted."""

from __future__ import annotations

import time

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from typing import TextIO

_DELAY = 1.0  # seconds before the bar appears
_PAUSE = 0.1  # seconds between two updates


class Progress:
    """A bar on one line, which is cleared at the end. It appears after a second, and never if `stream` is None."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._next = time.monotonic() + _DELAY
        self._shown = 0  # characters

    def show(self, done: int, total: int) -> None:
        if self._stream is None or (now := time.monotonic()) < self._next:
            return
        self._next = now + _PAUSE
        filled = 30 * done // max(1, total)
        bar = f"[{'#' * filled}{'.' * (30 - filled)}] {done}/{total} documents"
        self._shown = len(bar)
        self._stream.write(f"\r{bar}")
        self._stream.flush()

    def clear(self) -> None:
        if self._stream is not None and self._shown:
            self._stream.write(f"\r{' ' * self._shown}\r")
            self._stream.flush()
