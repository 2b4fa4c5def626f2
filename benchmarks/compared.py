"""The chart of docs/explanation/performance.md, drawn from docs/data/performance.csv: `python benchmarks/compared.py`.

A bar is how many times as long as mdtables another tool takes for a work; to the left of the line, it is faster.
"""

from __future__ import annotations

import csv
from math import log10
from pathlib import Path

ROOT = Path(__file__).parent.parent
SHOWN = {  # works, as performance.csv begins their names, and their titles
    "check 10,000 documents": "check 10,000 documents, 1 in 100 with a region",
    "check 1,000 documents": "check 1,000 small documents, each with a region",
    "check 1,000 real": "check 1,000 real documents, each with a region",
    "fix 1,000 stale": "fix 1,000 stale documents",
    "check one document with one": "check one document",
    "a CSV of 100,000 rows": "a CSV of 100,000 rows into a table",
}
WIDTH, LEFT, LINE = 640, 230, 17
LEAST, MOST = 0.05, 20.0


def place(ratio: float) -> float:
    """Return the x of a ratio, on a logarithmic axis."""
    part = (log10(min(max(ratio, LEAST), MOST)) - log10(LEAST)) / (log10(MOST) - log10(LEAST))
    return LEFT + part * (WIDTH - LEFT - 50)


def bars(rows: list[dict[str, str]]) -> list[tuple[str, float | None]]:
    """Return the lines of the chart: titles, whose number is None, and tools with their times relative to mdtables."""
    found: list[tuple[str, float | None]] = []
    for begins, title in SHOWN.items():
        found.append((title, None))
        own = [row for row in rows if row["work"].startswith(begins) and row["mdtables relative to it"]]
        ratios = {row["tool"]: 1 / float(row["mdtables relative to it"]) for row in own}
        named = [tool for tool in ratios if not tool.startswith(("mdtables", "python"))]
        found += [(tool, ratios[tool]) for tool in sorted(named, key=ratios.__getitem__, reverse=True)]
    return found


def chart(lines: list[tuple[str, float | None]]) -> str:
    height = LINE * len(lines) + 26
    one = place(1)
    parts = []
    for number, (name, ratio) in enumerate(lines):
        y = LINE * number + 14
        if ratio is None:
            parts.append(f'<text x="0" y="{y}" font-weight="bold">{name}</text>')
            continue
        x = place(ratio)
        color = "#1f78b4" if ratio >= 1 else "#d95f02"
        shown = f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"
        parts += [
            f'<text x="{LEFT - 8}" y="{y}" text-anchor="end">{name}</text>',
            f'<rect x="{min(x, one):.1f}" y="{y - 10}" width="{abs(x - one):.1f}" height="12" fill="{color}"/>',
            f'<text x="{max(x, one) + 5:.1f}" y="{y}">{shown} x</text>',
        ]
    bottom = height - 20
    parts.append(f'<line x1="{one:.1f}" x2="{one:.1f}" y1="0" y2="{bottom}" stroke="#777"/>')
    parts.append(f'<text x="{one:.1f}" y="{height - 6}" text-anchor="middle">as long as mdtables</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-label="How many times as long as mdtables other tools take">'
        "<style>text{font:11px sans-serif;fill:#777}</style>" + "".join(parts) + "</svg>\n"
    )


if __name__ == "__main__":
    with open(ROOT / "docs/data/performance.csv", encoding="utf-8", newline="") as file:
        (ROOT / "docs/images/compared.svg").write_text(chart(bars(list(csv.DictReader(file)))), encoding="utf-8")
