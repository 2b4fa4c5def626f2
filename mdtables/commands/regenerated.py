"""Documents with markers -> their outcomes, written in batches, by one process or by several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from mdtables.commands.session import Session
from mdtables.pipelines.outcome import Outcome
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
    waiting: list[tuple[Outcome | None, bytes]] = []
    for (path, _, data), (outcome, sources) in zip(marked, _results(marked, open_session, jobs, cached), strict=True):
        if cache and sources is not None:
            cache.remember(path, data, sources)
        waiting.append((outcome, data))
        if len(waiting) == _BATCH:
            yield from _written(waiting, session)
            waiting.clear()
    yield from _written(waiting, session)


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
    most = cost // (_COST_OF_FORK if CAN_FORK else _COST_OF_START) if jobs == 0 else len(marked)
    return max(min(jobs or cores(), most), 1)


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


def _written(waiting: Sequence[tuple[Outcome | None, bytes]], session: Session) -> Iterator[Outcome | None]:
    stale = [(outcome, data) for outcome, data in waiting if session.write and outcome and outcome.stale]
    written = iter(session.write_outcomes(stale))
    for outcome, _ in waiting:
        yield next(written) if session.write and outcome and outcome.stale else outcome
