"""Reduce a corpus: `python -m tests.fuzz.keep document folder` keeps the inputs that reach new code.

Smaller inputs come first. An input is kept if it takes a step from one line of mdtables to another that no earlier
input took.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from tests.fuzz.targets import TARGETS

HERE = Path(__file__).parent
LONGEST = 600


def main() -> None:
    _, name, folder = sys.argv
    kept = HERE / "corpus" / name
    kept.mkdir(parents=True, exist_ok=True)
    inputs = {path.read_bytes() for where in (kept, Path(folder)) for path in where.iterdir()}
    seen: set[tuple[str, int, int]] = set()
    chosen: dict[str, bytes] = {}
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        if len(data) <= LONGEST and not (steps := _steps(name, data)) <= seen:
            seen |= steps
            chosen[hashlib.sha256(data).hexdigest()[:12]] = data
    for name_there in {path.name for path in kept.iterdir()} - chosen.keys():
        (kept / name_there).unlink()
    for name_here, data in chosen.items():
        (kept / name_here).write_bytes(data)


def _steps(name: str, data: bytes) -> set[tuple[str, int, int]]:
    """Return the steps from line to line that an input takes inside mdtables."""
    steps: set[tuple[str, int, int]] = set()
    last: dict[FrameType, int] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if "/mdtables/" not in frame.f_code.co_filename or "/tests/" in frame.f_code.co_filename:
            return None
        if event == "line":
            steps.add((frame.f_code.co_filename, last.get(frame, 0), frame.f_lineno))
            last[frame] = frame.f_lineno
        return trace

    sys.settrace(trace)
    try:
        TARGETS[name](data)
    finally:
        sys.settrace(None)
    return steps


if __name__ == "__main__":
    main()
