"""A pattern of paths, like `adr/*.md` -> the files that it means. Knows names and folders, not contents.

`*` is a part of a name, `**` any number of folders, `?` one character, `[ab]` one of some. As in a shell, none of them
begins a name with a dot. What git ignores is left out.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress

from mdtables.workspace import git
from mdtables.workspace.discover import SKIPPED_WITHOUT_GIT
from mdtables.workspace.paths import comparable
from mdtables.workspace.patterns import Patterns

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_FILES = 10_000
_MARKS = re.compile(r"[*?\[]")


class TooManyFilesError(Exception):
    """More than MOST_FILES files match."""


class Found:
    """The files that match, in the order of their names, as absolute paths with their real ones.

    `untracked` are those that git does not track, if that was asked for; they are not among the files.
    """

    __slots__ = ("files", "untracked")

    def __init__(self, files: Mapping[str, str], untracked: list[str]) -> None:
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
        self._hidden = Patterns(name for name in self._names if name.startswith("."))

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
        names = sorted(self._matching())
        if len(names) > MOST_FILES:
            raise TooManyFilesError
        files = {name: os.path.join(self.base, name.replace("/", os.sep)) for name in names}
        there = {name: path for name, path in files.items() if os.path.isfile(path) or _is_dangling(path)}
        own = list(there.values())
        if tracked is not None and git.root_of(self.base) is not None:
            known = set(tracked.below(self.base))
            own = [path for name, path in there.items() if name in known or _is_inside(name, path, known, tracked)]
        folders = {folder: os.path.realpath(folder) for folder in {os.path.dirname(path) for path in own}}
        reals = {path: _real(path, folders) for path in own}
        return Found(reals, [path for path in there.values() if path not in reals])

    def folders(self) -> Iterator[str]:
        """Yield the folders, as far as they exist, in which files may match."""
        waiting = [self.base]
        while waiting:
            folder = waiting.pop()
            yield folder
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    is_folder = entry.is_dir(follow_symlinks=False) and not self._is_skipped(entry.name)
                    if is_folder and self.may_be_in(entry.path):
                        waiting.append(entry.path)

    def _is_skipped(self, folder: str) -> bool:
        return folder in SKIPPED_WITHOUT_GIT or (folder.startswith(".") and not self._hidden.match(folder))

    def _below(self, path: str) -> list[str] | None:
        """Return the names that lead to a path from the base; None if it is not below that."""
        inside = os.path.join(self.base, "")
        if comparable(path) == comparable(self.base):
            return []
        if not comparable(path).startswith(comparable(inside)):
            return None
        return path[len(inside) :].split(os.sep)

    def _has(self, names: list[str]) -> bool:
        if any(name.startswith(".") and not self._hidden.match(name) for name in names):
            return False
        return (self._is_deep or len(names) == len(self._names)) and self._patterns.match("/".join(names))

    def _matching(self) -> Iterator[str]:
        """Yield the names of files below the base that match, with slashes. Raise GitError."""
        known = git.not_ignored(self.base) if git.root_of(self.base) else None
        if known is None:
            yield from self._walked("")
            return
        for name in dict.fromkeys(known):
            if self._has(name.split("/")):
                yield name
                continue
            path = os.path.join(self.base, name.replace("/", os.sep))
            # git does not enter links to folders, nor repositories inside this one
            if self.may_be_in(path.rstrip(os.sep)) and os.path.isdir(path):
                yield from self._walked(name.rstrip("/") + "/")

    def _walked(self, folder: str) -> Iterator[str]:
        """Yield the names of files below a folder that match; links to folders in it are not followed."""
        folders = [folder]
        while folders:
            folder = folders.pop()
            with suppress(OSError), os.scandir(os.path.join(self.base, folder)) as entries:
                for entry in entries:
                    name = folder + entry.name
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if not is_folder and self._has(name.split("/")):
                        yield name
                    if is_folder and not self._is_skipped(entry.name) and self.may_be_in(os.path.join(self.base, name)):
                        folders.append(f"{name}/")


def _real(path: str, folders: Mapping[str, str]) -> str:
    """Return the real path of a file, whose folder has a real path that is known already."""
    if os.path.islink(path):
        return os.path.realpath(path)
    folder, name = os.path.split(path)
    return os.path.join(folders[folder], name)


def _is_inside(name: str, path: str, known: set[str], tracked: git.Tracked) -> bool:
    """Return True for a file in a submodule, or below a link to a folder, if git tracks both. Raise GitError."""
    names = name.split("/")
    above = ("/".join(names[:depth]) for depth in range(1, len(names)))
    return any(folder in known for folder in above) and tracked.has(os.path.realpath(path))


def _is_dangling(path: str) -> bool:
    return os.path.islink(path) and not os.path.exists(path)


def listing(files: Iterable[tuple[str, str]]) -> bytes:
    """Return what tells the state of some files, by their real paths and the digests of their bytes, from any other."""
    return "\0".join(f"{real}\0{digest}" for real, digest in files).encode("utf-8", "surrogateescape")
