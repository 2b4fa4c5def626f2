"""Killed runs, concurrent runs and full disks: every document is either the old one or the new one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mdtables.workspace import files
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
        time.sleep(random.Random(number).random() * 0.3)
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
    held, descriptor = files._temporary(str(tmp_path))
    (tmp_path / ".mdtables-1-0").write_bytes(b"left by a killed run")
    files.sweep(str(tmp_path))
    assert temporary_files(tmp_path) == [os.path.basename(held)]
    os.close(descriptor)
    files.sweep(str(tmp_path))
    assert temporary_files(tmp_path) == []
