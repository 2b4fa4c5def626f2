"""Patterns of `.gitignore`, matched by pathspec. Knows paths as texts, and what takes too long to match."""

from __future__ import annotations

import os
import re

from mdtables.workspace import files

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pathspec import GitIgnoreSpec

# pathspec tries every way in which stars could match, so each star multiplies the time by the length of a name.
_STARS = re.compile(r"\*+")
_MOST_STARS, _MOST_STARS_IN_A_NAME = 6, 4


def compile_patterns(patterns: Iterable[str]) -> GitIgnoreSpec:
    """Return a matcher for these patterns. Raise ValueError or re.error for one that is invalid."""
    from pathspec import GitIgnoreSpec  # 15 ms, and only where there is something to match

    return GitIgnoreSpec.from_lines(patterns)


def is_pattern(pattern: str) -> bool:
    try:
        compile_patterns([pattern])
    except (ValueError, re.error):
        return False
    return True


def too_long(pattern: str) -> str:
    """Return why a pattern would take too long to match; "" if it would not."""
    stars = [len(_STARS.findall(name)) for name in pattern.split("/")]
    if sum(stars) <= _MOST_STARS and max(stars) <= _MOST_STARS_IN_A_NAME:
        return ""
    most = f"{_MOST_STARS} * or ** in all" if sum(stars) > _MOST_STARS else f"{_MOST_STARS_IN_A_NAME} * in a name"
    return f'the pattern "{pattern}" takes too long to match: it has more than {most}'


class Ignored:
    """The paths that a `.gitignore` ignores. If none of its patterns matches a path, `above` decides: the next one up.

    As in git, invalid patterns are ignored. `problems` are about patterns that would take too long to match.
    """

    def __init__(self, path: str, above: Ignored | None) -> None:
        """Raise OSError if the file cannot be read."""
        lines = files.read(path).decode("utf-8-sig", "surrogateescape").split("\n")
        patterns = [line.removesuffix("\r") for line in lines if not line.startswith("#")]
        self.problems = list(filter(None, map(too_long, patterns)))
        self._folder, self._above = os.path.dirname(path), above
        self._spec = compile_patterns(p for p in patterns if not too_long(p) and is_pattern(p))

    def __contains__(self, path: str) -> bool:
        """Return True if a file is left out, or a folder, whose path must end with a slash."""
        relative = os.path.relpath(path, self._folder or ".").replace(os.sep, "/")
        if path.endswith(
            os.sep
        ):  # pathspec matches what is in a folder: the last pattern for the folder itself decides
            decisions = [p.include for p in self._spec.patterns if p.match_file(relative + "/")][-1:]
        else:
            decisions = [self._spec.check_file(relative).include]
        if decisions and decisions[0] is not None:
            return bool(decisions[0])
        return self._above is not None and path in self._above
