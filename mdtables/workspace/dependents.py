"""Document -> the data files that it uses. Knows markers and paths, reads no data."""

from __future__ import annotations

import os
from collections.abc import Iterator

from mdtables.document.parse import options_of, parse
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, SourceError, resolve


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
