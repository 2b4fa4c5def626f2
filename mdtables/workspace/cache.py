"""Which documents were clean before, so that nothing need be asked of them again. Knows bytes and paths, no tables.

A verdict is found by a digest of all that it hangs on: the document and where it lies, every configuration that could
hold there, the code itself; and holds as long as its sources are, at their places, what they were. Whoever deletes the
file loses time, and nothing else.
"""

from __future__ import annotations

import os
import sys

from mdtables.cells.digest import blake2b
from mdtables.workspace import files
from mdtables.workspace.discover import CONFIGURATION_NAMES
from mdtables.workspace.git import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mdtables.workspace.git import Tracked

_MOST = 50_000  # verdicts in a file; beyond that it begins anew with those of the last run
_ABSENT = "-"


class Verdicts:
    """The verdicts on the documents of one repository; outside of a repository there are none.

    `tracked` is for runs that warn of sources that git does not track: then such a source is one to be asked about.
    """

    def __init__(self, repository: str, tracked: Tracked | None = None) -> None:
        self._repository = os.path.realpath(repository)
        self._tracked = tracked
        folder = _cache_folder()
        self._path = os.path.join(folder, f"{_digest(os.fsencode(self._repository))}.txt") if folder else ""
        self._code = _digest(_code().encode())
        self._known: Mapping[str, str] = _read(self._path)
        self._new: dict[str, str] = {}
        self._folders: dict[str, tuple[str, str]] = {}
        self._settled: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    def holds(self, path: str, data: bytes) -> bool:
        """Whether a document with these bytes was clean, and still is."""
        real, settings = self._place(path)
        key = self._key(real, settings, data)
        verdict = self._known.get(key)
        if verdict is None or not self._may_be_used(real):
            return False
        if not all(self._is_same(source) for source in verdict.split("\0") if source):
            return False
        self._new[key] = verdict
        return True

    def remember(self, path: str, data: bytes, sources: Iterable[tuple[str, str, bytes]]) -> None:
        """That a document is clean with these sources: for each the path that names it, the real one, its bytes."""
        inside = os.path.join(self._repository, "")
        parts = []
        for named, real, content in sources:
            if not real.startswith(inside) or any(mark in named + real for mark in "\0\t\n"):
                return  # what the configuration allows elsewhere hangs on more than is looked at here
            parts.append(f"{named}\t{real}\t{_digest(content)}")
        self._new[self._key(*self._place(path), data)] = "\0".join(sorted(set(parts)))

    def save(self) -> None:
        """Keep what was learned. Where that cannot be written, nothing is kept."""
        if not self._path or self._new.items() <= self._known.items():
            return
        kept = dict(self._known) if len(self._known) < _MOST else {}
        text = "".join(f"{key}\0{verdict}\n" for key, verdict in (kept | self._new).items())
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            temporary = f"{self._path}.{os.getpid()}"
            with open(temporary, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
            os.replace(temporary, self._path)
        except OSError:
            return

    def _may_be_used(self, real: str) -> bool:
        """Whether the run has nothing to say of a file for not being tracked. Where git cannot say, it has."""
        try:
            return self._tracked is None or self._tracked.holds(real)
        except GitError:
            return False

    def _key(self, real: str, settings: str, data: bytes) -> str:
        return _digest(self._code.encode(), settings.encode(), os.fsencode(real), data)

    def _place(self, path: str) -> tuple[str, str]:
        """The real path of a document, and a digest of every configuration that could hold there."""
        folder, settings = self._folder(os.path.dirname(path))
        real = os.path.join(folder, os.path.basename(path))
        if os.path.islink(real):
            real = os.path.realpath(real)
            _, settings = self._folder(os.path.dirname(real))
        return real, settings

    def _folder(self, folder: str) -> tuple[str, str]:
        """The real path of a folder, and a digest of every configuration that could hold in it."""
        if folder not in self._folders:
            real = os.path.realpath(folder)
            self._folders[folder] = real, self._settings(real)
        return self._folders[folder]

    def _settings(self, folder: str) -> str:
        """A digest of the configurations from this folder up to the repository's root, and of where that is."""
        settled, path = self._settled, [folder]
        while path[-1] not in settled and not os.path.lexists(os.path.join(path[-1], ".git")):
            if (parent := os.path.dirname(path[-1])) == path[-1]:
                break
            path.append(parent)
        last = path.pop()
        above = settled[last] = settled.get(last) or _digest(os.fsencode(last), *_configurations(last))
        for below in reversed(path):
            above = settled[below] = _digest(above.encode(), *_configurations(below))
        return above

    def _is_same(self, source: str) -> bool:
        """Whether a source is where it was, and what it was."""
        named, real, digest = source.split("\t")
        if named not in self._sources:
            self._sources[named] = self._now(named, real)
        return self._sources[named] == digest

    def _now(self, named: str, real: str) -> str:
        try:
            if os.path.realpath(named) != real or not self._may_be_used(real):
                return _ABSENT
            return _digest(files.read_at(real))
        except (OSError, ValueError):
            return _ABSENT


def _configurations(folder: str) -> Iterator[bytes]:
    """The configuration files in a folder, with those that are not there."""
    for name in CONFIGURATION_NAMES:
        path = os.path.join(folder, name)
        yield os.fsencode(os.path.realpath(path))
        try:
            yield files.read(path)
        except OSError as error:
            yield type(error).__name__.encode()


def _code() -> str:
    """What tells this code, and that of the libraries whose version shows in a table, from any other."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    places = [os.path.join(place, name) for place in sys.path for name in ("wcwidth", "mistune", "yaml", "tabulate")]
    parts = [sys.version]
    for folder in (here, *(os.path.join(here, name) for name in os.listdir(here)), *places):
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".py", ".so", ".pyd")):
                        status = entry.stat()
                        parts.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
        except (FileNotFoundError, NotADirectoryError):
            continue
    return "\n".join(sorted(parts))


def _cache_folder() -> str:
    """Where a user's caches are; nothing if nobody says."""
    named = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.join("~", ".cache")
    folder = os.path.expanduser(named)
    return os.path.join(folder, "mdtables") if os.path.isabs(folder) else ""


def _read(path: str) -> Mapping[str, str]:
    """The verdicts in a file; what is none in it is passed over."""
    try:
        lines = files.read(path).decode("utf-8", "surrogateescape").split("\n")
    except OSError:
        return {}
    pairs = (line.partition("\0") for line in lines)
    return {key: verdict for key, _, verdict in pairs if all(s.count("\t") == 2 for s in verdict.split("\0") if s)}


def _digest(*parts: bytes) -> str:
    """One digest of all parts, each with its length, so that no two lists of them are taken for the same."""
    digest = blake2b(digest_size=20)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
