"""Reading, creating and removing files. Knows bytes, not what they mean."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Sequence

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # do not wait for the writer of a pipe
_CHUNK = 1 << 16  # a larger buffer is mapped and unmapped for each file, which takes four times as long


def read(path: str) -> bytes:
    """Return the bytes of a regular file, or of the null device.

    Raise OSError, for a pipe or another device at once.
    """
    descriptor = os.open(path, _READ)
    try:
        return content_of(descriptor, path)
    finally:
        os.close(descriptor)


def read_at(real: str) -> bytes:
    """Return the bytes of the regular file at a path that was resolved and checked before. Raise OSError.

    Guards against a symbolic link that was swapped in between that check and this reading (TOCTOU).
    """
    descriptor = os.open(real, _READ | getattr(os, "O_NOFOLLOW", 0))
    try:
        if os.path.realpath(real) != real or not os.path.samestat(os.fstat(descriptor), os.lstat(real)):
            raise OSError(errno.ELOOP, "it was replaced by a symbolic link", real)
        return content_of(descriptor, real)
    finally:
        os.close(descriptor)


def content_of(descriptor: int, path: str) -> bytes:
    """Return the bytes of an open file. Raise OSError unless it is a regular file or the null device."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode) and os.path.normcase(path) != os.path.normcase(os.devnull):
        raise OSError(errno.EINVAL, "not a regular file", path)
    chunk = os.read(descriptor, _CHUNK)
    if len(chunk) < _CHUNK:  # one read: most documents are small, and there may be thousands
        return chunk
    chunks = [chunk]
    while chunk := os.read(descriptor, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def create(path: str, data: bytes) -> list[str]:
    """Create a file, and the folders that it needs; return these. Nothing is left if it cannot be written whole.

    Raise OSError, and FileExistsError if there already is one.
    """
    folder, made = os.path.dirname(path), []
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        made.append(folder)
        folder = os.path.dirname(folder)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        _create(path, data)
    except BaseException:
        _remove_empty(made)
        raise
    return made


def _create(path: str, data: bytes) -> None:
    file = open(path, "xb")  # noqa: SIM115  # it must be closed before it is deleted, on Windows
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(path)
        raise


def remove(path: str, folders: Sequence[str] = ()) -> None:
    """Delete a file, and folders that were made for it if they are empty. Raise OSError."""
    os.unlink(path)
    _remove_empty(folders)


def _remove_empty(folders: Sequence[str]) -> None:
    for folder in folders:
        try:
            os.rmdir(folder)
        except OSError:  # another file was put there
            return
