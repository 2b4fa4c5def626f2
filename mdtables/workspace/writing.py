"""Replacing the content of a file so that no reader sees half of it. Knows bytes, not what they mean.

Also removes the temporary files of runs that were killed.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from contextlib import suppress
from io import FileIO

from mdtables.workspace.files import content_of, read

# The process, so that a person can look for it, and a number that never comes twice: a process that sweeps may hold the
# file of this name that another one has just renamed.
_OWN_NAME = re.compile(r"\.mdtables-\d+-[0-9a-f]{16}")
_ABANDONED = 3600  # seconds after which a temporary file is no longer in use, where files cannot be locked


class ChangedMeanwhileError(OSError):
    """The file was changed by another process after it was read."""


def write(path: str, data: bytes, expected: bytes) -> None:
    """Replace a file's content in one step. A link stays a link, and its target keeps its owner, mode and attributes.

    Where that is not possible in one step, the file is overwritten: it has several hard links, its folder cannot be
    written, or its owner cannot be given to another file. Raise OSError, and ChangedMeanwhileError if the file contains
    neither `expected` nor already `data`. Then the file is unchanged, and no temporary file is left.
    """
    target = os.path.realpath(path)
    status = os.stat(target)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", path)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    if status.st_nlink > 1 or not _replaced(target, status, data, expected):
        _overwrite(target, data, expected)


def _replaced(target: str, status: os.stat_result, data: bytes, expected: bytes) -> bool:
    """Replace a file by a new one; return False if the new one cannot be what the file was. Raise OSError."""
    folder = os.path.dirname(target)
    try:
        temporary, descriptor = _temporary(folder)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return False
        raise
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            is_like = _make_like(temporary, target, status)
            if is_like:
                _check_expected(read(target), data, expected, target)
            if is_like and os.name == "posix":
                os.replace(temporary, target)  # while it is locked: another process may sweep it otherwise
        if is_like and os.name != "posix":
            os.replace(temporary, target)  # here an open file can be neither renamed nor swept
    except BaseException as error:
        with suppress(FileNotFoundError):  # an interrupt may come right after it was renamed
            os.unlink(temporary)
        if isinstance(error, OSError) and _is_in_use(error):
            return False
        raise
    if is_like:
        _flush_folder(folder)
    else:
        os.unlink(temporary)
    return is_like


def _is_in_use(error: OSError) -> bool:
    """Return True if a file cannot be replaced because it is mounted into a container, or open on Windows."""
    return error.errno == errno.EBUSY or (os.name == "nt" and isinstance(error, PermissionError))


def _make_like(path: str, other: str, status: os.stat_result) -> bool:
    """Give a file the owner, the mode and the extended attributes of another one; return False if that is forbidden.

    The attributes include access control lists on Linux. Labels of the system's own security are left to the system.
    """
    own = os.stat(path)
    try:
        if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
            os.chown(path, status.st_uid, status.st_gid)
        for name in os.listxattr(other) if hasattr(os, "listxattr") else ():
            if not name.startswith("security."):
                os.setxattr(path, name, os.getxattr(other, name))
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EACCES, errno.ENOTSUP):
            raise
        if error.errno != errno.ENOTSUP:
            return False
    os.chmod(path, status.st_mode & 0o7777)
    return True


def _overwrite(target: str, data: bytes, expected: bytes) -> None:
    """Write new content into a file, and the old one if that fails. Raise OSError."""
    descriptor = os.open(target, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    with open(descriptor, "r+b", buffering=0) as file:
        _lock(descriptor, wait=True)  # another process may overwrite it too
        before = content_of(descriptor, target)
        _check_expected(before, data, expected, target)
        try:
            _fill(file, data)
        except BaseException:
            _fill(file, before)
            raise


def _fill(file: FileIO, data: bytes) -> None:
    file.seek(0)
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate(len(data))
    os.fsync(file.fileno())


def _check_expected(found: bytes, data: bytes, expected: bytes, path: str) -> None:
    if found not in (expected, data):
        raise ChangedMeanwhileError(f"{path} was changed by another process")


def sweep(folder: str) -> None:
    """Remove the temporary files that killed runs left in a folder, and no other file."""
    try:
        names = [name for name in os.listdir(folder) if _OWN_NAME.fullmatch(name)]
    except OSError:
        return
    for name in names:
        left = os.path.join(folder, name)
        with suppress(OSError):  # deleted already, or owned by another user
            status = os.lstat(left)
            if stat.S_ISREG(status.st_mode) and _is_abandoned(left, status):
                os.unlink(left)


def _is_abandoned(path: str, status: os.stat_result) -> bool:
    """Return True if no process writes this temporary file any more. Raise OSError."""
    is_old = status.st_mtime < time.time() - _ABANDONED
    if os.name == "nt":  # a file that is open there cannot be renamed by its owner
        return is_old
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        is_locked = _lock(descriptor, wait=False)
        if is_locked is None:
            return is_old
        return is_locked and os.path.samestat(os.fstat(descriptor), status)
    finally:
        os.close(descriptor)


def _temporary(folder: str) -> tuple[str, int]:
    """Create a file in a folder, locked. Raise OSError.

    Its name does not contain the document's, which may have the greatest length.
    """
    while True:
        path = os.path.join(folder, f".mdtables-{os.getpid()}-{os.urandom(8).hex()}")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
        _lock(descriptor, wait=True)
        if os.path.exists(path):  # another process may have swept it before it was locked
            return path, descriptor
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool) -> bool | None:
    """Lock a file for as long as it is open; return False if it is locked already, None where there are no locks."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return None
    try:
        flock(descriptor, LOCK_EX | (0 if wait else LOCK_NB))
    except OSError as error:
        return False if error.errno in (errno.EWOULDBLOCK, errno.EACCES) else None
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
