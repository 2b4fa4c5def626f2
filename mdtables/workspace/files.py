"""Reading a file, and replacing one so that nobody ever sees half of it. Knows bytes, not what they mean."""

from __future__ import annotations

import os

_CHUNK = 1 << 20
_TEMPORARY = ".mdtables-"


class ChangedMeanwhileError(OSError):
    """The file is no longer the one that was read."""


def read(path: str) -> bytes:
    """The bytes of a file. A pipe without a writer is empty, not a reason to wait. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        chunk = os.read(descriptor, _CHUNK)
        if len(chunk) < _CHUNK:  # one open, one read, one close: most documents are small, and there may be thousands
            return chunk
        chunks = [chunk]
        while chunk := os.read(descriptor, _CHUNK):
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def write(path: str, data: bytes, expected: bytes) -> None:
    """Replace a file's content in one step; a symbolic link stays, and its target keeps its mode.

    Raises OSError, and ChangedMeanwhileError where the file does not hold `expected` any more; then the file is as it
    was, and no temporary file is left.
    """
    target = os.path.realpath(path)
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied", path)
    mode = os.stat(target).st_mode & 0o7777
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, f"{_TEMPORARY}{os.getpid()}")  # without the name: it may be as long as one can be
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        os.chmod(temporary, mode)
        if read(target) != expected:
            raise ChangedMeanwhileError(f"{path} was changed while mdtables was at work")
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    _flush_folder(folder)


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
