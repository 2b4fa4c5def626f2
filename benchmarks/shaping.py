"""What options cost that choose and compute what a table shows, beside the same table without them.

    python benchmarks/shaping.py [--rounds 5] [--rows 100000]

The regions take turns within one process, so that a machine's moods fall on all alike. Figures are medians of the
rounds. `where` is timed alone: its time on rows that were read already.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

from mdtables import regenerate
from mdtables.model.conditions import condition_of
from mdtables.model.diagnostics import Diagnostic, Locate
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.sources.csv_file import read
from mdtables.tables.where import names_of, rows_where

COLUMNS = ["name", "url", "stars", "year", "status", "c0", "c1", "c2", "c3", "c4"]
END = "<!-- TABLE_GENERATE_END -->\n"
REST = "year, status, c0, c1, c2, c3, c4"
REGIONS = {
    "plain": f"name, status as S, stars, {REST}",
    "plain, with addresses": f"name, url, stars, {REST}",
    "a link and a number": f"[{{name}}]({{url}}) as Tool, {{stars:,}} as Stars, {REST}",
    "two links": f"[{{name}}]({{url}}) as Tool, [{{c0}}](https://e.com/{{name}}) as X, stars, {REST}",
    "two texts": f"{{name}} ({{status}}) as Tool, **{{c0}}** as X, stars, {REST}",
}
OTHERS = {
    "where": """where="stars >= 50000 and status != 'beta'" """,
    "map": 'map="status: stable=✅, *=?"',
    "group": 'group="status"',
    "sort": 'sort="-stars, name:natural"',
    "caption": 'caption="{rows} of {all}"',
}
CONDITION = "stars >= 50000 and status = 'stable'"


def data(rows: int) -> bytes:
    chance = random.Random(1)
    lines = [",".join(COLUMNS)]
    for number in range(rows):
        status = chance.choice(["stable", "beta", "old", "n/a"])
        cells = ",".join(f"v{chance.randrange(1000)}" for _ in range(5))
        lines.append(
            f"tool {number},https://e.com/{number},{chance.randrange(99999)},{number % 60 + 1960},{status},{cells}"
        )
    return "\n".join(lines).encode() + b"\n"


def main() -> int:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--rows", type=int, default=100_000)
    given = arguments.parse_args()
    raw = data(given.rows)

    def load(options: Options, _: Locate) -> tuple[Table, Sequence[Diagnostic]]:
        return read(raw, "d.csv", options, None), ()

    options = {name: f'columns="{columns}"' for name, columns in REGIONS.items()}
    options |= {name: f'columns="{REGIONS["plain"]}" {words}' for name, words in OTHERS.items()}
    empty = {
        name: f'# T\n\n<!-- TABLE_GENERATE_START source="d.csv" {words} -->\n{END}' for name, words in options.items()
    }
    full = {name: regenerate(text, "a.md", load).new for name, text in empty.items()}
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(given.rounds):
        for name in options:
            times.setdefault((name, "fix"), []).append(timed(partial(regenerate, empty[name], "a.md", load)))
            times.setdefault((name, "check"), []).append(timed(partial(regenerate, full[name], "a.md", load)))
    middle = {key: statistics.median(found) for key, found in times.items()}
    print(f"{given.rows} rows of {len(COLUMNS)} columns, medians of {given.rounds}: ms, and times those of plain")
    for name in options:
        cells = (
            f"{middle[name, work]:7.0f} {middle[name, work] / middle['plain', work]:5.2f}" for work in ("fix", "check")
        )
        print(f"{name:22} {'   '.join(cells)}")
    table, condition = read(raw, "d.csv", Options(), None), condition_of(CONDITION)
    columns = {name: COLUMNS.index(name) for name in names_of(condition)}
    alone = [timed(lambda: rows_where(table, condition, columns, ", ")) for _ in range(given.rounds)]
    print(f"{'two terms alone':22} {statistics.median(alone):7.1f}")
    return 0


def timed(work: Callable[[], object]) -> float:
    """Return the processor time of some work, in milliseconds."""
    gc.collect()
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    sys.exit(main())
