"""What a misspelled word may have meant. Every run imports it, so it imports nothing."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_LIST = 15  # words in a hint: a longer list does not help
_MOST_COMPARED, _LONGEST_COMPARED = 1000, 100  # comparing takes time quadratic in a word's length


def nearest_word(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is spelled most like this one, or None if none is similar."""
    from difflib import get_close_matches  # 4 ms, and only when something went wrong

    names = {name.lower(): name for name in known}
    if len(names) > _MOST_COMPARED or len(word) > _LONGEST_COMPARED:
        return None
    found = get_close_matches(word.lower(), names, n=1)
    return names[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], *, what: str = "known names") -> str:
    """Return the hint for a misspelled word: the nearest known one, else a list of them, else nothing."""
    names = list(dict.fromkeys(known))
    nearest = nearest_word(word, names)
    if nearest is not None:
        return f'did you mean "{nearest}"?'
    if not names:
        return ""
    return f"{what}: {', '.join(names[:_LONGEST_LIST])}{', …' if len(names) > _LONGEST_LIST else ''}"
