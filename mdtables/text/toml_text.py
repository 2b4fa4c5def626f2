"""What Python's reader of TOML cannot be given, and where it finds an error. Knows text, and reads nothing."""

from __future__ import annotations

import re

# It takes time and memory quadratic in the parts of a dotted key: minutes for 1 MB. A key begins a line or a table.
MOST_PARTS = 200
_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_ENDLESS_KEY = rf"(?m)(?:^|[\[{{,])[ \t]*((?:{_KEY}[ \t]*\.[ \t]*){{{MOST_PARTS}}})"
_PLACE = r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$"


def endless_key(text: str) -> int | None:
    """Return the offset of a key with more than MOST_PARTS parts."""
    found = re.search(_ENDLESS_KEY, text)
    return found.start(1) if found else None


def error_of(message: str) -> tuple[str, int, int]:
    """Return a message of the reader without its place, the line and the column; 0 where there are none."""
    found = re.search(_PLACE, message)
    if found is None:
        return message, 0, 0
    return message[: found.start()], int(found[1] or 0), int(found[2] or 0)
