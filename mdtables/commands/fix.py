"""Fixing, or only checking, every document that some paths mean. Prints nothing.

Most runs find no marker, so what only a marker needs is imported when there is one.
"""

from __future__ import annotations

import os
from functools import cache

from mdtables.document import marker
from mdtables.workspace import files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from mdtables.commands.session import Run
    from mdtables.pipelines.outcome import Outcome
    from mdtables.workspace.cache import Verdicts
    from mdtables.workspace.discover import Found


def fix(
    found: Found,
    start: Callable[[], Run],
    *,
    eagerly: bool,
    watch: Callable[[int, int], None],
    verdicts: Callable[[], Verdicts | None] = lambda: None,
) -> tuple[list[Outcome], int]:
    """What became of every document with a region, and of every path that means none; and how many were looked at.

    `start` begins the run: when there is a marker, or first of all if `eagerly`. `watch` is told how many documents
    are done, of how many. A document that was clean and is what it was, by the `verdicts`, has no outcome. Raises
    CannotStartError.
    """
    outcomes = [_problem(error.code, error.reason, error.path) for error in found.problems]
    run = start() if eagerly or found.data_files else None
    if run and found.data_files:
        outcomes += _add_users(found, run)
    seen = len(outcomes)
    verdicts, known = cache(verdicts), None
    for done, (path, named) in enumerate(found.documents.items()):
        watch(done, len(found.documents))
        try:
            data = files.read(path)
        except OSError as error:
            if named or os.path.isfile(path):  # git also lists what is gone, and links to folders
                outcomes.append(_problem("unreadable", f"cannot be read: {error.strerror or error}", path))
                seen += 1
            continue
        seen += 1
        if not marker.may_be_in(data):
            continue
        known = verdicts()
        if known and known.holds(path, data):
            continue
        run = run or start()
        outcome = run.fix(path, data, named=named)
        outcomes += [outcome] if outcome else []
        if known and outcome and outcome.regions and not outcome.stale and not outcome.diagnostics:
            known.remember(path, data, run.sources_read_by(outcome))
    if known:
        known.save()
    return outcomes, seen


def _add_users(found: Found, run: Run) -> list[Outcome]:
    """Add the documents that use the data files; what is to be said of files that nobody uses.

    Where nobody named the files, only documents below the working folder count.
    """
    users, unused = run.users_of(found.data_files)
    if not found.data_named:
        users, unused = [path for path in users if not os.path.isabs(path)], []
    found.documents.update((path, False) for path in users if path not in found.documents)
    return [_problem("unused", "no document uses this file as a source", path) for path in unused]


def _problem(code: str, message: str, path: str) -> Outcome:
    from mdtables.model.diagnostics import Diagnostic, Location
    from mdtables.pipelines.outcome import Outcome

    return Outcome(path, "", "", [Diagnostic(code, message, Location(path))])
