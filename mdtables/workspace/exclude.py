"""Which documents `exclude` leaves out. Knows the patterns of `.gitignore`, by the pathspec library."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache

from pathspec import GitIgnoreSpec

from mdtables.model import Diagnostic, Location, MdtablesError


def is_excluded(path: str, patterns: Sequence[str], folder: str, origin: str) -> bool:
    """Whether a document matches one of the patterns, which are relative to `folder` and come from `origin`.

    Raises MdtablesError for a pattern that is none.
    """
    relative = os.path.relpath(os.path.realpath(path), folder).replace(os.sep, "/")
    return not relative.startswith("../") and _spec(tuple(patterns), origin).match_file(relative)


@cache
def _spec(patterns: tuple[str, ...], origin: str) -> GitIgnoreSpec:
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error):
            hint = "patterns are those of .gitignore: drafts/, *.generated.md, !keep.md"
            message = f'exclude: "{pattern}" is no pattern'
            raise MdtablesError(Diagnostic("config", message, Location(origin), hint)) from None
    return GitIgnoreSpec.from_lines(patterns)
