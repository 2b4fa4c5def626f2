"""Replacing the content of a file so that no reader sees half of it. Knows bytes, not what they mean.

Also removes the temporary files of runs that were killed.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from mdtables.records import NamedTuple
from mdtables.workspace.files import content_of, read

# The process, so that a person can look for it, and a number that never comes twice: a process that sweeps may hold the
# file of this name that another one has just renamed.
_OWN_NAME = r"\.mdtables-\d+-[0-9a-f]{16}"
_AT_ONCE = 100  # files, each of which is open: macOS allows 256
_FEW = 4  # files
_FULL = (errno.EMFILE, errno.ENFILE)  # too many files are open
_THREADS = 7
_ABANDONED = 3600  # seconds after which a temporary file is no longer in use, where files cannot be locked


T = TypeVar("T")


class ChangedMeanwhileError(OSError):
    """The file was changed by another process after it was read."""


class Write(NamedTuple):
    """A new content for a file, which is to contain `expected` until then."""

    path: str
    data: bytes
    expected: bytes


def write(path: str, data: bytes, expected: bytes) -> None:
    """Replace the content of one file. Raise the OSError that `write_all` returns."""
    (error,) = write_all([Write(path, data, expected)])
    if error:
        raise error


def write_all(writes: Sequence[Write]) -> list[OSError | None]:
    """Replace the contents of files, each in one step; return what prevented each, in order.

    A link stays a link, and its target keeps its owner, mode and attributes. Where a file cannot be replaced in one
    step, it is overwritten: it has several hard links, its folder cannot be written, or its owner cannot be given to
    another file. With an error, which is a ChangedMeanwhileError if the file contains neither what is expected nor
    already the new content, a file is unchanged.

    The new files are written to disk together, before the first of them is renamed, which takes a fraction of the time
    of one after the other. A process that is killed leaves temporary files, and an interrupt may leave the one that is
    just being made; `sweep` removes them.
    """
    if len(writes) >= _FEW:
        import threading  # noqa: F401  # while files can be opened; for one document it is not needed

    errors: list[OSError | None] = []
    for at in range(0, len(writes), _AT_ONCE):
        errors += _in_parts(writes[at : at + _AT_ONCE])
    return errors


def _in_parts(writes: Sequence[Write]) -> list[OSError | None]:
    """Write a batch; where not so many files can be open at once, the rest of it in smaller ones."""
    errors = _written(writes)
    left = [index for index, error in enumerate(errors) if error and error.errno in _FULL]
    half = (len(left) + 1) // 2
    for part in (left[:half], left[half:]) if len(writes) > 1 else ():
        for index, error in zip(part, _in_parts([writes[index] for index in part]), strict=True):
            errors[index] = error
    return errors


class _Staged:
    """A file that is to be replaced: the real path, and a temporary file with the new content, "" if it is renamed.

    Without a temporary file from the beginning, it is overwritten.
    """

    def __init__(self, write: Write) -> None:
        self.write = write
        self.target = os.path.realpath(write.path)
        self.temporary, self.descriptor = "", -1
        self.error: OSError | None = None

    @property
    def folder(self) -> str:
        return os.path.dirname(self.target)


def _written(writes: Sequence[Write]) -> list[OSError | None]:
    staged = list(map(_Staged, writes))
    try:
        for each in staged:
            _try(_stage, each)
        if any(map(_is_full, staged)):
            _make_room(staged)
        waiting = [each for each in staged if each.temporary]
        _in_threads(lambda each: _try(_flush, each), waiting)
        replaced = [each for each in waiting if not each.error and _try(_replace, each)]
        _in_threads(_flush_folder, list(dict.fromkeys(each.folder for each in replaced)))
        for each in staged:
            if not (each in replaced or each.error):
                _try(_overwrite, each)
    finally:
        for each in staged:
            _discard(each)
    return [each.error for each in staged]


def _is_full(each: _Staged) -> bool:
    return each.error is not None and each.error.errno in _FULL


def _make_room(staged: Sequence[_Staged]) -> None:
    """Leave half of what could be staged for a smaller batch: what follows opens files too."""
    full = next(each.error for each in staged if _is_full(each))
    made = [each for each in staged if each.temporary]
    for each in made[len(made) // 2 :]:
        _discard(each)
        each.error = full


def _try(step: Callable[[_Staged], T], each: _Staged) -> T | None:
    """Return what a step returns; None after an error, which is noted."""
    try:
        return step(each)
    except OSError as error:
        each.error = error
        return None


def _stage(each: _Staged) -> None:
    """Write the new content to a temporary file, unless the file has to be overwritten. Raise OSError."""
    path, target = each.write.path, each.target
    status = os.stat(target)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", path)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    if status.st_nlink > 1:
        return
    try:
        each.temporary, each.descriptor = _temporary(each.folder)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return
        raise
    _fill(each.descriptor, each.write.data)
    if not _make_like(each.temporary, target, status):
        _discard(each)


def _flush(each: _Staged) -> None:
    os.fsync(each.descriptor)


def _replace(each: _Staged) -> bool:
    """Rename the temporary file; return False if the file has to be overwritten. Raise OSError."""
    _check_expected(read(each.target), each.write, each.target)
    if os.name != "posix":  # there an open file can be neither renamed nor swept; here another process may sweep it
        os.close(each.descriptor)
        each.descriptor = -1
    try:
        os.replace(each.temporary, each.target)
    except OSError as error:
        if _is_in_use(error):
            return False
        raise
    each.temporary = ""
    return True


def _discard(each: _Staged) -> None:
    """Close and remove the temporary file, if there is one."""
    if each.descriptor >= 0:
        os.close(each.descriptor)
        each.descriptor = -1
    if each.temporary:
        with suppress(FileNotFoundError):  # an interrupt may come right after it was renamed
            os.unlink(each.temporary)
        each.temporary = ""


def _in_threads(work: Callable[[T], object], items: Sequence[T]) -> None:
    """Do some work on each item, here and in a few threads: a disk writes many files together in the time of one.

    No thread works any more when this ends, also by an interrupt.
    """
    waiting = iter(items)
    threads: list[Thread] = []
    try:
        if len(items) >= _FEW:
            from threading import Thread  # where there is much to write

            with suppress(RuntimeError):  # no more threads than these
                for _ in range(_THREADS):
                    thread = Thread(target=lambda: [work(item) for item in waiting])
                    thread.start()
                    threads.append(thread)
        for item in waiting:
            work(item)
    finally:
        for _ in waiting:  # after an interrupt nothing more is begun
            pass
        for thread in threads:
            thread.join()


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


def _overwrite(each: _Staged) -> None:
    """Write new content into a file, and the old one if that fails. Raise OSError."""
    descriptor = os.open(each.target, os.O_RDWR | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0))
    try:
        _lock(descriptor, wait=True)  # another process may overwrite it too
        before = content_of(descriptor, each.target)
        _check_expected(before, each.write, each.target)
        try:
            _fill(descriptor, each.write.data)
            os.fsync(descriptor)
        except BaseException:
            _fill(descriptor, before)
            os.fsync(descriptor)
            raise
    finally:
        os.close(descriptor)


def _fill(descriptor: int, data: bytes) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.ftruncate(descriptor, len(data))


def _check_expected(found: bytes, write: Write, path: str) -> None:
    if found not in (write.expected, write.data):
        raise ChangedMeanwhileError(f"{path} was changed by another process")


def sweep(folder: str) -> None:
    """Remove the temporary files that killed runs left in a folder, and no other file."""
    try:
        names = [name for name in os.listdir(folder) if re.fullmatch(_OWN_NAME, name)]
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
