"""A cache of documents that were clean, so that a run can skip them. Knows bytes and paths, no tables.

The key is a digest of everything a result depends on: the document and its place, every configuration that could apply
there, and the code; an entry is valid while its sources are at their places what they were. Deleting a cache costs time
and nothing else.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from mdtables.sources import FORMATS
from mdtables.workspace import files
from mdtables.workspace.digests import digest_of, digest_of_beginning
from mdtables.workspace.discover import CONFIGURATION_NAMES
from mdtables.workspace.git import GitError
from mdtables.workspace.glob import Pattern, TooManyFilesError, listing
from mdtables.workspace.real_paths import RealPaths

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mdtables.workspace.git import Tracked

_MOST_ENTRIES = 50_000  # in a file; a larger one is replaced by the entries of the last run
_MOST_PRUNED = 100  # caches that are checked for their repository whenever one is written
_ABSENT = "-"
_MODULES = (".py", ".so", ".pyd")


class ResultCache:
    """The clean documents of one repository; outside a repository nothing is cached.

    With `tracked`, as in a run that warns of untracked sources, only what git tracks counts as clean.
    """

    def __init__(self, repository: str, tracked: Tracked | None = None) -> None:
        self._repository = os.path.realpath(repository)
        self._tracked = tracked
        folder = _cache_folder()
        self._path = os.path.join(folder, f"{digest_of(os.fsencode(self._repository))}.txt") if folder else ""
        self._code = digest_of(_code().encode())
        self._known: Mapping[str, str] = _read(self._path)
        self._new: dict[str, str] = {}
        self._paths = RealPaths()
        self._settled: dict[str, str] = {}
        self._sources: dict[tuple[str, str, str], str] = {}
        self._contents: dict[str, str] = {}
        self._checked = files.CheckedFiles()
        self._found: dict[str, tuple[list[str], list[str]]] = {}

    def is_clean(self, path: str, data: bytes) -> bool:
        """Return True if a document with these bytes was clean, and still is."""
        real, settings = self._place(path)
        key = self._key(real, settings, data)
        entry = self._known.get(key)
        if entry is None or not self._may_be_used(real):
            return False
        if not all(self._is_same(source) for source in entry.split("\0") if source):
            return False
        self._new[key] = entry
        return True

    def remember(self, path: str, data: bytes, sources: Iterable[tuple[str, str, str]]) -> None:
        """Note that a document is clean with these sources: for each its path as named, its real path, its digest.

        For a pattern they are the pattern, the document that it leaves out, after `!`, and the listing of its files.
        """
        inside = os.path.join(self._repository, "")
        parts = []
        for named, real, digest in sources:
            if not real.removeprefix("!").startswith(inside) or any(mark in named + real for mark in "\0\t\n"):
                return  # a source outside the repository depends on more than is checked here
            parts.append(f"{named}\t{real}\t{digest}")
        self._new[self._key(*self._place(path), data)] = "\0".join(sorted(set(parts)))

    def save(self) -> None:
        """Write what is new to the cache, if that is possible, and remove caches of repositories that are gone."""
        if not self._path or self._new.items() <= self._known.items():
            return
        kept = dict(self._known) if len(self._known) < _MOST_ENTRIES else {}
        text = "".join(f"{key}\0{entry}\n" for key, entry in (kept | self._new).items())
        content = text.encode("utf-8", "surrogatepass" if os.name == "nt" else "surrogateescape")
        temporary = f"{self._path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(_header(self._repository, content) + content)
            os.replace(temporary, self._path)
            _prune(os.path.dirname(self._path))
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)

    def _may_be_used(self, real: str) -> bool:
        """Return False if the run has to warn that a file is not tracked, or if git fails."""
        try:
            return self._tracked is None or self._tracked.has(real)
        except GitError:
            return False

    def _key(self, real: str, settings: str, data: bytes) -> str:
        return digest_of(self._code.encode(), settings.encode(), os.fsencode(real), data)

    def _place(self, path: str) -> tuple[str, str]:
        """Return the real path of a document, and a digest of every configuration that could apply to it."""
        real = self._paths.of(path)
        return real, self._settings(os.path.dirname(real))

    def _settings(self, folder: str) -> str:
        """Return a digest of the configurations from this folder up to the repository's root, and of where that is."""
        settled, path = self._settled, [folder]
        while path[-1] not in settled and not os.path.lexists(os.path.join(path[-1], ".git")):
            if (parent := os.path.dirname(path[-1])) == path[-1]:
                break
            path.append(parent)
        last = path.pop()
        above = settled[last] = settled.get(last) or digest_of(os.fsencode(last), *_configurations(last))
        for below in reversed(path):
            above = settled[below] = digest_of(above.encode(), *_configurations(below))
        return above

    def _is_same(self, source: str) -> bool:
        """Return True if a source is where it was, with the same content."""
        named, real, digest = source.split("\t")
        length = digest.partition(":")[2]
        if (named, real, length) not in self._sources:
            self._sources[named, real, length] = self._now(named, real, int(length) if length else None)
        return self._sources[named, real, length] == digest

    def _now(self, named: str, real: str, length: int | None) -> str:
        try:
            if real.startswith("!"):
                return digest_of(self._listing(named, real[1:]))
            if os.path.realpath(named) != real or not self._may_be_used(real):
                return _ABSENT
            if length is None:
                return self._content(real)
            return digest_of_beginning(self._checked.read(real, length), length)
        except (OSError, ValueError, GitError, TooManyFilesError):
            return _ABSENT

    def _content(self, real: str) -> str:
        """Return the digest of a file, which is read once. Raise OSError."""
        if real not in self._contents:
            self._contents[real] = digest_of(self._checked.read(real))
        return self._contents[real]

    def _listing(self, pattern: str, document: str) -> bytes:
        """Return what the files of a pattern are now. Raise OSError if one is not as it must be."""
        if pattern not in self._found:
            if os.path.isfile(pattern):  # a file with the name of the pattern, which then means that
                raise FileNotFoundError
            found = Pattern(pattern).find(self._tracked)
            reals = list(found.files.values())
            inside = os.path.join(self._repository, "")
            if not all(real.startswith(inside) for real in reals):
                raise FileNotFoundError
            self._found[pattern] = reals, found.untracked
        reals, untracked = self._found[pattern]
        if any(path != document for path in untracked):
            raise FileNotFoundError
        return listing((real, self._content(real)) for real in reals if real != document)


def _configurations(folder: str) -> Iterator[bytes]:
    """Yield the content of the configuration files in a folder, and the errors for those that do not exist."""
    for name in CONFIGURATION_NAMES:
        path = os.path.join(folder, name)
        yield os.fsencode(os.path.realpath(path))
        try:
            yield files.read(path)
        except OSError as error:
            yield type(error).__name__.encode()


def _code() -> str:
    """Return what distinguishes this code, and the libraries whose version may show in a table, from any other.

    That does not depend on where and when it was installed, as far as the installer recorded what it installed, so that
    the cache of one machine serves another one with the same paths, as in CI.
    """
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packages = {"wcwidth", "mistune", *(found.parser for found in FORMATS.values() if found.parser)}
    parts = [sys.version, *_package(here, with_folders=True)]
    for place in dict.fromkeys(sys.path):
        for name in sorted(packages):
            parts += _package(os.path.join(place, name))
    return "\n".join(parts)


def _package(folder: str, *, with_folders: bool = False) -> list[str]:
    """Return what distinguishes the modules in a folder: what was recorded at its installation, else when they changed.

    Their sizes are included either way. There is nothing if the folder does not exist.
    """
    above, name = os.path.split(folder)
    try:
        folders = [folder, *(os.path.join(folder, each) for each in sorted(os.listdir(folder)) if with_folders)]
        modules = [entry for each in folders if os.path.isdir(each) for entry in os.scandir(each)]
    except OSError:
        return []
    statuses = sorted(
        (entry.path.removeprefix(above), entry.stat()) for entry in modules if entry.name.endswith(_MODULES)
    )
    recorded = _record(above, name) if statuses else ""
    return [
        recorded,
        *(f"{path} {status.st_size} {'' if recorded else status.st_mtime_ns}" for path, status in statuses),
    ]


def _record(place: str, package: str) -> str:
    """Return the lines about a package in the record of its installation; "" if there is none."""
    try:
        names = sorted(os.listdir(place or os.curdir))
    except OSError:
        return ""
    for name in names:
        if name.endswith(".dist-info") and name.lower().removeprefix("py").startswith(package):
            with suppress(OSError):
                record = files.read(os.path.join(place, name, "RECORD")).decode("utf-8", "replace")
                own = [
                    line for line in record.splitlines() if line.startswith(f"{package}/") and "__pycache__" not in line
                ]
                if any(line.startswith(f"{package}/__init__.py,sha256=") for line in own):
                    return "\n".join(sorted(own))
    return ""


def _cache_folder() -> str:
    """Return the folder for the user's caches; "" if it is unknown."""
    named = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.join("~", ".cache")
    folder = os.path.expanduser(named)
    return os.path.join(folder, "mdtables") if os.path.isabs(folder) else ""


def _header(repository: str, content: bytes) -> bytes:
    """Return the first line of a cache: a digest of the rest, so that half a file is not used, and the repository."""
    return f"{digest_of(content)} ".encode() + os.fsencode(repository).replace(b"\n", b"") + b"\n"


def _read(path: str) -> Mapping[str, str]:
    """Return the entries in a file; none if the file is missing or damaged."""
    try:
        header, _, content = files.read(path).partition(b"\n")
    except OSError:
        return {}
    if header.partition(b" ")[0] != digest_of(content).encode():
        return {}
    lines = content.decode("utf-8", "surrogatepass" if os.name == "nt" else "surrogateescape").split("\n")[:-1]
    return {key: entry for key, _, entry in (line.partition("\0") for line in lines)}


def _prune(folder: str) -> None:
    """Delete caches of repositories that no longer exist; of many caches, others are checked each time.

    Raise OSError.
    """
    names = sorted(name for name in os.listdir(folder) if name.endswith(".txt"))
    first = os.getpid() % len(names) if len(names) > _MOST_PRUNED else 0
    for name in (names[first:] + names[:first])[:_MOST_PRUNED]:
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            repository = file.readline(1 << 16).partition(b" ")[2].removesuffix(b"\n")
        if not os.path.isdir(os.fsdecode(repository)):
            os.unlink(path)
