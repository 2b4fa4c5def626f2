"""Killed runs, concurrent runs and full disks: every document is either the old one or the new one."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.workspace import writing
from tests.conftest import sourced

KILLS = int(os.environ.get("MDTABLES_KILLS", "10"))
CONCURRENT_RUNS = int(os.environ.get("MDTABLES_CONCURRENT_RUNS", "5"))
FIX = [sys.executable, "-m", "mdtables", "fix", "-q", "."]
DOCUMENTS = 200


def project(folder: Path, value: str) -> dict[str, bytes]:
    """Write 200 stale documents that show one CSV file, and return their bytes."""
    folder.mkdir(exist_ok=True)
    (folder / "d.csv").write_text(f"a,b\n{value},{value}\n")
    texts = {f"{n}.md": (f"# {n}\n\n" + sourced("source=d.csv")).encode() for n in range(DOCUMENTS)}
    for name, text in texts.items():
        (folder / name).write_bytes(text)
    return texts


def temporary_files(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".mdtables-")]


def documents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.md")}


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    project(folder, "x")
    subprocess.run(FIX, cwd=folder, check=True)
    return documents(folder)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_run_leaves_whole_documents(tmp_path: Path, fixed: dict[str, bytes]) -> None:
    folder = tmp_path / "p"
    stale = project(folder, "x")
    some_new = some_old = 0
    for number in range(KILLS):
        project(folder, "x")
        run = subprocess.Popen(FIX, cwd=folder)
        deadline = time.monotonic() + 10
        while documents(folder) == stale and run.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)  # wait for the first write, so that the run is killed while it writes
        time.sleep(random.Random(number).random() * 0.05)
        run.send_signal(signal.SIGKILL)
        run.wait()
        for name, text in documents(folder).items():
            assert text in (stale[name], fixed[name]), name
            some_new += text == fixed[name]
            some_old += text == stale[name]
        subprocess.run(FIX, cwd=folder, check=True)
        assert documents(folder) == fixed
        assert temporary_files(folder) == []
    assert some_new
    assert some_old


STEPS = ["open", "write", "fsync", "replace", "chmod", "unlink", "close", "ftruncate", "stat"]


def killed_at(step: int, writes: list[writing.Write]) -> bool:
    """Write a batch in another process that ends at one of its steps; return False if there are not so many."""
    process = os.fork()
    if process:
        return os.waitpid(process, 0)[1] != 0
    counted = itertools.count(1)

    def stopping(call: Callable[..., object]) -> Callable[..., object]:
        def stop(*words: object, **named: object) -> object:
            if next(counted) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*words, **named)

        return stop

    try:
        for name in STEPS:
            setattr(os, name, stopping(getattr(os, name)))
        writing.write_all(writes)
    finally:
        os._exit(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither forks nor SIGKILL")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_batch_that_is_killed_at_any_step_leaves_whole_documents(tmp_path: Path) -> None:
    kills = 0
    for number in itertools.count():
        chance = random.Random(number)
        folders = [tmp_path / str(number) / name for name in "ab"]
        names = [str(chance.choice(folders) / f"{each}.md") for each in range(chance.randint(1, 9))]
        writes = [writing.Write(name, b"new " * chance.choice([1, 5000]), b"old " * 3) for name in names]
        for step in itertools.count(1):
            for folder in folders:
                folder.mkdir(parents=True, exist_ok=True)
            for name in names:
                Path(name).write_bytes(b"old " * 3)
            was_killed = killed_at(step, writes)
            for name, new, old in writes:
                assert Path(name).read_bytes() in (old, new), (number, step, name)
            for folder in folders:
                writing.sweep(str(folder))
                assert temporary_files(folder) == []
            assert writing.write_all(writes) == [None] * len(writes)
            assert all(Path(name).read_bytes() == new for name, new, _ in writes)
            if not was_killed:
                break
            kills += 1
        if kills >= KILLS * 10:
            break
    assert number > 0 or step > 10


@pytest.mark.slow
def test_concurrent_runs_give_the_same_result_as_one(tmp_path: Path, fixed: dict[str, bytes]) -> None:
    folder = tmp_path / "p"
    for _ in range(CONCURRENT_RUNS):
        project(folder, "x")
        processes = [subprocess.Popen(FIX, cwd=folder, stdout=subprocess.PIPE) for _ in range(2)]
        output = [process.communicate()[0].decode() for process in processes]
        assert [process.returncode for process in processes] == [0, 0], output
        assert documents(folder) == fixed
        assert temporary_files(folder) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource limits")
def test_full_disk_is_reported_and_documents_are_kept(tmp_path: Path) -> None:
    stale = project(tmp_path, "x")
    (tmp_path / "d.csv").write_text("a,b\n" + "long,longer\n" * 3000)

    import resource

    def no_space() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    run = subprocess.run(FIX, check=False, cwd=tmp_path, capture_output=True, text=True, preexec_fn=no_space)
    assert run.returncode == 2
    assert run.stdout.count("error[unwritable]") == DOCUMENTS
    assert "Traceback" not in run.stderr
    assert documents(tmp_path) == stale
    assert temporary_files(tmp_path) == []


def test_sweep_keeps_temporary_files_in_use(tmp_path: Path) -> None:
    held, descriptor = writing._temporary(str(tmp_path))
    (tmp_path / ".mdtables-1-0123456789abcdef").write_bytes(b"left by a killed run")
    writing.sweep(str(tmp_path))
    assert temporary_files(tmp_path) == [os.path.basename(held)]
    os.close(descriptor)
    writing.sweep(str(tmp_path))
    assert temporary_files(tmp_path) == []


def test_sweep_removes_no_foreign_file(tmp_path: Path) -> None:
    own = ".mdtables-1-0123456789abcdef"
    for name in (".mdtables-notes.md", ".mdtables-1-0", f"{own}.bak", "x" + own):
        (tmp_path / name).write_bytes(b"mine")
    (tmp_path / "target").write_bytes(b"mine")
    (tmp_path / ".mdtables-2-0123456789abcdef").symlink_to("target")
    (tmp_path / ".mdtables-3-0123456789abcdef").mkdir()
    before = sorted(os.listdir(tmp_path))
    (tmp_path / own).write_bytes(b"left by a killed run")
    writing.sweep(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == before


def test_without_locks_sweep_keeps_recent_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)  # as on Windows
    recent, old = (tmp_path / f".mdtables-{n}-0123456789abcdef" for n in (1, 2))
    recent.write_bytes(b"in use")
    old.write_bytes(b"left by a killed run")
    os.utime(old, (0, 0))
    writing.sweep(str(tmp_path))
    assert temporary_files(tmp_path) == [recent.name]


def test_no_temporary_file_has_the_name_of_an_earlier_one(tmp_path: Path) -> None:
    """A process that sweeps holds the file that another has just renamed, and would delete the next of that name."""
    names = set()
    for _ in range(100):
        path, descriptor = writing._temporary(str(tmp_path))
        os.close(descriptor)
        os.unlink(path)
        names.add(path)
    assert len(names) == 100
