"""What `exclude` leaves out, and `.gitignore` where there is no git to ask. Knows such patterns, by pathspec."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache

from pathspec import GitIgnoreSpec

from mdtables.model import Diagnostic, Location, MdtablesError
from mdtables.workspace import files


def is_excluded(path: str, patterns: Sequence[str], folder: str, origin: str) -> bool:
    """Whether a document matches one of the patterns, which are relative to `folder` and come from `origin`.

    Raises MdtablesError for a pattern that is none.
    """
    relative = os.path.relpath(os.path.realpath(path), folder).replace(os.sep, "/")
    return not relative.startswith("../") and _spec(tuple(patterns), origin).match_file(relative)


class Ignored:
    """What the `.gitignore` of a folder leaves out; what it says nothing of is for those `above` to say."""

    def __init__(self, folder: str, above: Ignored | None) -> None:
        """Raises MdtablesError for a pattern that is none, and OSError."""
        path = os.path.join(folder, ".gitignore")
        patterns = files.read(path).decode("utf-8", "surrogateescape").splitlines()
        self._folder, self._spec, self._above = folder, _spec(tuple(patterns), path), above

    def __contains__(self, path: str) -> bool:
        """Whether a file is left out, or a folder, whose path ends with a slash."""
        relative = os.path.relpath(path, self._folder).replace(os.sep, "/") + "/" * path.endswith(os.sep)
        said = self._spec.check_file(relative).include
        return bool(said) if said is not None else self._above is not None and path in self._above


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
            message = f'the pattern "{pattern}" takes too long to match: it has more than {most}'
            raise MdtablesError(Diagnostic("config", message, Location(origin), "write it as several patterns"))
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error):
            hint = "patterns are those of .gitignore: drafts/, *.generated.md, !keep.md"
            message = f'exclude: "{pattern}" is no pattern'
            raise MdtablesError(Diagnostic("config", message, Location(origin), hint)) from None
    return GitIgnoreSpec.from_lines(patterns)
