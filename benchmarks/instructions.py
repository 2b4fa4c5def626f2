"""The instructions of the commonest runs, which no neighbour on the machine changes.

    python benchmarks/instructions.py [--write]

valgrind counts them, in a hundred times the time of the run. `ratio` is how many times the instructions of Python
alone a run takes. `--write` puts the table into docs/data/instructions.csv.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import build
from peers import FIVE_KB, ROOT, one, sourced, tree

CHECK = ["-m", "mdtables", "check", "-q"]


def instructions(folder: Path, words: list[str]) -> int:
    """Those of Python running these words in a folder, child processes left out."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    command = [sys.executable, *words]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)  # compiles, and fills caches
    counting = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    ran = subprocess.run(counting, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", ran.stderr)
    assert found, ran.stderr
    return int(found[1])


def works(folder: Path) -> list[tuple[str, Path, list[str]]]:
    """Name, folder and words of each run."""
    one(folder / "plain", FIVE_KB)
    one(folder / "region", "# One\n\n" + sourced("d.csv") + FIVE_KB)
    one(folder / "large", "", rows=10_000, columns=10)
    tree(folder / "tree", 1000, 100)
    runs = [
        ("python -c pass", folder, ["-c", "pass"]),
        ("check one document without a region", folder / "plain", [*CHECK, "a.md"]),
        ("check one document with one region", folder / "region", [*CHECK, "--no-cache", "a.md"]),
        ("check 1,000 documents, 10 with a region, all known to be clean", folder / "tree", CHECK),
        ("show 10,000 rows of 10 columns", folder / "large", ["-m", "mdtables", "show", "d.csv"]),
    ]
    for name, title in (("without", "build 500 pages by MkDocs"), ("mdtables", "the same with the plugin")):
        build.make(folder / name, name)
        runs.append((title, folder / name, ["-m", "mkdocs", "build", "-q"]))
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if not shutil.which("valgrind"):
        sys.exit("no valgrind")
    table = [["run", "million instructions", "ratio to Python alone"]]
    alone = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, place, words in works(Path(folder)):
            count = instructions(place, words) / 1e6
            alone = alone or count
            table.append([name, f"{count:.0f}", f"{count / alone:.2f}"])
            print(" | ".join(table[-1]), flush=True)
    if arguments.write:
        with open(ROOT / "docs/data/instructions.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    main()
