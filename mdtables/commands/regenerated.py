"""Documents with markers -> their outcomes, written in batches, by one process or by several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from mdtables.commands.session import Session
from mdtables.pipelines.outcome import Outcome
from mdtables.workspace import files
from mdtables.workspace.cache import ResultCache

Marked = tuple[str, str | None, bytes]
"""A document with markers: its path, the folder it was found in, if it was not named, and its bytes."""

_Sources = list[tuple[str, str, str]]  # what was read for a clean document: see `Loader.reads`
_Regenerated = tuple[Outcome | None, _Sources | None]

_AT_ONCE = 25  # documents that a process gets, so that none waits long for the last
_BATCH = 100  # stale documents that are written together
_COST_PER_DOCUMENT = 20_000  # in bytes of document, which take as long
_COST_OF_FORK, _COST_OF_START = 1_500_000, 10_000_000  # for less, another process takes longer than it saves


def regenerated(
    marked: Sequence[Marked], open_session: Callable[[], Session], cache: ResultCache | None, jobs: int
) -> Iterator[Outcome | None]:
    """Yield the outcome for each document, in order, written if the session writes; None for one that is left out.

    Clean documents are noted in the cache. Of several processes, outcomes have no cells: see `Outcome.without_cells`.
    """
    session, cached = open_session(), cache is not None
    waiting: list[tuple[Outcome | None, Marked]] = []
    seen: set[object] = set()
    for document, (outcome, sources) in zip(marked, _results(marked, open_session, jobs, cached), strict=True):
        if cache and sources is not None:
            cache.remember(document[0], document[2], sources)
        waiting.append((outcome, document))
        if len(waiting) == _BATCH:
            yield from _written(waiting, session, seen)
            waiting.clear()
    yield from _written(waiting, session, seen)


def _results(
    marked: Sequence[Marked], open_session: Callable[[], Session], jobs: int, cached: bool
) -> Iterator[_Regenerated]:
    count = _processes(marked, jobs)
    if count == 1:
        yield from map(partial(_regenerate, open_session(), cached), marked)
        return
    from mdtables.workspace.processes import in_processes  # for many documents

    chunks = [marked[at : at + _AT_ONCE] for at in range(0, len(marked), _AT_ONCE)]
    for results in in_processes(partial(_begin, open_session, cached), chunks, count):
        yield from results


def _processes(marked: Sequence[Marked], jobs: int) -> int:
    """Return how many processes to use, so that each has enough to do."""
    if jobs == 1 or len(marked) <= _AT_ONCE:
        return 1
    from mdtables.workspace.processes import CAN_FORK, cores

    cost = sum(len(data) for _, _, data in marked) + _COST_PER_DOCUMENT * len(marked)
    worth = cost // (_COST_OF_FORK if CAN_FORK else _COST_OF_START) if jobs == 0 else jobs
    return max(min(jobs or cores(), worth, -(-len(marked) // _AT_ONCE)), 1)


def _begin(open_session: Callable[[], Session], cached: bool) -> Callable[[Marked], _Regenerated]:
    return partial(_regenerate_short, open_session(), cached)


def _regenerate_short(session: Session, cached: bool, document: Marked) -> _Regenerated:
    outcome, sources = _regenerate(session, cached, document)
    return outcome and outcome.without_cells(), sources


def _regenerate(session: Session, cached: bool, document: Marked) -> _Regenerated:
    path, found_in, data = document
    outcome = session.regenerate(path, data, found_in=found_in)
    is_noted = cached and outcome and outcome.regions and not (outcome.stale or outcome.diagnostics)
    return outcome, session.sources_read_by(outcome) if outcome and is_noted else None


def _written(
    waiting: Sequence[tuple[Outcome | None, Marked]], session: Session, seen: set[object]
) -> list[Outcome | None]:
    """Write the stale documents if the session writes, and return all outcomes. `seen` are files written before.

    One that is reached by a second path is looked at again after it was written by the first.
    """
    outcomes = [outcome for outcome, _ in waiting]
    if not session.write:
        return outcomes
    stale = [index for index, outcome in enumerate(outcomes) if outcome and outcome.stale]
    again = [index for index in stale if _is_seen(waiting[index][1][0], session, seen)]
    first = [index for index in stale if index not in again]
    pairs = [(outcome, document[2]) for outcome, document in (waiting[index] for index in first) if outcome]
    for index, written in zip(first, session.write_outcomes(pairs), strict=True):
        outcomes[index] = written
    for index in again:
        path, found_in, data = waiting[index][1]
        with suppress(OSError):  # then writing it reports that it changed
            data = files.read(path)
        outcomes[index] = session.fix(path, data, found_in=found_in)
    return outcomes


def _is_seen(path: str, session: Session, seen: set[object]) -> bool:
    """Return True if a file was seen by another path, through a symbolic or a hard link; note it."""
    own: set[object] = {session.projects.paths.of(path)}
    with suppress(OSError):
        status = os.stat(path)
        own |= {(status.st_dev, status.st_ino)} if status.st_nlink > 1 else set()
    is_seen = not own.isdisjoint(seen)
    seen |= own
    return is_seen
