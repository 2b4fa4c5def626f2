"""What a source makes -> the lines of a region, and the edits that put them there.

Lines that belong to a table but are not part of it, like kramdown's attributes, stay with the table below the same
heading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from mdtables.cells.layout import lines_of
from mdtables.cells.render import Part
from mdtables.document.content import Content, Section
from mdtables.document.splice import body_edits, checksum_edits
from mdtables.document.table import is_blank, prefix_of
from mdtables.model.failures import failure
from mdtables.pipelines.region_task import RegionTask
from mdtables.text.edits import Edit


def region_edits(
    task: RegionTask, content: Content, parts: Sequence[Part], caption: str, note: str, digest: str
) -> list[Edit]:
    """Return the edits that put tables in the place and the indentation of the current ones.

    Raise MdtablesError if lines belong to a table that there would not be any more.
    """
    region, body = task.region, task.region.body
    digest = digest if task.policy.checksum else ""
    first = content.sections[0].extent if content.sections else None
    prefix = prefix_of(body[first.top + 1]) if first else region.start.prefix
    blank = prefix[: prefix.rfind(">") + 1] + region.start.eol
    lines: list[str] = []

    def put(block: Iterable[str]) -> None:
        lines.extend([blank] if lines else [])
        lines.extend(block)

    own = _OwnLines(task, content, [part.heading for part in parts])
    if caption:
        put([prefix + caption + region.start.eol])
    for part in parts:
        if part.heading:
            put([prefix + part.heading + region.start.eol])
        above, below = own.of(part.heading)
        put([*above, *(prefix + line + region.start.eol for line in lines_of(part.texts)), *below])
    if note:
        put([prefix + note + region.start.eol])
    own.check_all_used()
    start, end = _ends(body) if content.sections else (0, len(body))
    around = [*body[:start], *lines, *body[end:]] if content.sections else lines
    return checksum_edits(task.document, region, digest) + body_edits(region, around)


def _ends(body: Sequence[str]) -> tuple[int, int]:
    """Return the index of the first line that is not blank, and the one after the last of these."""
    filled = [index for index, line in enumerate(body) if not is_blank(line)]
    return filled[0], filled[-1] + 1


class _OwnLines:
    """The attribute lines and captions of Pandoc's in a region, by the heading above their table."""

    def __init__(self, task: RegionTask, content: Content, headings: Sequence[str]) -> None:
        self.task = task
        self.sections: dict[str, Section] = {}
        counted = Counter(map(_uncounted, headings))
        current = Counter(_uncounted(section.heading) for section in content.sections)
        for section in content.sections:
            loose = _uncounted(section.heading)
            is_same = section.heading in headings or counted[loose] != 1 or current[loose] != 1
            if (section.first, section.last) != (section.extent.top, section.extent.bottom):
                self.sections[section.heading if is_same else loose] = section

    def of(self, heading: str) -> tuple[Sequence[str], Sequence[str]]:
        """Return the lines above and below the table under a heading, in which rows may be counted anew."""
        section = self.sections.pop(heading, None) or self.sections.pop(_uncounted(heading), None)
        if section is None:
            return (), ()
        body = self.task.region.body
        return body[section.first : section.extent.top], body[section.extent.bottom : section.last]

    def check_all_used(self) -> None:
        """Raise MdtablesError if a table with such lines is not made any more."""
        for section in self.sections.values():
            index = section.first if section.first < section.extent.top else section.extent.bottom
            message = "this line belongs to a table that its source does not make any more"
            raise failure("region-content", message, at=self.task.line(index), hint="remove it, or move it")


def _uncounted(heading: str) -> str:
    """Return what stays the same in a heading when rows are counted anew."""
    return re.sub(r"\d+", "", heading.lstrip("#"))
