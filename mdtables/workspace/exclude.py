"""Which documents `exclude` leaves out, in a configuration or on the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.workspace.paths import is_outside, relative
from mdtables.workspace.patterns import Patterns, problem_of


def is_excluded(path: str, patterns: Sequence[str], folder: str, origin: str) -> bool:
    """Return True if a document, or the link to it, matches one of the patterns, which are relative to `folder`.

    Raise MdtablesError, located at `origin`, for an invalid pattern.
    """
    own = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    names = {relative(each, folder).replace(os.sep, "/") for each in (own, os.path.realpath(path))}
    return any(not is_outside(name) and _spec(tuple(patterns), origin).ignores(name) for name in names)


@cache
def _spec(patterns: tuple[str, ...], origin: str) -> Patterns:
    for pattern in patterns:
        if problem := problem_of(pattern):
            hint = "patterns are those of .gitignore: drafts/, *.generated.md, !keep.md"
            raise failure("config", f'exclude: invalid pattern "{pattern}": {problem}', at=Location(origin), hint=hint)
    return Patterns(patterns)
