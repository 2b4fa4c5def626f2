"""New lines for a region -> edits to the document's text.

Knows the lines and markers of a region, not what a table is.
"""

from __future__ import annotations

from collections.abc import Sequence

from mdtables.document import marker
from mdtables.document.parse import Document, Region
from mdtables.document.table import is_blank
from mdtables.text.edits import Edit


def body_edits(region: Region, lines: Sequence[str]) -> list[Edit]:
    """Return the edit that makes these lines the region's body, with one blank line at either end; none if they are."""
    first = next(i for i, line in enumerate(lines) if not is_blank(line))
    last = next(i for i in reversed(range(len(lines))) if not is_blank(lines[i])) + 1
    below = _blank_line(region, lines[last:])
    if below == "\n" and lines[last - 1].endswith("\r"):
        below = "\r"  # CR and LF would become one ending, and the blank line would vanish
    edged = [_blank_line(region, lines[:first]), *lines[first:last], below]
    old, new = "".join(region.body), "".join(edged)
    return [(region.body_at, region.body_at + len(old), new)] if new != old else []


def _blank_line(region: Region, current: Sequence[str]) -> str:
    """Return the current blank line, if there is just one and it is in the region's block quote; else a new one."""
    prefix = region.start.prefix
    if len(current) == 1 and current[0].count(">") == prefix.count(">"):
        return current[0]
    return prefix[: prefix.rfind(">") + 1] + region.start.eol


def checksum_edits(document: Document, region: Region, checksum: str) -> list[Edit]:
    """Return the edit that writes this checksum on the end marker, or removes the old one; none if it is there."""
    old = document.text[region.end.start : region.end.end]
    new = marker.with_checksum(old, checksum)
    return [(region.end.start, region.end.end, new)] if new != old else []
