"""The second reading before a table is written: what is right must pass it too."""

from __future__ import annotations

import pytest

from mdtables.cells.verify import first_misread


@pytest.mark.parametrize("character", "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_what_ends_a_line_to_python_ends_no_row(character: str) -> None:
    """mistune reads rows with a backslash, and before 3.3 it took each of these for the end of one."""
    header, row = ["name", "sign"], [r"\[", f"a{character}b"]
    lines = [f"| {' | '.join(cells)} |" for cells in (header, ["---", "---"], row)]
    assert first_misread(lines, header, [row]) is None
