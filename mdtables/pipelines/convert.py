"""A region with a source -> the same region with its data in another file, which makes the same table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mdtables.document import marker
from mdtables.document.candidates import Lines
from mdtables.document.headings import heading_above, headings_in
from mdtables.document.parse import Document, Region, parse
from mdtables.document.region_options import read_options
from mdtables.model.diagnostics import Location
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.option_values import Source
from mdtables.model.options import DEFAULTS, Options
from mdtables.model.policy import Policy
from mdtables.model.table import Table
from mdtables.pipelines.extract import Store, format_against_configuration, stored
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.regenerate import regenerate_some
from mdtables.records import NamedTuple
from mdtables.text.edits import Edit, splice

_OF_ONE_FORMAT = ("delimiter", "encoding", "header")


class Sourced(NamedTuple):
    """A region with a source: its place among the regions, its lines, its source and the heading above it."""

    document: Document
    region: Region
    number: int
    first: int
    last: int
    source: Source
    heading: str

    def options(self, policy: Policy) -> Options:
        """Return the options of the region. Raise MdtablesError."""
        options, problems = read_options(self.region.start, policy.defaults)
        if problems:
            raise MdtablesError(*problems)
        return options


def sourced_regions(text: str, path: str) -> Iterator[Sourced]:
    """Yield every region that has a source."""
    document = parse(text, path)
    headings = headings_in(Lines(text, path))
    for index, region in enumerate(document.regions):
        source = read_options(region.start, DEFAULTS)[0].source
        if source is not None:
            first, last = region.start.place.line, region.end.place.line
            yield Sourced(document, region, index, first, last, source, heading_above(headings, first))


def convert(sourced: Sourced, table: Table, source: str, policy: Policy, store: Store) -> Outcome:
    """Return the outcome for the document whose region names another source with the same data.

    Raise MdtablesError if the data would not be the same there, or the region has to be fixed first.
    """
    document, index, at = sourced.document, sourced.number, Location(sourced.document.path, sourced.first)
    before = regenerate_some(document, {index: table}, policy)
    if before.failed or before.stale:
        raise failure(
            "cannot-extract", "this table differs from what its source makes", at=at, hint="fix the document first"
        )
    text = splice(document.text, [*_marker_edits(sourced, source, policy)])
    new = parse(text, document.path)
    options, _ = read_options(new.regions[index].start, policy.defaults)
    again = stored(store, table, source, options, at)
    after = regenerate_some(new, {index: again}, policy)
    if _cells(table, options) != _cells(again, options) or after.failed or after.stale:
        message = f"{source} cannot store this data: it would read back differently"
        raise failure("cannot-extract", message, at=at, hint="keep the source as it is")
    return after._replace(old=document.text, new=text)


def _cells(table: Table, options: Options) -> list[list[str | None]]:
    """Return the cells of a table; a missing one counts as empty where both show the same."""
    empty = None if options.null else ""
    return [list(table.header), *([empty if cell is None else cell for cell in row] for row in table.rows)]


def _marker_edits(sourced: Sourced, source: str, policy: Policy) -> Iterator[Edit]:
    """Yield the edits that name the new source on the start marker, without the options of the old one's format."""
    start = sourced.region.start
    at = start.start + len(start.opening)
    for name, _, begin, end in marker.attributes(start.text):
        if name == "source":
            yield at + begin, at + end, " ".join([f'source="{source}"', *format_against_configuration(policy, source)])
        elif name in _OF_ONE_FORMAT:
            blanks = re.search(r"[\s>]*$", start.text[:begin])
            yield at + (blanks.start() if blanks else begin), at + end, ""
