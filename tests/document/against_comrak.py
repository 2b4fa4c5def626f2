"""Insert markers into real documents, and compare how mdtables and comrak parse them.

    python -m tests.document.against_comrak FOLDER … [--seed 7]

Each distinct Markdown file below the folders gets eight markers at random places, some indented, some between blank
lines. Exits with an error if mdtables recognizes a marker that comrak parses as code.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.document.test_structure import MARKER, comrak_markers, mdtables_markers

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
        found_by_mdtables, found_by_comrak = mdtables_markers(marked), comrak_markers(marked)
        count, markers, left_alone = (
            count + 1,
            markers + len(found_by_mdtables | found_by_comrak),
            left_alone + len(found_by_comrak - found_by_mdtables),
        )
        wrong += (
            [f"{path}: lines {sorted(found_by_mdtables - found_by_comrak)}"]
            if found_by_mdtables - found_by_comrak
            else []
        )
    print(f"{count} documents, {markers} markers outside of code; mdtables left {left_alone} of them alone")
    if not count:
        sys.exit("no document below these folders")
    sys.exit("\n".join(["taken for markers in code:", *wrong]) if wrong else 0)


if __name__ == "__main__":
    main()
