"""Which documents `exclude` leaves out. Knows the patterns of `.gitignore`, by the pathspec library."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

from pathspec import GitIgnoreSpec


def is_excluded(path: str, patterns: Sequence[str], folder: str) -> bool:
    """Whether a document matches one of the patterns, which are relative to `folder`."""
    relative = os.path.relpath(os.path.realpath(path), folder).replace(os.sep, "/")
    return not relative.startswith("../") and _spec(tuple(patterns)).match_file(relative)


@cache
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)
