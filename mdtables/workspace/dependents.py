"""Document -> the data files that it uses. Knows markers and paths, reads no data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mdtables.document.parse import options_of, parse
from mdtables.options import Options
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, SourceError, home_of, named_path, resolve


def sources_of(path: str, data: bytes, projects: Projects) -> Iterator[str]:
    """The paths of a document's sources, as far as its markers can be read: see `paths_of`. Raises MdtablesError."""
    home = home_of(path, projects)
    document = parse(data.decode("utf-8", "replace"), path)
    for region in document.regions:
        options, _ = options_of(document, region, home.settings.defaults)
        yield from paths_of(options, home)


def paths_of(options: Options, home: Home) -> Iterator[str]:
    """The absolute path that a region names, and the one to which links lead from there, if it may be read."""
    if options.source:
        yield named_path(options.source.path, home)
        try:
            yield resolve(options.source.path, home)
        except SourceError:
            return


class DataFiles:
    """Files that somebody may use as a source, which need not exist; or folders, for all that is in them."""

    def __init__(self, paths: Iterable[str], working_folder: str) -> None:
        self.paths = list(paths)
        self._by_path: dict[str, str] = {}
        for path in self.paths:
            whole = os.path.normpath(os.path.join(os.path.realpath(working_folder), path))
            self._by_path |= {whole: path, os.path.realpath(whole): path}

    def among(self, sources: Iterable[str]) -> set[str]:
        """Those of them that these sources, absolute paths, are or lie in."""
        found = set()
        for source in sources:
            while source not in self._by_path and (above := os.path.dirname(source)) != source:
                source = above  # noqa: PLW2901  # its folder, then, and the one above that
            found |= {self._by_path[source]} if source in self._by_path else set()
        return found
