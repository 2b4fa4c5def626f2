"""The grammar of headings, captions and notes, text -> literal text, counts and placeholders.

Knows what may be counted; not how, nor what Markdown means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mdtables.model.conditions import Condition, condition_of, tests_in
from mdtables.model.errors import OptionError
from mdtables.model.templates import Placeholder, pieces_of, template_of
from mdtables.records import NamedTuple

_HASHES = re.compile(r"(#+)(?:[ \t]+|$)")
_LONGEST = 2000  # characters
_OF_PANDOC = re.compile(r"(?:[Tt]able)?:(?:\s|$)")


class Count(NamedTuple):
    """A number of rows: of those that are shown, of those of them that meet a condition, or of all in the source.

    With `distinct`, how many different values the rows that are shown have in this column.
    """

    of_source: bool = False
    where: Condition | None = None
    distinct: str = ""


Part = str | Count | Placeholder


class Text(NamedTuple):
    """A line of text with counts in it, and in a heading with values; `text` is how it is written.

    `level` is that of a heading, 0 where it follows from the heading above the region.
    """

    text: str
    parts: tuple[Part, ...]
    level: int = 0

    @property
    def names(self) -> Iterator[str]:
        """The names of all columns in it."""
        for part in self.parts:
            if isinstance(part, Placeholder):
                yield from part.names
            elif isinstance(part, Count) and part.distinct:
                yield part.distinct
            elif isinstance(part, Count) and part.where:
                yield from (test.name for test in tests_in(part.where))


def caption_of(text: str) -> Text:
    """Return the text of a caption or a note. Raise OptionError."""
    if not text.strip():
        raise OptionError("the text is empty", 0, len(text))
    if len(text) > _LONGEST:
        raise OptionError(f"a text of more than {_LONGEST} characters", 0, len(text))
    if _OF_PANDOC.match(text):
        reason = "a text that begins so belongs to Pandoc: write it next to the table, where mdtables keeps it"
        raise OptionError(reason, 0, text.index(":") + 1)
    return Text(text, tuple(_parts(text, 0, in_heading=False)))


def heading_of(text: str) -> Text:
    """Return the text of headings, without the number signs at its start. Raise OptionError."""
    hashes = _HASHES.match(text)
    level = len(hashes[1]) if hashes else 0
    if len(text) > _LONGEST:
        raise OptionError(f"a heading of more than {_LONGEST} characters", 0, len(text))
    if level > 6:
        raise OptionError("a heading has at most six #", 0, level)
    at = hashes.end() if hashes else 0
    parts = tuple(_parts(text[at:], at, in_heading=True))
    if not any(isinstance(part, Placeholder) for part in parts):
        raise OptionError("the column of group=… has to be in the heading: {category}", 0, len(text))
    return Text(text, parts, level)


def _parts(text: str, at: int, *, in_heading: bool) -> Iterator[Part]:
    for literal, inside, start in pieces_of(text, at):
        if inside is None:
            yield literal
            continue
        word, _, condition = inside.strip().partition(" ")
        if word in ("rows", "all") and not condition:
            yield Count(of_source=word == "all")
        elif word == "rows" and condition.lstrip().lower().startswith("where "):
            own = condition.lstrip()[len("where ") :]
            offset = at + start + inside.rindex(own)
            try:
                yield Count(where=condition_of(own))
            except OptionError as error:
                raise OptionError(str(error), error.start + offset, error.end + offset) from None
        elif word == "distinct" and condition:
            yield Count(distinct=condition.strip().strip("`"))
        elif in_heading:
            (placeholder,) = template_of("{" + inside + "}", at + start - 1).placeholders
            yield placeholder
        else:
            reason = f'"{{{inside}}}" is not a count: {{rows}}, {{all}}, {{rows where …}} and {{distinct …}} are'
            raise OptionError(reason, at + start - 1, at + start + len(inside) + 1)
