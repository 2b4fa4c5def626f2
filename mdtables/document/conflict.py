"""Git's conflict lines. Knows how they are spelled, and nothing of what stands between them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CONFLICT = re.compile(r"(?:<{7}|>{7}|\|{7})(?:[ \t\r\n]|$)")


def first_conflict(lines: Sequence[str]) -> int | None:
    """The index of the first line with which git opens, splits or closes a conflict; None where there is none."""
    return next((index for index, line in enumerate(lines) if _CONFLICT.match(line)), None)
