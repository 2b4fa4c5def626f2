"""Text from files and names, made safe to show. Knows nothing of its meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_LINE = 400


def printable(text: str) -> str:
    """Return the text with control characters, which a terminal would obey, and unpaired surrogates spelled out."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def readable(text: str) -> str:
    """Return printable text, with long lines shortened in their middle: a cell may have 1 MB."""
    cut = _LONGEST_LINE // 2
    lines = text.split("\n")
    return printable("\n".join(n if len(n) <= _LONGEST_LINE else f"{n[:cut]} … {n[-cut:]}" for n in lines))


def shell_word(path: str) -> str:
    """Return a path as one word for a shell."""
    from shlex import quote

    return printable(quote(operand(path)))


def operand(path: str) -> str:
    """Return a path as an argument that is not taken for an option."""
    return f"./{path}" if path.startswith("-") else path


def shell_command(program: str, words: Sequence[str]) -> str:
    """Return a command line for a shell; `program` is one already."""
    options = (word if word.startswith("--") else shell_word(word) for word in words)
    return " ".join([program, *options])
