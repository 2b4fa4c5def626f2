"""Data file -> the documents that use it, by one look at every document. Knows markers and paths, reads no data."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from mdtables.document.parse import options_of, parse
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, SourceError, resolve


def users_of(sources: Iterable[str], documents: Iterable[tuple[str, bytes]], projects: Projects) -> Iterator[str]:
    """The paths of those documents, given with their bytes, of which a region's source is one of these files."""
    wanted = {os.path.realpath(source) for source in sources}
    for path, data in documents:
        if not wanted.isdisjoint(sources_of(path, data, projects)):
            yield path


def sources_of(path: str, data: bytes, projects: Projects) -> Iterator[str]:
    """The real paths of a document's sources, as far as its markers can be read."""
    folder = os.path.dirname(os.path.realpath(path))
    settings = projects.settings(folder)
    home = Home(folder, projects.root(folder), settings.allowed_folders)
    document = parse(data.decode("utf-8", "replace"), path)
    for region in document.regions:
        options, _ = options_of(document, region, settings.defaults)
        if options.source:
            try:
                yield resolve(options.source.path, home)
            except SourceError:
                continue
