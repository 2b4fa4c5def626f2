"""Reading a file, and replacing one so that nobody ever sees half of it. Knows bytes, not what they mean."""

from __future__ import annotations

import errno
import os
import stat

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # no waiting for a pipe's writer
_CHUNK = 1 << 16  # more than that is mapped and unmapped for each file, which takes four times as long
_TEMPORARY = ".mdtables-"


class ChangedMeanwhileError(OSError):
    """The file is no longer the one that was read."""


def read(path: str) -> bytes:
    """The bytes of a regular file, or of the null device. Raises OSError, for a pipe or a device at once."""
    descriptor = os.open(path, _READ)
    try:
        return _content(descriptor, path)
    finally:
        os.close(descriptor)


def read_at(real: str) -> bytes:
    """The bytes of the regular file at a real path, and of no other: not of one that a link leads to meanwhile.

    Whoever checked the path was told of no link in it; between the check and the reading, somebody may put one there.
    Raises OSError.
    """
    descriptor = os.open(real, _READ | getattr(os, "O_NOFOLLOW", 0))
    try:
        if os.path.realpath(real) != real or not os.path.samestat(os.fstat(descriptor), os.lstat(real)):
            raise OSError(errno.ELOOP, "a symbolic link was put in its place", real)
        return _content(descriptor, real)
    finally:
        os.close(descriptor)


def _content(descriptor: int, path: str) -> bytes:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode) and path != os.devnull:
        raise OSError(errno.EINVAL, "it is no regular file", path)
    chunk = os.read(descriptor, _CHUNK)
    if len(chunk) < _CHUNK:  # one read: most documents are small, and there may be thousands
        return chunk
    chunks = [chunk]
    while chunk := os.read(descriptor, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def write(path: str, data: bytes, expected: bytes) -> None:
    """Replace a file's content in one step; a symbolic link stays, and its target keeps its mode.

    Raises OSError, and ChangedMeanwhileError where the file holds neither `expected` any more nor `data` already; then
    the file is as it was, and no temporary file is left.
    """
    target = os.path.realpath(path)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    mode = os.stat(target).st_mode & 0o7777
    folder = os.path.dirname(target)
    temporary, descriptor = _temporary(folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            os.chmod(temporary, mode)
            found = read(target)
            if found not in (expected, data):
                raise ChangedMeanwhileError(f"{path} was changed while mdtables was at work")
            if os.name == "posix":
                os.replace(temporary, target)  # before the lock is gone, or a neighbour might sweep it away
        if os.name != "posix":
            os.replace(temporary, target)  # an open file cannot be renamed here, nor swept
    except BaseException:
        os.unlink(temporary)
        raise
    _flush_folder(folder)


def create(path: str, data: bytes) -> None:
    """A new file, its folder with it; none is left where it cannot be written whole.

    Raises OSError, and FileExistsError where there is one already.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    file = open(path, "xb")  # noqa: SIM115  # closed before it is taken away again, which Windows wants
    try:
        with file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(path)
        raise


def sweep(folder: str) -> None:
    """Remove the temporary files that killed runs left in a folder: those that nobody holds a lock on."""
    try:
        names = [name for name in os.listdir(folder) if name.startswith(_TEMPORARY)]
    except OSError:
        return
    for name in names:
        left = os.path.join(folder, name)
        try:
            descriptor = os.open(left, os.O_RDWR)
        except OSError:
            continue  # gone already, or somebody else's
        try:
            if _lock(descriptor, wait=False):
                os.unlink(left)
        except OSError:
            pass
        finally:
            os.close(descriptor)


def _temporary(folder: str) -> tuple[str, int]:
    """A new file in a folder, locked: its path, without the document's name, which may be as long as can be."""
    number = 0
    while True:
        path = os.path.join(folder, f"{_TEMPORARY}{os.getpid()}-{number}")
        number += 1
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
        _lock(descriptor, wait=True)
        if os.path.exists(path):  # a neighbour may have swept it before it was locked
            return path, descriptor
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Whether a file could be locked, for as long as it is open. Where there are no such locks, an open file is one."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return True
    try:
        flock(descriptor, LOCK_EX | (0 if wait else LOCK_NB))
    except OSError:  # held by another; or a file system without locks, where nothing is swept
        return False
    return True


def _flush_folder(folder: str) -> None:
    """So that a power cut cannot undo the rename. Where a folder cannot be opened (Windows), the system does it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
