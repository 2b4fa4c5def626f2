"""Work on many items in several processes. Knows neither what the items are nor what the work is.

The work must depend on nothing but its item and write nothing: what a process had when it was killed is done here.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from mdtables.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"  # where a fork may crash in libraries of the system
_SPAWNED = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from {0} import serve; serve()"


def in_processes(
    begin: Callable[[], Callable[[Item], Result]],
    chunks: Sequence[Sequence[Item]],
    count: int,
    *,
    fork: bool = CAN_FORK,
) -> Iterator[list[Result]]:
    """Yield the results of some work on the items of each chunk, in order.

    `begin` returns the work; it is called here, and again in each process that cannot be forked. Then it, items and
    results are pickled. A chunk whose process ended too early, for whatever reason, is done here; so is all of them if
    no process can be started.
    """
    work = begin()
    waiting = iter(list(enumerate(chunks)))
    done: SimpleQueue[tuple[int, list[Result]] | Exception | None] = SimpleQueue()
    workers: list[_Worker] = []
    try:
        with suppress(OSError):  # no more processes or pipes than these
            workers.extend(_forked(work) if fork else _spawned(begin) for _ in range(count))
        running = 0
        with suppress(RuntimeError):  # no more threads
            for worker in workers:
                Thread(target=_drive, args=(worker, waiting, done), daemon=True).start()
                running += 1
        found: dict[int, list[Result]] = {}
        for number, chunk in enumerate(chunks):
            while number not in found and running:
                one = done.get()
                if isinstance(one, Exception):
                    raise one
                if one is None:
                    running -= 1
                else:
                    found[one[0]] = one[1]
            yield found.pop(number) if number in found else list(map(work, chunk))
    finally:
        for worker in workers:
            worker.stop()
            for stream in (worker.requests, worker.results):
                with suppress(OSError):  # of what was not read
                    stream.close()


class _Worker(NamedTuple):
    """A process that reads chunks from `requests` and writes lists of results; `stop` kills it."""

    requests: BinaryIO
    results: BinaryIO
    stop: Callable[[], None]


def _drive(
    worker: _Worker,
    waiting: Iterator[tuple[int, Sequence[Item]]],
    done: SimpleQueue[tuple[int, list[Result]] | Exception | None],
) -> None:
    """Let a worker do chunks until none is left, or until it ends; then put None, or an error that is none of these."""
    try:
        for index, chunk in waiting:
            pickle.dump(chunk, worker.requests, pickle.HIGHEST_PROTOCOL)
            worker.requests.flush()
            done.put((index, pickle.load(worker.results)))  # noqa: S301  # from a process of our own
    except (OSError, EOFError, pickle.UnpicklingError):
        done.put(None)
    except Exception as error:  # a bug, which is reported where it can be
        done.put(error)
    else:
        done.put(None)


def _forked(work: Callable[[Any], Any]) -> _Worker:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until the new process ignores it
    ends: list[int] = []
    try:
        ends += os.pipe()
        ends += os.pipe()
        process = os.fork()
    except OSError:
        for end in ends:
            os.close(end)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise
    requests, to_requests, from_results, results = ends
    if not process:
        try:
            os.close(to_requests)
            os.close(from_results)
            with open(requests, "rb") as chunks, open(results, "wb") as found:
                _serve(chunks, found, work)
        finally:
            os._exit(0)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    os.close(requests)
    os.close(results)

    def stop() -> None:
        with suppress(ChildProcessError):  # where SIGCHLD is ignored, the system forgets processes that ended
            if not os.waitpid(process, os.WNOHANG)[0]:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)

    return _Worker(os.fdopen(to_requests, "wb"), os.fdopen(from_results, "rb"), stop)


def _spawned(begin: Callable[[], Callable[[Any], Any]]) -> _Worker:
    import subprocess  # 6 ms, which a system that forks need not pay

    command = [sys.executable, "-c", _SPAWNED.format(__name__)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # this Python
    assert process.stdin
    assert process.stdout
    with suppress(OSError):  # it has ended already
        pickle.dump(sys.path, process.stdin)
        pickle.dump(begin, process.stdin)
        process.stdin.flush()

    def stop() -> None:
        process.kill()
        process.wait()

    return _Worker(process.stdin, process.stdout, stop)  # type: ignore[arg-type]  # IO[bytes]


def serve() -> None:
    """Do the work of a process that was not forked; what it writes, other than results, goes to standard error."""
    requests, results = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    begin = pickle.load(requests)  # noqa: S301  # from the process that started this one
    _serve(requests, results, begin())


def _serve(requests: BinaryIO, results: BinaryIO, work: Callable[[Any], Any]) -> None:
    """Do chunks until there are no more requests. An interrupt is for the process that asks for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            chunk = pickle.load(requests)  # noqa: S301  # from the process that started this one
        except EOFError:
            return
        pickle.dump(list(map(work, chunk)), results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def cores() -> int:
    """Return how many processes can run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
