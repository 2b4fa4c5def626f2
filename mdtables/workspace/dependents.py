"""Document -> the data files that it uses. Knows markers and paths, reads no data."""

from __future__ import annotations

from collections.abc import Iterator

from mdtables.document.parse import options_of, parse
from mdtables.workspace.config import Projects
from mdtables.workspace.load import SourceError, home_of, resolve


def sources_of(path: str, data: bytes, projects: Projects) -> Iterator[str]:
    """The real paths of a document's sources, as far as its markers can be read."""
    home = home_of(path, projects)
    document = parse(data.decode("utf-8", "replace"), path)
    for region in document.regions:
        options, _ = options_of(document, region, home.settings.defaults)
        if options.source:
            try:
                yield resolve(options.source.path, home)
            except SourceError:
                continue
