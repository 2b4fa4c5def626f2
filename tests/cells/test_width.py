"""Display width: what terminals, editors and prettier agree on."""

from __future__ import annotations

import pytest

from mdtables.cells.width import width


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("漢字", 4),
        ("ｆｕｌｌ", 8),
        ("ｱ", 1),
        ("👩", 2),
        ("👩\u200d👩\u200d👧\u200d👦", 2),
        ("👍🏽", 2),
        ("🇫🇷", 2),
        ("1\ufe0f\u20e3", 2),
        ("⚠", 1),
        ("⚠\ufe0f", 2),
        ("✅", 2),
        ("…—“", 3),
        ("עברית", 5),
        ("ខ្មែរ", 4),
        ("हिन्दी", 5),
        ("می\u200cخواهم", 8),
        ("a\u200bb", 3),
        ("\x07", 0),
        ("a\x1b[0m漢", 6),
        ("a\tb", 2),
        ("\x9f漢", 2),
    ],
)
def test_the_width_of(text: str, columns: int) -> None:
    assert width(text) == columns
