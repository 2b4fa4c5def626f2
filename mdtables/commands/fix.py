"""Fixing, or only checking, every document that some paths mean.

Most runs find no marker, so the session and the cache, which only a document with a marker needs, are opened then.
"""

from __future__ import annotations

import os
import re
from functools import cache

from mdtables.document import marker
from mdtables.workspace import files
from mdtables.workspace.discover import Problem

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Callable

    from mdtables.commands.regenerated import Marked
    from mdtables.commands.session import Session
    from mdtables.pipelines.outcome import Outcome
    from mdtables.workspace.cache import ResultCache
    from mdtables.workspace.discover import Targets


_MOST_UNMARKED = 20
_FENCED = rb"(?ms)^[ \t>]*(`{3,}(?!`)|~{3,}(?!~)).*?^[ \t>]*\1"
_DELIMITER_ROW = rb"(?m)^[ \t>]*(?:\|[ \t]*)?:?-+:?[ \t]*\|[ \t:|-]*\r?$"


class Fixed:
    """What came of a run: outcomes of documents with markers, problems with paths, and how many documents were seen.

    `unmarked` are the first documents without markers in which tables seem to be, and how many; None once a document
    with a marker was found.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.outcomes: list[Outcome] = []
        self.problems = problems
        self.seen = 0
        self.unmarked: dict[str, int] | None = {}

    def note_unmarked(self, path: str, data: bytes) -> None:
        """Count what looks like a table in a document without markers."""
        if self.unmarked is not None and len(self.unmarked) < _MOST_UNMARKED and b"|" in data:
            count = len(re.findall(_DELIMITER_ROW, re.sub(_FENCED, b"", data)))
            self.unmarked |= {path: count} if count else {}

    def all_outcomes(self) -> list[Outcome]:
        """Return the outcomes, after those of the paths with problems."""
        from mdtables.model.diagnostics import Diagnostic, Location  # where there is something to report
        from mdtables.pipelines.outcome import failed_outcome

        found = [(each.path, Diagnostic(each.code, each.message, at=Location(each.path))) for each in self.problems]
        return [*(failed_outcome(path, problem) for path, problem in found), *self.outcomes]


def fix(
    targets: Targets,
    open_session: Callable[[], Session],
    *,
    jobs: int = 1,
    eagerly: bool = False,
    progress: Callable[[int, int], None] = lambda _, __: None,
    open_cache: Callable[[], ResultCache | None] = lambda: None,
) -> Fixed:
    """Fix every document of the targets. A document that is clean according to the cache has no outcome.

    The session is opened if there is a marker, or at once if `eagerly`. `jobs` is the number of processes, 0 for one
    per core; then `open_session` has to be picklable. `progress` is called with the number of documents done and of
    all. Raise MdtablesError if the session cannot be opened, or users of data files not be found.
    """
    fixed = Fixed(targets.problems)
    session = cache(open_session)
    results = cache(open_cache)
    if eagerly or targets.data_files:
        _add_users(targets, session(), fixed)
    total = len(targets.documents)
    marked: list[Marked] = []
    for done, (path, found_in) in enumerate(targets.documents.items()):
        progress(done - len(marked), total)
        data = _read(path, fixed, named=found_in is None)
        if data is None:
            continue
        fixed.seen += 1
        if not marker.may_be_in(data):
            fixed.note_unmarked(path, data)
            continue
        fixed.unmarked = None
        known = results()
        if not (known and known.is_clean(path, data)):
            marked.append((path, found_in, data))
    if marked:
        from mdtables.commands.regenerated import regenerated  # where there is a marker

        for number, outcome in enumerate(regenerated(marked, open_session, results(), jobs), 1):
            fixed.outcomes += [outcome] if outcome else []
            progress(total - len(marked) + number, total)
    if fixed.unmarked is None and (known := results()):
        known.save()
    fixed.seen += len(fixed.problems)
    return fixed


def _read(path: str, fixed: Fixed, *, named: bool) -> bytes | None:
    """Return the bytes of a document; None, after reporting it, if it cannot be read."""
    try:
        return files.read(path)
    except OSError as error:
        if named or os.path.isfile(path):  # git also lists deleted files, and links to folders
            fixed.problems.append(Problem("unreadable", path, f"cannot be read: {error.strerror or error}"))
        return None


def _add_users(targets: Targets, session: Session, fixed: Fixed) -> None:
    """Add the documents that use the data files to the targets, and report data files that none uses.

    Of data files that were not named, only users below the working directory count.
    """
    if not targets.data_files:
        return
    users, unused = session.users_of(targets.data_files)
    if not targets.data_named:
        users, unused = [path for path in users if not os.path.isabs(path)], []
    targets.documents.update((path, os.path.dirname(path)) for path in users if path not in targets.documents)
    fixed.problems += [Problem("unused", path, "no document uses this file as a source") for path in unused]
