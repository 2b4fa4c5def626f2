"""Unified diffs: what patch makes of them is the new text, and they are small."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdtables.report.text import diff_of
from mdtables.text.line_diff import hunks, opcodes

LINES = st.lists(st.sampled_from("abcdefgh"), max_size=30)


@given(LINES, LINES)
def test_opcodes_turn_one_sequence_into_the_other(old: list[str], new: list[str]) -> None:
    codes = opcodes(old, new)
    assert [line for tag, _, _, c, d in codes for line in new[c:d]] == new
    assert [line for tag, a, b, _, _ in codes for line in old[a:b]] == old
    assert all(old[a:b] == new[c:d] for tag, a, b, c, d in codes if tag == "equal")


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")
@given(LINES, LINES, st.booleans())
def test_patch_applies_a_diff(old: list[str], new: list[str], ends: bool) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) + "end" + "\n" * ends for lines in (old, new))
    diff = diff_of("a.md", before, after)
    assert bool(diff) == (before != after)
    if diff:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "a.md").write_text(before)
            subprocess.run(["patch", "-s", "a.md"], cwd=folder, input=diff, text=True, check=True)
            assert (folder / "a.md").read_text() == after


def test_a_hunk_has_three_lines_of_context() -> None:
    old = list("abcdefghijklmnopqrstuvwxyz")
    new = [line.upper() if line in "dx" else line for line in old]
    found = [[(tag, a, b) for tag, a, b, _, _ in group] for group in hunks(opcodes(old, new))]
    assert found == [
        [("equal", 0, 3), ("replace", 3, 4), ("equal", 4, 7)],
        [("equal", 20, 23), ("replace", 23, 24), ("equal", 24, 26)],
    ]


def test_many_scattered_changes_take_no_quadratic_time() -> None:
    old = [f"| {n} | x |" for n in range(40_000)]
    new = [line if n % 2 else f"{line} " for n, line in enumerate(old) if n % 7]
    start = time.process_time()
    assert opcodes(old, new)
    assert time.process_time() - start < 5
