"""A first hint for documents that contain tables but no markers. It imports little: hooks run it too."""

from __future__ import annotations

import os
import re

from mdtables.document import marker

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Mapping


def how_to_begin(tables: Mapping[str, int], program: str) -> str:
    """Return a line for each of these documents with the number of its tables, and what to do; "" for none."""
    shown = {path: count for path, count in tables.items() if path.isprintable()}
    if not shown:
        return ""
    lines = [f"{path}: {count} table{'s' * (count != 1)} without markers" for path, count in shown.items()]
    plain = next((path for path in shown if re.fullmatch(r"[\w./\\-]+", path)), "DOC").replace(os.sep, "/")
    start, end = (marker.comment(name, mdx=marker.is_mdx(next(iter(shown)))) for name in (marker.START, marker.END))
    align = f"put {start} above and {end} below a table"
    lines.append(f"  hint: to have tables aligned, {align}")
    lines.append(f"  hint: to generate them from data files: {program} extract --list {plain}")
    return "\n".join([*lines, ""])
