"""Several processes give the same results as one, in the same order, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from mdtables.workspace.processes import CAN_FORK, in_processes
from tests.conftest import RAGGED, sourced

WAYS = [pytest.param(True, marks=pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")), False]
MDTABLES = [sys.executable, "-m", "mdtables"]
pytestmark = pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")


def squares(here: int, killed: frozenset[int]) -> Callable[[int], int]:
    """Return work that ends the process at some items, except here."""

    def square(item: int) -> int:
        if item in killed and os.getpid() != here:
            os._exit(9)
        return item * item

    return square


@pytest.mark.parametrize("fork", WAYS)
@pytest.mark.parametrize("killed", [frozenset(), {3}, {3, 11}, {0, 4, 8, 12, 16}, set(range(20))])
def test_results_come_in_order_even_if_processes_die(fork: bool, killed: set[int]) -> None:
    chunks = [range(at, at + 4) for at in range(0, 20, 4)]
    begin = partial(squares, os.getpid(), frozenset(killed))
    found = list(in_processes(begin, chunks, 2, fork=fork))
    assert [item for chunk in found for item in chunk] == [item * item for item in range(20)]


def failing() -> Callable[[int], int]:
    return partial(divmod, 1)


@pytest.mark.parametrize("started", [0, 1])
@pytest.mark.parametrize("call", ["fork", "pipe"])
@pytest.mark.skipif(not CAN_FORK, reason="this system cannot fork")
def test_fewer_processes_are_used_where_no_more_can_be_started(
    call: str, started: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = getattr(os, call), [None] * started * (2 if call == "pipe" else 1)

    def limited() -> object:
        if not left:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        left.pop()
        return real()

    monkeypatch.setattr(os, call, limited)
    found = list(in_processes(partial(squares, 0, frozenset()), [[1], [2], [3]], 3, fork=True))
    assert found == [[1], [4], [9]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGCHLD")
def test_a_parent_that_ignores_ended_children_changes_nothing(many: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    words = [*MDTABLES, "check", "--jobs", "2"]
    done = subprocess.run(words, cwd=many, check=False, capture_output=True, text=True, preexec_fn=ignore)
    assert (done.returncode, done.stdout, done.stderr) == ran(many, "check", "--jobs", "1")


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_document_with_two_paths_is_fixed_once(jobs: str, many: Path) -> None:
    document = many / "first.md"
    document.write_text(sourced("source=/d.csv"))
    (many / "linked.md").symlink_to("first.md")
    (many / "0/hard.md").hardlink_to(document)
    _, out, errors = ran(many, "fix", "--jobs", jobs)
    assert [line for line in out.splitlines() if "first.md" in line or "linked.md" in line or "hard.md" in line] == [
        "fixed 0/hard.md"
    ]
    assert "changed by another program" not in out + errors
    assert document.samefile(many / "0/hard.md")


@pytest.mark.parametrize("fork", WAYS)
def test_an_error_in_another_process_is_raised_here(fork: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_processes(failing, [[1], [0], [2]], 2, fork=fork))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("fork", WAYS)
def test_no_process_is_left(fork: bool) -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text()
    results = in_processes(partial(squares, 0, frozenset()), [[1], [2], [3]], 2, fork=fork)
    assert next(results) == [1]
    results.close()  # type: ignore[attr-defined]
    assert children.read_text() == before


@pytest.fixture
def many(write: Callable[[str, str], Path], tmp_path: Path) -> Path:
    """A project of documents that are stale, clean, broken, drifted, and without markers."""
    write("d.csv", "a,b\nx,1\n")
    for number in range(120):
        write(
            f"{number % 7}/{number}.md", f"# {number}\n\n" + sourced("source=/d.csv sort=-b" if number % 3 else "x=1")
        )
    for number in range(40):
        write(f"bare/{number}.md", RAGGED if number % 2 else "no table\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def ran(folder: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*MDTABLES, *words], cwd=folder, check=False, capture_output=True, text=True, env=os.environ | environment
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "--diff"],
        ["check", "-v", "--no-cache"],
        ["check", "--output-format", "json"],
        ["check", "--output-format", "sarif"],
        ["list", "-v"],
        ["fix"],
    ],
)
def test_a_run_says_the_same_with_several_processes(words: list[str], many: Path) -> None:
    documents = {path: path.read_bytes() for path in many.rglob("*.md")}
    alone = ran(many, *words, "--jobs", "1")
    fixed = {path: path.read_bytes() for path in documents}
    for path, data in documents.items():
        path.write_bytes(data)
    assert ran(many, *words, MDTABLES_JOBS="3") == alone
    assert {path: path.read_bytes() for path in documents} == fixed
    assert ran(many, *words, "--jobs", "2") == ran(many, *words, "--jobs", "1")


def test_processes_share_one_cache(many: Path) -> None:
    assert ran(many, "fix", "-q", "--jobs", "3")[0] == 2  # some are broken
    first = ran(many, "check", "-v", "--jobs", "3")
    assert ran(many, "check", "-v", "--jobs", "1") == first
    assert ran(many, "check", "--jobs", "3")[2] == ran(many, "check", "--jobs", "1", "--no-cache")[2]


@pytest.mark.parametrize("value", ["-1", "two", "1.5", "²"])
def test_wrong_number_of_processes_is_an_error(value: str, many: Path) -> None:
    status, _, errors = ran(many, "check", "--jobs", value)
    assert (status, f'"{value}" is not a number of processes' in errors) == (2, True)
    status, _, errors = ran(many, "check", MDTABLES_JOBS=value)
    assert (status, f'"{value}" is not a number of processes' in errors) == (2, True)


def workers_of(process: int) -> list[str]:
    """Return the children of a process that are forks of it; it also runs git."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [each for each in children if b"mdtables" in Path(f"/proc/{each}/cmdline").read_bytes()]


def has_ended(group: int) -> bool:
    """Return True if no process of a group is left soon: one that was just being forked ends by itself."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="sends signals, and reads /proc")
def test_interrupted_run_leaves_no_process_and_whole_documents(many: Path) -> None:
    for path in many.rglob("*.md"):
        path.write_text(path.read_text() * 300)
    before = {path: path.read_bytes() for path in many.rglob("*.md")}
    run = subprocess.Popen(
        [*MDTABLES, "check", "--jobs", "2"], cwd=many, stderr=subprocess.PIPE, start_new_session=True
    )
    deadline = time.monotonic() + 20
    while len(workers_of(run.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=20)
    assert (run.returncode, errors) == (130, b"")
    assert has_ended(run.pid)
    assert {path: path.read_bytes() for path in before} == before
