"""Document + new bodies -> edits to its text. Knows where lines and markers stand, and nothing of what a table is."""

from __future__ import annotations

from collections.abc import Sequence

from mdtables.document import marker
from mdtables.document.parse import Document, Region
from mdtables.document.table import is_blank
from mdtables.text.edits import Edit


def body_edits(region: Region, lines: Sequence[str]) -> list[Edit]:
    """The edit that makes these lines the region's body, one blank line at either end; none if they are that."""
    first = next(i for i, line in enumerate(lines) if not is_blank(line))
    last = next(i for i in reversed(range(len(lines))) if not is_blank(lines[i])) + 1
    below = _blank_line(region, lines[last:])
    if below == "\n" and lines[last - 1].endswith("\r"):
        below = "\r"  # the two would be one ending, and the blank line gone
    edged = [_blank_line(region, lines[:first]), *lines[first:last], below]
    old, new = "".join(region.body), "".join(edged)
    return [(region.body_at, region.body_at + len(old), new)] if new != old else []


def _blank_line(region: Region, standing: Sequence[str]) -> str:
    """The one that stands there, if it is one and in the region's block quote; else one of the region's own."""
    prefix = region.start.prefix
    if len(standing) == 1 and standing[0].count(">") == prefix.count(">"):
        return standing[0]
    return prefix[: prefix.rfind(">") + 1] + region.start.eol


def checksum_edits(document: Document, region: Region, checksum: str) -> list[Edit]:
    """The edit that puts this checksum on the end marker, or takes an old one off; none if it is there."""
    old = document.text[region.end.start : region.end.end]
    new = marker.with_checksum(old, checksum)
    return [(region.end.start, region.end.end, new)] if new != old else []
