"""Time and memory against size, each over three decades, as plots: `python benchmarks/growth.py [--write]`.

One thing grows at a time: documents, regions of one document, rows, columns, the length of a cell. Seconds are those of
the processor. The last column is the time for ten times as much, divided by ten: above 1 it grows faster than the size.
`--write` puts the plots into docs/images and the figures into docs/data/growth.csv.
"""

from __future__ import annotations

import argparse
import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from math import log10
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUNS = 2  # of which the fastest counts: what else happens on a machine only adds
REGION = '<!-- TABLE_GENERATE_START source="d.csv" -->\n<!-- TABLE_GENERATE_END -->\n\n'


def rows(count: int, columns: int = 10, length: int = 8) -> str:
    header = ",".join(f"c{number}" for number in range(columns))
    line = ",".join("x" * length for _ in range(columns))
    return "\n".join([header, *(line for _ in range(count)), ""])


def of_documents(folder: Path, size: int) -> None:
    (folder / "d.csv").write_text(rows(5, 3))
    for number in range(size):
        (folder / f"{number}.md").write_text(f"# {number}\n\n{REGION}text\n")


def of_regions(folder: Path, size: int) -> None:
    (folder / "d.csv").write_text(rows(5, 3))
    (folder / "a.md").write_text("".join(f"# {number}\n\n{REGION}text\n\n" for number in range(size)))


def of_rows(folder: Path, size: int) -> None:
    (folder / "d.csv").write_text(rows(size))
    (folder / "a.md").write_text(REGION)


def of_columns(folder: Path, size: int) -> None:
    (folder / "d.csv").write_text(rows(20, size))
    (folder / "a.md").write_text(REGION)


def of_length(folder: Path, size: int) -> None:
    (folder / "d.csv").write_text(rows(5, 3, size))
    (folder / "a.md").write_text(REGION)


WORKS: dict[str, tuple[Callable[[Path, int], None], list[int]]] = {
    "documents": (of_documents, [3, 10, 30, 100, 300, 1000, 3000]),
    "regions in a document": (of_regions, [1, 3, 10, 30, 100, 300, 1000]),
    "rows": (of_rows, [100, 300, 1000, 3000, 10_000, 30_000, 100_000]),
    "columns": (of_columns, [10, 30, 100, 300, 1000, 3000, 10_000]),
    "characters in a cell": (of_length, [1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]),
}


def measured(folder: Path) -> tuple[float, float]:
    """Seconds of the processor and megabytes of `mdtables fix -q`, on stale documents."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "mdtables", "fix", "-q"]
    with subprocess.Popen(command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)}) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"mdtables ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def grown(make: Callable[[Path, int], None], size: int) -> tuple[float, float]:
    runs = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "mdtables.toml").touch()
            make(Path(folder), size)
            runs.append(measured(Path(folder)))
    return min(seconds for seconds, _ in runs), min(megabytes for _, megabytes in runs)


WIDTH, HEIGHT, LEFT, BOTTOM = 420, 260, 46, 34


def plot(name: str, points: list[tuple[int, float, float]]) -> str:
    """Both curves on logarithmic axes, as SVG; the dashed line is what grows as the size does."""
    low, high = log10(points[0][0]), log10(points[-1][0])
    bottom, top = -2.0, 3.0

    def place(size: float, value: float) -> str:
        x = LEFT + (log10(size) - low) / (high - low) * (WIDTH - LEFT - 10)
        y = HEIGHT - BOTTOM - (log10(value) - bottom) / (top - bottom) * (HEIGHT - BOTTOM - 10)
        return f"{x:.1f},{y:.1f}"

    last_size, last_seconds, _ = points[-1]
    linear = (
        f"{place(points[0][0], max(0.01, last_seconds * points[0][0] / last_size))} {place(last_size, last_seconds)}"
    )
    seconds = " ".join(place(size, spent) for size, spent, _ in points)
    memory = " ".join(place(size, megabytes) for size, _, megabytes in points)
    marks = ""
    for value in (0.01, 0.1, 1, 10, 100, 1000):
        y = place(points[0][0], value).split(",")[1]
        marks += f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{value:g}</text>'
    for size, _, _ in points[::3]:
        x = place(size, 1).split(",")[0]
        anchor = "end" if size == last_size else "middle"
        marks += f'<text x="{x}" y="{HEIGHT - 18}" text-anchor="{anchor}">{size:,}</text>'
    style = "text{font:11px sans-serif;fill:#777}polyline{fill:none;stroke-width:2}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">'
        f"<style>{style}</style>{marks}"
        f'<polyline points="{linear}" stroke="#999" stroke-dasharray="3 4"/>'
        f'<polyline points="{memory}" stroke="#d95f02"/><polyline points="{seconds}" stroke="#1f78b4"/>'
        f'<text x="{LEFT}" y="{HEIGHT - 3}">{name}: seconds (blue), megabytes (orange)</text></svg>\n'
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    table = [["what grows", "from", "to", "seconds", "MB", "time for ten times as much, by ten"]]
    for name, (make, sizes) in WORKS.items():
        points = [(size, *grown(make, size)) for size in sizes]
        tenth = next(seconds for size, seconds, _ in points if size * 10 == sizes[-1])
        figures = [f"{points[-1][1]:.2f}", f"{points[-1][2]:.0f}", f"{points[-1][1] / tenth / 10:.2f}"]
        table.append([name, f"{sizes[0]:,}", f"{sizes[-1]:,}", *figures])
        print(", ".join(table[-1]), flush=True)
        if arguments.write:
            (ROOT / f"docs/images/growth-{name.split()[0]}.svg").write_text(plot(name, points))
    if arguments.write:
        with open(ROOT / "docs/data/growth.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    main()
