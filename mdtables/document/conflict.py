"""Git's conflicts in a text. Knows how they are spelled, and nothing of what stands in them."""

from __future__ import annotations

import re

_OPENS_OR_CLOSES = re.compile(r"(?:\A|(?<=[\r\n]))(?:<{7}|>{7})(?=[ \t\r\n]|\Z)")


def conflicts(text: str) -> list[tuple[int, int]]:
    """Start and end of each conflict, from the line that opens it to the one that closes it.

    A line without its partner is a conflict of its own.
    """
    if "<<<<<<<" not in text and ">>>>>>>" not in text:
        return []
    found: list[tuple[int, int]] = []
    opened: int | None = None
    for line in _OPENS_OR_CLOSES.finditer(text):
        if line[0][0] == "<":
            if opened is not None:
                found.append((opened, opened))
            opened = line.start()
        else:
            found.append((line.start() if opened is None else opened, line.start()))
            opened = None
    return found if opened is None else [*found, (opened, opened)]
