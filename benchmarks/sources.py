"""What it costs to read data: each format beside the fastest reader in Python, whole processes beside other tools.

    python benchmarks/sources.py [--rounds 7]

The readers take turns within one process, and the tools one after the other, so that a machine's moods fall on all
alike. Figures are medians of the rounds; a tool that is not there is named.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import yaml

from mdtables.model.diagnostics import Location, located_at
from mdtables.model.options import SPECS, Options
from mdtables.sources import FORMATS
from mdtables.workspace.config import Projects
from mdtables.workspace.context import context_of
from mdtables.workspace.load import Loader

ROWS = 35_000
FILES = 1_000
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PEERS = Path(__file__).parent / ".peers" / "bin"


def rows() -> list[dict[str, object]]:
    return [
        {
            "id": number,
            "name": f"tool {number}",
            "stars": number * 7,
            "ratio": number / 7,
            "url": f"https://example.org/{number}",
            "active": number % 2 == 0,
            "note": None,
            "language": "Python",
        }
        for number in range(ROWS)
    ]


def medians(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the median processor time of each work, in milliseconds; they take turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(times, works, strict=True):
            start = time.process_time()
            work()
            taken.append((time.process_time() - start) * 1000)
    return [statistics.median(taken) for taken in times]


def readers(rounds: int) -> None:
    data = {
        ".json": json.dumps(rows(), indent=1).encode(),
        ".jsonl": "".join(json.dumps(row) + "\n" for row in rows()).encode(),
        ".yaml": yaml.dump(rows()[:8000], Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)).encode(),
        ".toml": "".join(
            "[[t]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in row.items() if v is not None)
            for row in rows()[:8000]
        ).encode(),
        ".csv": as_csv(rows()).encode(),
    }
    others: dict[str, tuple[str, Callable[[bytes], object]]] = {
        ".json": ("json.loads", json.loads),
        ".jsonl": ("json.loads a line", lambda text: [json.loads(line) for line in text.splitlines()]),
        ".yaml": ("yaml.load, libyaml", lambda text: yaml.load(text, Loader=LOADER)),
        ".toml": ("tomllib.loads", lambda text: tomllib.loads(text.decode())),
        ".csv": ("csv.reader", lambda text: list(csv.reader(io.StringIO(text.decode())))),
    }
    print("| format |   MB | mdtables, ms | other reader       |   ms | ratio |")
    print("| ------ | ---: | -----------: | ------------------ | ---: | ----: |")
    for suffix, (name, other) in others.items():
        text, module = data[suffix], FORMATS[suffix].load()
        source = SPECS["source"].parse(f"d{suffix}#t" if suffix == ".toml" else f"d{suffix}")

        own = partial(module.read, text, f"d{suffix}", Options(source=source), None)
        ours, theirs = medians([own, partial(other, text)], rounds)
        size = len(text) / 1e6
        print(f"| {suffix} | {size:.1f} | {ours:.0f} | {name} | {theirs:.0f} | {ours / theirs:.2f} |", flush=True)


def as_csv(table: Sequence[dict[str, object]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return file.getvalue()


def pattern(folder: Path, rounds: int) -> None:
    """A thousand documents with front matter: what a table of them costs beside reading them."""
    (folder / "adr").mkdir()
    for number in range(FILES):
        matter = f"---\ntitle: Decision {number}\nstatus: accepted\ndate: 2024-01-15\ntags: [a, b]\n---\n"
        (folder / f"adr/{number:04}.md").write_text(f"{matter}\n# Decision {number}\n" + "\nBecause.\n" * 20)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    document = str(folder / "index.md")
    options = Options(source=SPECS["source"].parse("adr/*.md"), columns=SPECS["columns"].parse("title, status, @file"))
    projects = Projects(str(folder))
    context = context_of(document, projects)

    def table() -> object:
        return Loader(str(folder), projects=projects).load(options, located_at(Location(document)), context)

    def reading() -> object:
        return [(folder / f"adr/{number:04}.md").read_bytes() for number in range(FILES)]

    ours, theirs = medians([table, reading], rounds)
    print(
        f"\n{FILES} documents by a pattern: {ours:.0f} ms, reading them {theirs:.0f} ms, more: {ours - theirs:.0f} ms"
    )


def processes(folder: Path, rounds: int) -> None:
    (folder / "d.json").write_text(json.dumps(rows(), indent=1))
    duckdb = str(PEERS / "duckdb") if (PEERS / "duckdb").exists() else shutil.which("duckdb")
    tools = {
        "mdtables show": [sys.executable, "-m", "mdtables", "show", "d.json"],
        "json.load alone": [sys.executable, "-c", "import json; json.load(open('d.json'))"],
        "jq, tab-separated": ["jq", "-r", ".[] | [.[] | tostring] | @tsv", "d.json"],
        "Miller --omd": ["mlr", "--ijson", "--omd", "cat", "d.json"],
        "DuckDB -markdown": [duckdb or "duckdb", "-markdown", "-c", "select * from 'd.json'"],
    }
    times: dict[str, list[float]] = {name: [] for name in tools}
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    for _ in range(rounds):
        for name, command in tools.items():
            start = time.perf_counter()
            try:
                done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
            except FileNotFoundError:
                continue
            if done.returncode == 0:
                times[name].append(time.perf_counter() - start)
    print("\n| process | seconds |\n| --- | ---: |")
    for name, taken in times.items():
        print(f"| {name} | {statistics.median(taken):.2f} |" if taken else f"| {name} | not there |")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    readers(arguments.rounds)
    with tempfile.TemporaryDirectory() as folder:
        pattern(Path(folder), arguments.rounds)
        processes(Path(folder), arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
