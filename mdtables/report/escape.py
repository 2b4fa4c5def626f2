"""Text that came from files and names, made fit to be shown. Knows nothing of what it says."""

from __future__ import annotations

import re


def printable(text: str) -> str:
    """The text with the characters that a terminal would obey, or that are half a character, spelled out."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


_LONGEST_LINE = 400


def readable(text: str) -> str:
    """What `printable` makes of a text, without the middle of lines that would fill a screen: a cell may have 1 MB."""
    cut = _LONGEST_LINE // 2
    lines = text.split("\n")
    return printable("\n".join(n if len(n) <= _LONGEST_LINE else f"{n[:cut]} … {n[-cut:]}" for n in lines))


def shell_word(path: str) -> str:
    """A path as a shell takes it."""
    from shlex import quote

    return printable(quote(f"./{path}" if path.startswith("-") else path))
