"""Text from files and names, made safe to show. Knows nothing of its meaning."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

# What a terminal would obey, what breaks a line or reverses the order of characters, and unpaired surrogates.
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_IN_A_LINE = re.compile(f"[{_CONTROL}\n\r]")
_IN_LINES = re.compile(rf"[{_CONTROL}]|\r(?!\n)")
_LONGEST_LINE = 400


def printable(text: str) -> str:
    """Return the text as one line, with its line breaks and all other control characters spelled out."""
    return _IN_A_LINE.sub(_spelled_out, text)


def printable_lines(text: str) -> str:
    """Return the text with its line breaks, but with all other control characters spelled out."""
    return _IN_LINES.sub(_spelled_out, text)


def _spelled_out(found: re.Match[str]) -> str:
    return ascii(found[0])[1:-1]


def readable(text: str) -> str:
    """Return printable text, shortened in its middle if it is long: a cell may have 1 MB."""
    cut = _LONGEST_LINE // 2
    return printable(text if len(text) <= _LONGEST_LINE else f"{text[:cut]} … {text[-cut:]}")


def shell_word(path: str) -> str:
    """Return a path as one word for a shell."""
    if os.name == "nt":  # with / and few quotes, so that cmd.exe, PowerShell and bash all understand it
        word = operand(path).replace("\\", "/")
        return printable(word if re.fullmatch(r"[\w@%+=:,./-]+", word) else f'"{word}"')
    from shlex import quote

    return printable(quote(operand(path)))


def operand(path: str) -> str:
    """Return a path as an argument that is not taken for an option."""
    return f"./{path}" if path.startswith("-") else path


def shell_command(program: str, words: Sequence[str]) -> str:
    """Return a command line for a shell; `program` is one already."""
    options = (word if word.startswith("--") else shell_word(word) for word in words)
    return " ".join([program, *options])
