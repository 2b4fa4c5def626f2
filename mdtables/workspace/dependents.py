"""Document -> the data files that it uses. Knows markers and paths, reads no data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mdtables.document.parse import options_of, parse
from mdtables.model.diagnostics import MdtablesError
from mdtables.model.options import Options
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, SourceError, home_of, named_path, resolve


def sources_of(path: str, data: bytes, projects: Projects) -> Iterator[str]:
    """The paths of a document's sources, as far as its markers can be read: see `paths_of`.

    A configuration that is not in order has no say in that. Raises MdtablesError where it decides what the project is.
    """
    try:
        home = home_of(path, projects)
    except MdtablesError:
        folder = os.path.dirname(os.path.realpath(path))
        home = Home(folder, projects.root(folder))
    document = parse(data.decode("utf-8", "replace"), path)
    for region in document.regions:
        options, _ = options_of(document, region, home.settings.defaults)
        yield from paths_of(options, home)


def paths_of(options: Options, home: Home) -> Iterator[str]:
    """The absolute path that a region names, and those to which links lead from there, the last if it may be read."""
    if options.source:
        yield from _steps(named_path(options.source.path, home))
        try:
            yield resolve(options.source.path, home)
        except SourceError:
            return


def allowed_paths_of(options: Options, home: Home) -> Iterator[str]:
    """Those of `paths_of` that lie where a source may be read from."""
    places = [os.path.join(place, "") for place in (home.root, *home.settings.allowed_folders)]
    return (path for path in paths_of(options, home) if path.startswith(tuple(places)))


_MOST_LINKS = 40  # as many as Linux follows


def _steps(path: str) -> Iterator[str]:
    """A path, and what it becomes as one link after the other in it is followed."""
    yield path
    for _ in range(_MOST_LINKS):
        link = next((place for place in reversed(list(_upwards(path))) if os.path.islink(place)), None)
        if link is None:
            return
        rest = os.path.relpath(path, link)
        path = os.path.normpath(os.path.join(os.path.dirname(link), os.readlink(link), rest))
        yield path


class DataFiles:
    """Files that somebody may use as a source, which need not exist; or folders, for all that is in them."""

    def __init__(self, paths: Iterable[str], working_folder: str) -> None:
        self._named: dict[str, set[str]] = {}  # how each absolute path was named
        for path in paths:
            whole = os.path.normpath(os.path.join(os.path.realpath(working_folder), path))
            for spelled in (whole, os.path.realpath(whole)):
                self._named.setdefault(spelled, set()).add(path)

    def among(self, sources: Iterable[str]) -> set[str]:
        """Those of them that these sources, absolute paths, are or lie in."""
        return {name for source in sources for place in _upwards(source) for name in self._named.get(place, ())}


def _upwards(path: str) -> Iterator[str]:
    """A path, its folder, the folder of that, and so on."""
    yield path
    while (above := os.path.dirname(path)) != path:
        path = above
        yield path
