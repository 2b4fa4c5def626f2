"""Reading a file, and replacing one so that no reader ever sees half of it. Knows bytes, not what they mean."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Sequence

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # do not wait for the writer of a pipe
_CHUNK = 1 << 16  # a larger buffer is mapped and unmapped for each file, which takes four times as long
_TEMPORARY = ".mdtables-"


class ChangedMeanwhileError(OSError):
    """The file was changed by another process after it was read."""


def read(path: str) -> bytes:
    """Return the bytes of a regular file, or of the null device.

    Raise OSError, for a pipe or another device at once.
    """
    descriptor = os.open(path, _READ)
    try:
        return _content(descriptor, path)
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
        return _content(descriptor, real)
    finally:
        os.close(descriptor)


def _content(descriptor: int, path: str) -> bytes:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode) and path != os.devnull:
        raise OSError(errno.EINVAL, "not a regular file", path)
    chunk = os.read(descriptor, _CHUNK)
    if len(chunk) < _CHUNK:  # one read: most documents are small, and there may be thousands
        return chunk
    chunks = [chunk]
    while chunk := os.read(descriptor, _CHUNK):
        chunks.append(chunk)
    return b"".join(chunks)


def write(path: str, data: bytes, expected: bytes) -> None:
    """Replace a file's content in one step. A symbolic link stays a link, and its target keeps its mode.

    Raise OSError, and ChangedMeanwhileError if the file contains neither `expected` nor already `data`. Then the file
    is unchanged, and no temporary file is left.
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
                raise ChangedMeanwhileError(f"{path} was changed by another process")
            if os.name == "posix":
                os.replace(temporary, target)  # while it is locked: another process may sweep it otherwise
        if os.name != "posix":
            os.replace(temporary, target)  # here an open file can be neither renamed nor swept
    except BaseException:
        os.unlink(temporary)
        raise
    _flush_folder(folder)


def create(path: str, data: bytes) -> list[str]:
    """Create a file, and the folders that it needs; return these. Nothing is left if it cannot be written whole.

    Raise OSError, and FileExistsError if there already is one.
    """
    folder, made = os.path.dirname(path), []
    while not os.path.isdir(folder):
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


def sweep(folder: str) -> None:
    """Remove the temporary files that killed runs left in a folder: those that no process has locked."""
    try:
        names = [name for name in os.listdir(folder) if name.startswith(_TEMPORARY)]
    except OSError:
        return
    for name in names:
        left = os.path.join(folder, name)
        try:
            descriptor = os.open(left, os.O_RDWR)
        except OSError:
            continue  # deleted already, or owned by another user
        try:
            if _lock(descriptor, wait=False):
                os.unlink(left)
        except OSError:
            pass
        finally:
            os.close(descriptor)


def _temporary(folder: str) -> tuple[str, int]:
    """Create a file in a folder, locked.

    Its name does not contain the document's, which may have the greatest length.
    """
    while True:
        path = os.path.join(folder, f"{_TEMPORARY}{os.getpid()}-{os.urandom(8).hex()}")  # a name never comes twice
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
        _lock(descriptor, wait=True)
        if os.path.exists(path):  # another process may have swept it before it was locked
            return path, descriptor
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool:
    """Lock a file for as long as it is open; return False if it is locked already. Without such locks, do nothing."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return True
    try:
        flock(descriptor, LOCK_EX | (0 if wait else LOCK_NB))
    except OSError:  # locked by another process; or a file system without locks, where nothing is swept
        return False
    return True


def _flush_folder(folder: str) -> None:
    """Flush a folder, so that a power cut cannot undo a rename.

    Windows, where folders cannot be opened, does so itself.
    """
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
