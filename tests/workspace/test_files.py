"""File access: writes are atomic and touch nothing else."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mdtables.cli import main
from mdtables.workspace import files, writing


def test_write_replaces_a_file_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    writing.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.md"]


def test_write_keeps_a_symbolic_link(tmp_path: Path) -> None:
    target = tmp_path / "real" / "a.md"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link = tmp_path / "link.md"
    link.symlink_to(target)
    writing.write(str(link), b"new", expected=b"old")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_write_refuses_a_file_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"edited")
    with pytest.raises(writing.ChangedMeanwhileError):
        writing.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"edited"
    assert os.listdir(tmp_path) == ["a.md"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_failed_write_keeps_the_old_file_only(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space left"):
        writing.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.md"]


def test_write_refuses_a_read_only_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere, so the result is faked
    with pytest.raises(PermissionError):
        writing.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"old"


as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may give files away")


@as_root
def test_write_keeps_owner_and_group(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    path.chmod(0o640)
    writing.write(str(path), b"new", expected=b"old")
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (1234, 2345, 0o640)
    assert path.read_bytes() == b"new"


def forbid(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@as_root
def test_a_file_whose_owner_cannot_be_kept_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"older")
    os.chown(path, 1234, 2345)
    monkeypatch.setattr(os, "chown", forbid)
    before = path.stat()
    writing.write(str(path), b"new", expected=b"older")
    assert path.read_bytes() == b"new"
    assert (path.stat().st_ino, path.stat().st_uid) == (before.st_ino, 1234)
    assert os.listdir(tmp_path) == ["a.md"]


@pytest.mark.parametrize("new", [b"new", b"", b"much longer than the old one"])
def test_hard_links_stay_one_file(new: bytes, tmp_path: Path) -> None:
    path, other = tmp_path / "a.md", tmp_path / "b.md"
    path.write_bytes(b"the old text")
    other.hardlink_to(path)
    writing.write(str(path), new, expected=b"the old text")
    assert other.read_bytes() == new
    assert other.samefile(path)


def test_a_hard_link_that_was_changed_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"edited")
    (tmp_path / "b.md").hardlink_to(path)
    with pytest.raises(writing.ChangedMeanwhileError):
        writing.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"edited"


def test_a_hard_link_keeps_the_old_text_if_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    (tmp_path / "b.md").hardlink_to(path)
    flush, flushed = os.fsync, []

    def full_at_first(descriptor: int) -> None:
        flushed.append(descriptor)
        if len(flushed) == 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", full_at_first)
    with pytest.raises(OSError, match="No space left"):
        writing.write(str(path), b"a new, longer text", expected=b"old")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("call", ["open", "replace"])
def test_a_file_that_cannot_be_replaced_is_overwritten(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is read-only, or it is mounted into a container by itself."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    real = getattr(os, call)

    def fail(first: str, *rest: object, **more: object) -> object:
        if ".mdtables-" not in os.fspath(first):
            return real(first, *rest, **more)
        raise OSError(errno.EBUSY if call == "replace" else errno.EACCES, "no")

    monkeypatch.setattr(os, call, fail)
    writing.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.md"]


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="extended attributes are read on Linux only")
def test_write_keeps_extended_attributes(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.origin", b"https://example.org")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    writing.write(str(path), b"new", expected=b"old")
    assert os.getxattr(path, "user.origin") == b"https://example.org"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders")
def test_write_replaces_regular_files_only(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(OSError, match="not a regular file"):
            writing.write(str(tmp_path / name), b"new", expected=b"")
    assert sorted(os.listdir(tmp_path)) == ["folder", "pipe"]
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@as_root
def test_the_merge_driver_replaces_no_device(tmp_path: Path) -> None:
    device = tmp_path / "null"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("no device can be made here")
    for name in ("base", "theirs"):
        (tmp_path / name).write_text("text")
    assert main(["merge-driver", str(tmp_path / "base"), str(device), str(tmp_path / "theirs"), "a.md"]) == 2
    assert stat.S_ISCHR(device.stat().st_mode)


def test_large_file_is_read_completely(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"x" * 3_000_000)
    assert len(files.read(str(path))) == 3_000_000


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(OSError, match="not a regular file"):
        files.read(str(tmp_path / "a.md"))
    assert files.read(os.devnull) == b""


def test_failed_create_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.create(str(tmp_path / "data/d.csv"), b"a\n1\n")
    assert os.listdir(tmp_path) == []


def test_create_refuses_an_existing_file(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        files.create(str(tmp_path / "d.csv"), b"new")
    assert (tmp_path / "d.csv").read_bytes() == b"mine"


def test_two_processes_that_overwrite_one_file_leave_one_of_both_texts(tmp_path: Path) -> None:
    """They wait for each other, so that neither finds the file as it expected while the other writes."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    (tmp_path / "b.md").hardlink_to(path)
    descriptor = os.open(path, os.O_RDWR)
    assert writing._lock(descriptor, wait=True)
    code = "import sys; from mdtables.workspace import writing; writing.write(sys.argv[1], b'new', expected=b'old')"
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.PIPE)
    time.sleep(0.5)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, b"another text", 0)
    os.close(descriptor)
    assert b"ChangedMeanwhileError" in process.communicate()[1]
    assert path.read_bytes() == b"another text"


@pytest.mark.parametrize("most", [0, 1, 70_000, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 200_000, 10**9])
@pytest.mark.parametrize("size", [0, 10, 1 << 16, 199_999])
def test_the_beginning_of_a_file_is_read(most: int, size: int, tmp_path: Path) -> None:
    path = Path(os.path.realpath(tmp_path)) / "d.csv"
    path.write_bytes(bytes(range(256)) * (size // 256) + b"x" * (size % 256))
    assert files.CheckedFiles().read(str(path), most) == path.read_bytes()[:most]
    assert files.CheckedFiles().read(str(path)) == path.read_bytes()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EMFILE])
def test_a_file_in_a_folder_that_cannot_be_opened_is_read(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be entered but not listed, or too many files are open."""
    path = Path(os.path.realpath(tmp_path)) / "d.csv"
    path.write_bytes(b"a\n1\n")
    real = os.open

    def refuse(name: str, *rest: int, **named: int) -> int:
        if name == str(path.parent):
            raise OSError(number, os.strerror(number))
        return real(name, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert files.CheckedFiles().read(str(path)) == b"a\n1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no resource limits")
def test_many_files_are_written_where_few_can_be_open(tmp_path: Path) -> None:
    for number in range(120):
        (tmp_path / f"{number}.md").write_bytes(b"old")
    code = """
import resource, sys
from mdtables.workspace.writing import Write, write_all
resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
print(set(write_all([Write(f"{number}.md", b"new", b"old") for number in range(120)])))
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True)
    assert ran.stdout == "{None}\n"
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"new"}


def test_no_thread_works_after_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    main, done, begun = threading.current_thread(), [], []

    def work(item: int) -> None:
        begun.append(item)
        if threading.current_thread() is main:
            raise KeyboardInterrupt
        time.sleep(0.02)
        done.append(item)

    with pytest.raises(KeyboardInterrupt):
        writing._in_threads(work, range(1000))
    count = len(done)
    time.sleep(0.05)
    assert len(done) == count < 1000
    assert len(begun) == count + 1
