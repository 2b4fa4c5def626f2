"""The earlier version of a source that made the table which was edited by hand since: the base of a three-way merge.

Knows a version by the checksum of its table; where versions come from is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mdtables.cells.checksum import canonical_in, checksum
from mdtables.cells.render import render
from mdtables.document.headings import level_of
from mdtables.model.diagnostics import located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.pipelines.drift import hand_edit
from mdtables.pipelines.outcome import Earlier, Outcome, RegionOutcome
from mdtables.pipelines.pull import invert
from mdtables.tables.diff import Difference, difference
from mdtables.tables.shape import DEFAULT_LEVEL, shape

Versions = Callable[[Options], Iterator[Table]]
"""The options of a region -> earlier versions of its source, the newest first."""


def with_earlier(outcome: Outcome, versions: Versions, current: Callable[[Options], Table]) -> Outcome:
    """Return the outcome with the earlier source of each drifted region that was made from one, if it is found.

    `current` returns all rows of the source as it is now.
    """
    if not any(region.base == "earlier" for region in outcome.regions):
        return outcome
    regions = [_with_earlier(region, versions, current) for region in outcome.regions]
    drifts = {old.drift: new.drift for old, new in zip(outcome.regions, regions, strict=True) if old.drift}
    return outcome._replace(regions=regions, diagnostics=[drifts.get(found) or found for found in outcome.diagnostics])


def _with_earlier(region: RegionOutcome, versions: Versions, current: Callable[[Options], Table]) -> RegionOutcome:
    if region.base != "earlier" or region.drift is None:
        return region
    found = next((made for table in versions(region.options) if (made := _made_from(table, region))), None)
    if found is None:
        return region
    at = region.drift.at
    region = region._replace(earlier=found)
    return region._replace(drift=hand_edit(region, at, _conflict(current(region.options), region)))


def _conflict(source: Table, region: RegionOutcome) -> str:
    """Return the first conflict of an edit with the changes of its source, "" if there is none."""
    try:
        invert(source, "", region)
    except MdtablesError as error:
        return error.diagnostics[0].message
    return ""


def _made_from(source: Table, region: RegionOutcome) -> Earlier | None:
    """Return a version of a source if it made the table that the region's checksum records."""
    assert region.difference
    options, at = region.options, region.at
    source = source._replace(lines=())  # which are those of another text than the one that is there now
    try:
        shaped = shape(source, options, located_at(at), _level(region))
        cells = render(shaped, options, located_at(at)).cells
    except MdtablesError:
        return None
    base = canonical_in(at.path, cells)
    if checksum(base) != region.recorded:
        return None
    generated, edited = region.difference.old, region.difference.new

    def compared(table: Table) -> Difference:
        return difference(
            cells._replace(lines=()), table, base, canonical_in(at.path, table), shaped.key, shaped.numbered
        )

    return Earlier(source, shaped, compared(edited), compared(generated))


def _level(region: RegionOutcome) -> int:
    """Return the level of the headings in a region; it may be another one now."""
    if region.difference and region.difference.new.headings:
        return level_of(region.difference.new.headings[0])
    return region.shaped.level if region.shaped else DEFAULT_LEVEL
