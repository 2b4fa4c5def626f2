"""A pattern of paths, like `adr/*.md` -> the files that it means. Knows names and folders, not contents.

`*` is a part of a name, `**` any number of folders, `?` one character, `[ab]` one of some. As in a shell, none of them
begins a name with a dot. What git ignores is left out.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import blake2b

from mdtables.workspace import git
from mdtables.workspace.paths import comparable
from mdtables.workspace.patterns import Patterns

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_FILES = 10_000
_MARKS = re.compile(r"[*?\[]")
_SKIPPED_WITHOUT_GIT = frozenset({"node_modules", "venv", "_site", "site", "vendor"})


class TooManyFilesError(Exception):
    """More than MOST_FILES files match."""


class Found:
    """The files that match, as absolute paths in the order of their names, and those that git does not track.

    The latter are told apart only if that was asked for.
    """

    __slots__ = ("files", "untracked")

    def __init__(self, files: list[str], untracked: list[str]) -> None:
        self.files, self.untracked = files, untracked


class Pattern:
    """A pattern with an absolute path. `base` is the real folder in which its first star is."""

    def __init__(self, path: str) -> None:
        self.path = path
        drive, rest = os.path.splitdrive(path)
        names = rest.replace(os.sep, "/").split("/")
        first = next((index for index, name in enumerate(names) if _MARKS.search(name)), len(names))
        self.base = os.path.realpath(drive + "/".join([*names[:first], ""]))
        self._names = [name for name in names[first:] if name not in ("", ".")]
        self._patterns = Patterns(["/" + "/".join(self._names)])
        self._is_deep = any(name.strip("*") == "" and len(name) > 1 for name in self._names)
        self._takes_hidden = any(name.startswith(".") for name in self._names)

    def matches(self, path: str) -> bool:
        """Return True if the file at an absolute path, which need not exist, would match."""
        names = self._below(path)
        return names is not None and self._has(names)

    def may_be_in(self, folder: str) -> bool:
        """Return True if files in a folder, or below it, may match."""
        names = self._below(folder)
        if names is None:
            inside = os.path.join(comparable(folder), "")
            return os.path.join(comparable(self.base), "").startswith(inside)
        return self._is_deep or len(names) < len(self._names)

    def find(self, tracked: git.Tracked | None = None) -> Found:
        """Return the files that match; with `tracked`, those that git does not track apart.

        Raise GitError or TooManyFilesError.
        """
        names = sorted(name for name in self._listed() if self._has(name.split("/")))
        if len(names) > MOST_FILES:
            raise TooManyFilesError
        files = {name: os.path.join(self.base, name.replace("/", os.sep)) for name in names}
        there = {name: path for name, path in files.items() if os.path.isfile(path) or _is_dangling(path)}
        if tracked is None or git.root_of(self.base) is None:
            return Found(list(there.values()), [])
        known = set(tracked.below(self.base))
        return Found(
            [path for name, path in there.items() if name in known],
            [path for name, path in there.items() if name not in known],
        )

    def folders(self) -> Iterator[str]:
        """Yield the folders, as far as they exist, in which files may match."""
        waiting = [self.base]
        while waiting:
            folder = waiting.pop()
            yield folder
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    is_folder = entry.is_dir(follow_symlinks=False) and not _is_skipped(entry.name)
                    if is_folder and self.may_be_in(entry.path):
                        waiting.append(entry.path)

    def _below(self, path: str) -> list[str] | None:
        """Return the names that lead to a path from the base; None if it is not below that."""
        inside = os.path.join(self.base, "")
        if comparable(path) == comparable(self.base):
            return []
        if not comparable(path).startswith(comparable(inside)):
            return None
        return path[len(inside) :].split(os.sep)

    def _has(self, names: list[str]) -> bool:
        if not self._takes_hidden and any(name.startswith(".") for name in names):
            return False
        return (self._is_deep or len(names) == len(self._names)) and self._patterns.match("/".join(names))

    def _listed(self) -> Iterator[str]:
        """Yield the names of files below the base, with slashes. Raise GitError."""
        known = git.not_ignored(self.base) if git.root_of(self.base) else None
        if known is not None:
            yield from dict.fromkeys(known)
            return
        folders = [""]
        while folders:
            folder = folders.pop()
            try:
                entries = list(os.scandir(os.path.join(self.base, folder)))
            except OSError:
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    depth = folder.count("/") + 1
                    if not _is_skipped(entry.name) and (self._is_deep or depth < len(self._names)):
                        folders.append(f"{folder}{entry.name}/")
                else:
                    yield folder + entry.name


def _is_skipped(name: str) -> bool:
    return name in _SKIPPED_WITHOUT_GIT or name.startswith(".")


def _is_dangling(path: str) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


def listing(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return what tells the state of some files, by their real paths and their bytes, from any other."""
    digest = blake2b(digest_size=20)
    for real, data in files:
        for part in (os.fsencode(real), data):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.digest()
