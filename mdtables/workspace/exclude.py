"""What `exclude` leaves out, and `.gitignore` where there is no git to ask. Knows such patterns, by pathspec."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache

from pathspec import GitIgnoreSpec

from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.workspace import files


def is_excluded(path: str, patterns: Sequence[str], folder: str, origin: str) -> bool:
    """Whether a document matches one of the patterns, which are relative to `folder` and come from `origin`.

    Raises MdtablesError for a pattern that is none.
    """
    relative = os.path.relpath(os.path.realpath(path), folder).replace(os.sep, "/")
    return not relative.startswith("../") and _spec(tuple(patterns), origin).match_file(relative)


class Ignored:
    """What a `.gitignore` leaves out of its folder; what it says nothing of is for those `above` to say.

    As with git, a line that is no pattern is none. `problems` are patterns that would take too long to match.
    """

    def __init__(self, path: str, above: Ignored | None) -> None:
        """Raises OSError."""
        lines = files.read(path).decode("utf-8-sig", "surrogateescape").split("\n")
        patterns = [line.removesuffix("\r") for line in lines if not line.startswith("#")]
        self.problems = list(filter(None, map(_too_long, patterns)))
        self._folder, self._above = os.path.dirname(path), above
        self._spec = GitIgnoreSpec.from_lines([p for p in patterns if not _too_long(p) and _is_pattern(p)])

    def __contains__(self, path: str) -> bool:
        """Whether a file is left out, or a folder, whose path ends with a slash."""
        relative = os.path.relpath(path, self._folder or ".").replace(os.sep, "/")
        if path.endswith(os.sep):  # the last pattern that matches decides; the library thinks of what is in the folder
            said = [p.include for p in self._spec.patterns if p.match_file(relative + "/")][-1:]
        else:
            said = [self._spec.check_file(relative).include]
        if said and said[0] is not None:
            return bool(said[0])
        return self._above is not None and path in self._above


# The library tries every way in which a pattern's stars could match, and each is a factor of a name's length.
_STARS = re.compile(r"\*+")
_MOST_STARS, _MOST_STARS_IN_A_NAME = 6, 4


@cache
def _spec(patterns: tuple[str, ...], origin: str) -> GitIgnoreSpec:
    for pattern in patterns:
        if problem := _too_long(pattern):
            hint = "write it as several patterns"
            raise MdtablesError(Diagnostic("config", f"exclude: {problem}", Location(origin), hint))
        if not _is_pattern(pattern):
            hint = "patterns are those of .gitignore: drafts/, *.generated.md, !keep.md"
            message = f'exclude: "{pattern}" is no pattern'
            raise MdtablesError(Diagnostic("config", message, Location(origin), hint))
    return GitIgnoreSpec.from_lines(patterns)


def _too_long(pattern: str) -> str:
    """Why a pattern would take too long to match; nothing if it would not."""
    stars = [len(_STARS.findall(name)) for name in pattern.split("/")]
    if sum(stars) <= _MOST_STARS and max(stars) <= _MOST_STARS_IN_A_NAME:
        return ""
    most = f"{_MOST_STARS} * or ** in all" if sum(stars) > _MOST_STARS else f"{_MOST_STARS_IN_A_NAME} * in a name"
    return f'"{pattern}" takes too long to match: it has more than {most}'


def _is_pattern(pattern: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return False
    return True
