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


# The library tries every way in which a pattern's stars could match, and each is a factor of a name's length.
_STARS = re.compile(r"\*+")
_MOST_STARS, _MOST_STARS_IN_A_NAME = 6, 4


@cache
def _spec(patterns: tuple[str, ...], origin: str) -> GitIgnoreSpec:
    for pattern in patterns:
        stars = [len(_STARS.findall(name)) for name in pattern.split("/")]
        if sum(stars) > _MOST_STARS or max(stars) > _MOST_STARS_IN_A_NAME:
            most = (
                f"{_MOST_STARS} * or ** in all" if sum(stars) > _MOST_STARS else f"{_MOST_STARS_IN_A_NAME} * in a name"
            )
            message = f'exclude: "{pattern}" takes too long to match: it has more than {most}'
            raise MdtablesError(Diagnostic("config", message, Location(origin), "write it as several patterns"))
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error):
            hint = "patterns are those of .gitignore: drafts/, *.generated.md, !keep.md"
            message = f'exclude: "{pattern}" is no pattern'
            raise MdtablesError(Diagnostic("config", message, Location(origin), hint)) from None
    return GitIgnoreSpec.from_lines(patterns)
