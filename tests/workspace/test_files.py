"""File access: writes are atomic and touch nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mdtables.workspace import files


def test_write_replaces_a_file_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["a.md"]


def test_write_keeps_a_symbolic_link(tmp_path: Path) -> None:
    target = tmp_path / "real" / "a.md"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link = tmp_path / "link.md"
    link.symlink_to(target)
    files.write(str(link), b"new", expected=b"old")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_write_refuses_a_file_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"edited")
    with pytest.raises(files.ChangedMeanwhileError):
        files.write(str(path), b"new", expected=b"old")
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
        files.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.md"]


def test_write_refuses_a_read_only_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere, so the result is faked
    with pytest.raises(PermissionError):
        files.write(str(path), b"new", expected=b"old")
    assert path.read_bytes() == b"old"


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
