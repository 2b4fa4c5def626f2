"""The display width of a string, as prettier counts it, and in most cases terminals and editors. Knows no tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from unicodedata import category, east_asian_width


def is_plain(text: str) -> bool:
    """Return True if every character is printable ASCII, and so one column wide."""
    return text.isascii() and text.isprintable()


def width(text: str, ambiguous: int = 1) -> int:
    """Return the number of display columns: two for CJK and emoji sequences, none for combining and control characters.

    A mark that takes up space in its script, and an invisible character that joins or separates, count one each, as for
    prettier, which would otherwise respell every table in Hindi or Persian. `ambiguous` is the width of characters that
    are wide in East Asian fonts only, like … or °.
    """
    if is_plain(text):
        return len(text)
    if not re.search(_ODD, text):  # takes a third of the time of looking at each character
        return max(0, _measure()(re.sub(_CONTROL, "", text), ambiguous_width=ambiguous))
    return sum(_width(piece, ambiguous) for piece in re.findall(_PIECES, text))


# Text that `re` compiles at its first use: most tables are ASCII.
_CONTROL = "[\x00-\x1f\x7f-\x9f]"
# Emojis without a variation selector that are wide for prettier, because they can have a color of skin.
_HANDS_AND_PEOPLE = "\u261d\u26f9\u270c\u270d\U0001f3cb\U0001f3cc\U0001f574\U0001f575\U0001f590"
# The scripts and blocks with characters, or sequences of them, that wcwidth does not count as prettier does.
_ODD = (
    "[\u0600-\u1cff\u200b-\u200f\u2028-\u202f\u2060-\u206f\u20e3\u302e\u302f\u3164\ua800-\uabff\ud7b0-\ud7ff\ufeff"
    "\uffa0\ufff0-\uffff\U00010a00-\U00016fff\U0001bca0-\U0001bcaf\U0001d100-\U0001d1ff\U0001f1e6-\U0001f1ff"
    "\U000e0000-\U000e0fff\ufe0e\U0001f3fb-\U0001f3ff"
    f"{_HANDS_AND_PEOPLE}]"
)
# A flag, a keycap, an emoji with what modifies it and the emojis that are joined to it, or any other character.
_EMOJI = "[\xa9\xae\u203c-\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
_MODIFIED = f"{_EMOJI}[\ufe0f\U0001f3fb-\U0001f3ff]?"
_PIECES = (
    "(?s)[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3"
    f"|{_EMOJI}[\U000e0020-\U000e007f]+|{_MODIFIED}(?:\u200d{_MODIFIED})*|."
)


@lru_cache(maxsize=4096)  # a text has few different characters
def _width(piece: str, ambiguous: int) -> int:
    if len(piece) > 1:
        is_wide = piece[0] in "0123456789#*" or "\U0001f3fb" <= piece[1] <= "\U0001f3ff"  # keycaps, colors of skin
        return 2 if is_wide else max(0, _measure()(piece, ambiguous_width=ambiguous))
    if "\U0001f1e6" <= piece <= "\U0001f1ff":  # half a flag
        return 1
    if piece in _HANDS_AND_PEOPLE:
        return 2
    columns = max(0, _measure()(piece, ambiguous_width=ambiguous))
    if columns or category(piece) in ("Mn", "Me", "Cc"):
        return columns
    return 2 if east_asian_width(piece) in "FW" else 1


@cache
def _measure() -> Callable[..., int]:
    from wcwidth import wcswidth  # 10 ms, and only for text other than ASCII

    return wcswidth
