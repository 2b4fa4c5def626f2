"""What the plugin adds to a build: 500 pages, 100 of them with a table, with it, without it, and with table-reader.

    python benchmarks/build.py [--rounds 9] [--write]

All three sites show the same 100 tables of 30 rows. The first two are the same files, with the tables in them; the
third has them read by mkdocs-table-reader, where `python` has it. Rounds are interleaved, and a ratio
is the median of those of each round. `--write` puts the figures into docs/data/site-cost.csv.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGES, TABLES, ROWS = 500, 100, 30
PARAGRAPH = "Nothing in this *paragraph* is of any interest to `mdtables`, which looks for [tables](index.md) only.\n\n"
PLUGINS = {
    "without": "plugins: []\n",
    "mdtables": "plugins: [mdtables]\n",
    "mkdocs-table-reader": "plugins: [table-reader]\n",
}


def make(folder: Path, name: str) -> None:
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(f"site_name: x\n{PLUGINS[name]}")
    rows = "".join(f"{number},name {number},{number * 1.5}\n" for number in range(ROWS))
    for number in range(TABLES):
        (folder / "docs" / f"{number}.csv").write_text("id,name,value\n" + rows)
    for number in range(PAGES):
        table = ""
        if number % (PAGES // TABLES) == 0:
            source = f"{number * TABLES // PAGES}.csv"
            table = f'<!-- TABLE_GENERATE_START source="{source}" -->\n<!-- TABLE_GENERATE_END -->\n\n'
            if name == "mkdocs-table-reader":
                table = f"{{{{ read_csv('docs/{source}') }}}}\n\n"
        page = "index.md" if number == 0 else f"{number}.md"
        (folder / "docs" / page).write_text(f"# Page {number}\n\n{table}{PARAGRAPH * 5}")
    if name != "mkdocs-table-reader":
        subprocess.run([sys.executable, "-m", "mdtables", "fix", "-q", "docs"], cwd=folder, check=True)


def seconds(folder: Path) -> float:
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, env=environment, check=True, capture_output=True
    )
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    names = list(PLUGINS)
    if find_spec("mkdocs_table_reader_plugin") is None:
        print("mkdocs-table-reader-plugin is not there")
        names.remove("mkdocs-table-reader")
    times: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            make(Path(folder) / name, name)
        for _ in range(arguments.rounds + 1):
            for name in names:
                times[name].append(seconds(Path(folder) / name))
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}  # the first compiles
    table = [["plugin", "seconds", "ratio to the plain build"]]
    for name, each in times.items():
        ratios = [ours / plain for ours, plain in zip(each[1:], times["without"][1:], strict=True)]
        table.append([name, f"{medians[name]:.2f}", f"{statistics.median(ratios):.2f}"])
    print("\n".join(", ".join(row) for row in table))
    if arguments.write:
        with open(ROOT / "docs/data/site-cost.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    main()
