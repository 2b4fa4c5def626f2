"""A region with a source -> the same region with its data in another file, which makes the same table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mdtables.document import marker
from mdtables.document.parse import Document, Region, parse
from mdtables.document.region_options import read_options
from mdtables.model.diagnostics import Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import DEFAULTS, Options, Source
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.regenerate import regenerate_one
from mdtables.text.edits import Edit, splice

_OF_ONE_FORMAT = ("source", "delimiter", "encoding", "header")


class Sourced(NamedTuple):
    """A region with a source: its first and last line, and the source."""

    document: Document
    region: Region
    first: int
    last: int
    source: Source
    heading: str = ""

    def options(self, policy: Policy) -> Options:
        """Return the options of the region. Raise MdtablesError."""
        options, problems = read_options(self.region.start, policy.defaults)
        if problems:
            raise MdtablesError(*problems)
        return options


def sourced_regions(text: str, path: str) -> Iterator[Sourced]:
    """Yield every region that has a source."""
    document = parse(text, path)
    for region in document.regions:
        source = read_options(region.start, DEFAULTS)[0].source
        if source is not None:
            yield Sourced(document, region, region.start.place.line, region.end.place.line, source)


def convert(sourced: Sourced, table: Table, source: str, policy: Policy) -> Outcome:
    """Return the outcome for the document whose region names another source with the same data.

    Raise MdtablesError if the region would change otherwise, or has to be fixed first.
    """
    document, start = sourced.document, sourced.region.start
    before = regenerate_one(document, sourced.region, lambda _, __: (table, ()), policy)
    if before.failed:
        raise MdtablesError(*(found for found in before.diagnostics if found.is_error))
    text = splice(document.text, [*_marker_edits(sourced, source)])
    new = parse(text, document.path)
    region = next(region for region in new.regions if region.start.start == start.start)
    after = regenerate_one(new, region, lambda _, __: (table, ()), policy)
    if after.failed or before.stale or after.stale:
        message = "this region is not what its source makes"
        at = Location(document.path, sourced.first)
        raise failure("cannot-extract", message, at=at, hint="fix the document first")
    return after._replace(old=document.text, new=text)


def _marker_edits(sourced: Sourced, source: str) -> Iterator[Edit]:
    """Yield the edits that name the new source on the start marker, without the options of the old one's format."""
    start = sourced.region.start
    at = start.start + len(start.opening)
    for name, _, begin, end in marker.attributes(start.text):
        if name == "source":
            yield at + begin, at + end, f'source="{source}"'
        elif name in _OF_ONE_FORMAT:
            blank = start.text[begin - 1] in " \t"
            yield at + begin - blank, at + end, ""
