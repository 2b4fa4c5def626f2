"""Paths -> documents. Knows names and folders, not contents. Loaded by every run, so it imports next to nothing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCUMENT_SUFFIXES = (".md", ".markdown", ".mdx", ".qmd", ".Rmd")
_SKIPPED_WITHOUT_GIT = frozenset({"node_modules", "venv", "_site", "site", "vendor"})


class NoSuchPathError(Exception):
    """A path that was named cannot be read as a document or a folder. `reason` says why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def documents_in(folder: str) -> tuple[list[str], list[NoSuchPathError]]:
    """The documents below a folder, sorted, and the folders there that cannot be read.

    In a git work tree those that git does not ignore, elsewhere by a walk.
    """
    problems: list[NoSuchPathError] = []
    listed = _git_listing(folder) if git_root(folder) else None
    return sorted(_walk(folder, problems) if listed is None else listed), problems


def check_named(path: str) -> None:
    """Raises NoSuchPathError unless the path is a regular file, or a link to one."""
    if os.path.isfile(path):
        return
    if os.path.islink(path) and not os.path.exists(path):
        raise NoSuchPathError(path, f"a symbolic link to {os.readlink(path)}, which does not exist")
    raise NoSuchPathError(path, "not a file or a folder" if os.path.lexists(path) else "no such file or folder")


def git_root(folder: str) -> str | None:
    """The nearest folder at or above this one that holds `.git`, as an absolute path."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _git_listing(folder: str) -> list[str] | None:
    """What git tracks or would track below a folder; None where git cannot say."""
    import subprocess

    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    names = dict.fromkeys(os.fsdecode(listing).split("\0"))  # in a merge git names a file three times
    prefix = "" if folder in (".", "") else os.path.join(folder, "")
    return [prefix + name for name in names if name.endswith(DOCUMENT_SUFFIXES) and os.path.isfile(prefix + name)]


def _walk(folder: str, problems: list[NoSuchPathError]) -> Iterator[str]:
    folders: Sequence[str] = [folder]
    while folders:
        below: list[str] = []
        for name in folders:
            try:
                entries = list(os.scandir(name))
            except OSError as error:
                problems.append(NoSuchPathError(name.removeprefix("./"), f"cannot be read: {error.strerror or error}"))
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith(".") and entry.name not in _SKIPPED_WITHOUT_GIT:
                        below.append(entry.path)
                elif entry.name.endswith(DOCUMENT_SUFFIXES) and os.path.isfile(entry.path):
                    yield entry.path.removeprefix("./")
        folders = below
