"""Reading, creating and removing files. Knows bytes, not what they mean."""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Sequence

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # do not wait for the writer of a pipe
_NOT_KEPT_OPEN = (errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE)  # a folder may be entered, but not listed
_MOST_OPEN = 32  # folders, of the 256 files that macOS allows to be open
_LARGE_CHUNK = 1 << 22
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


class CheckedFiles:
    """Reads files at real paths that were resolved and checked before.

    Guards against a symbolic link that was swapped in between that check and the reading (TOCTOU): the folder of a file
    is opened, checked again, and kept open, and files are opened in there without following links.
    """

    def __init__(self) -> None:
        self._folders: dict[str, _OpenFolder] = {}

    def read(self, real: str, most: int | None = None) -> bytes:
        """Return the bytes, or so many of the first, of the regular file at a real path. Raise OSError."""
        if os.open not in os.supports_dir_fd:  # Windows
            return _read_checked(real, most)
        try:
            return self._read(real, most)
        except OSError as error:
            if error.errno not in _NOT_KEPT_OPEN:
                raise
            self._folders.clear()
            return _read_checked(real, most)

    def _read(self, real: str, most: int | None) -> bytes:
        folder, name = os.path.split(real)
        if folder in self._folders:
            with suppress(FileNotFoundError):  # the folder may be another one by now, as after a checkout
                return self._folders[folder].read(name, real, most)
        while len(self._folders) >= _MOST_OPEN:
            del self._folders[next(iter(self._folders))]
        self._folders[folder] = _OpenFolder(folder)
        return self._folders[folder].read(name, real, most)


class _OpenFolder:
    """A folder that is kept open, at a path without symbolic links."""

    def __init__(self, path: str) -> None:
        self.descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        _check_same(self.descriptor, path)

    def __del__(self) -> None:
        if hasattr(self, "descriptor"):
            os.close(self.descriptor)

    def read(self, name: str, path: str, most: int | None) -> bytes:
        descriptor = os.open(name, _READ | getattr(os, "O_NOFOLLOW", 0), dir_fd=self.descriptor)
        try:
            return content_of(descriptor, path, most)
        finally:
            os.close(descriptor)


def _read_checked(real: str, most: int | None) -> bytes:
    descriptor = os.open(real, _READ | getattr(os, "O_NOFOLLOW", 0))
    try:
        _check_same(descriptor, real)
        return content_of(descriptor, real, most)
    finally:
        os.close(descriptor)


def _check_same(descriptor: int, real: str) -> None:
    """Raise OSError if what is open is not what is at a path without symbolic links."""
    if os.path.realpath(real) != real or not os.path.samestat(os.fstat(descriptor), os.lstat(real)):
        raise OSError(errno.ELOOP, "it was replaced by a symbolic link", real)


def content_of(descriptor: int, path: str, most: int | None = None) -> bytes:
    """Return the bytes of an open file, or so many of the first.

    Raise OSError unless it is a regular file or the null device.
    """
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) and os.path.normcase(path) != os.path.normcase(os.devnull):
        raise OSError(errno.EINVAL, "not a regular file", path)
    chunk = os.read(descriptor, _CHUNK)
    if len(chunk) < _CHUNK:  # one read: most documents are small, and there may be thousands
        return chunk[:most]
    chunks = [chunk]
    left = sys.maxsize if most is None else most - len(chunk)
    large = min(max(status.st_size, _CHUNK), _LARGE_CHUNK)
    while left > 0 and (chunk := os.read(descriptor, min(large, left))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)[:most]


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
