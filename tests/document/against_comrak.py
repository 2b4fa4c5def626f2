"""Markers put into real documents, and what mdtables and comrak take them for.

    python -m tests.document.against_comrak FOLDER … [--seed 7]

Takes every Markdown file below the folders once, however many copies there are, and puts eight markers into each at
random places, some indented, some between blank lines. It fails where mdtables would write into what is code to comrak.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.document.test_structure import MARKER, comraks, ours

MARKERS = 8


def documents(folders: Sequence[str]) -> Iterator[tuple[Path, str]]:
    seen: set[str] = set()
    for path in (path for folder in folders for path in sorted(Path(folder).rglob("*.md"))):
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
        if 200 < len(text) < 100_000 and "\r" not in text and "TABLE_GENERATE" not in text and text not in seen:
            seen.add(text)
            yield path, text


def with_markers(text: str, choose: random.Random) -> str:
    lines = text.split("\n")
    for at in sorted(choose.sample(range(len(lines) + 1), min(MARKERS, len(lines) + 1)), reverse=True):
        marker = choose.choice(["", "", "", " ", "    "]) + MARKER
        lines[at:at] = ["", marker, ""] if choose.random() < 0.6 else [marker]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    choose = random.Random(arguments.seed)
    count = markers = left_alone = 0
    wrong = []
    for path, text in documents(arguments.folders):
        marked = with_markers(text, choose)
        here, there = ours(marked), comraks(marked)
        count, markers, left_alone = count + 1, markers + len(here | there), left_alone + len(there - here)
        wrong += [f"{path}: lines {sorted(here - there)}"] if here - there else []
    print(f"{count} documents, {markers} markers outside of code; mdtables left {left_alone} of them alone")
    if not count:
        sys.exit("no document below these folders")
    sys.exit("\n".join(["taken for markers in code:", *wrong]) if wrong else 0)


if __name__ == "__main__":
    main()
