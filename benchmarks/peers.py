"""mdtables compared with the tools that do the same work, or a part of it: time and memory of whole processes.

    bash benchmarks/install && python benchmarks/peers.py [--quick] [--rounds 5] [--only NAME] [--write]

Inputs are made from a seed in a temporary folder. In each round every tool of a work runs once, one after the other, so
that a machine's moods fall on all alike. A tool that is not there is named. `--quick` makes every input ten times
smaller; `--write` puts the table into docs/data/performance.csv.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PEERS = Path(os.environ.get("MDTABLES_PEERS", HERE / ".peers"))
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"]
WIDE = ["漢字", "かな", "한국어", "🎉", "👩\u200d💻", "é", "ñ", "Ωμέγα"]
PARAGRAPH = "Nothing in this paragraph is of any interest to a tool that looks for tables.\n\n"
FIVE_KB = PARAGRAPH * 62


@dataclass(frozen=True)
class Tool:
    """A command, run in the folder of its work; `before` puts things back, outside of the measured time."""

    name: str
    command: list[str]
    before: Callable[[], None] | None = None
    allowed: tuple[int, ...] = (0,)


@dataclass
class Work:
    """What is done, on which input, by which tools; `targets` are the ratios to reach against some of them."""

    name: str
    tools: list[Tool]
    targets: dict[str, float] = field(default_factory=dict)
    memory: float = 0.0


def program(name: str) -> str:
    for place in (PEERS / "bin", PEERS / "node_modules" / ".bin"):
        if (place / name).exists():
            return str(place / name)
    return shutil.which(name) or ""


MDTABLES = program("mdtables")
RUN_PYTHON = [program("python") or sys.executable, "-c"]


def mdtables(*words: str, before: Callable[[], None] | None = None, allowed: tuple[int, ...] = (0,)) -> Tool:
    return Tool("mdtables", [MDTABLES, *words], before, allowed)


def settle(folder: Path) -> None:
    """A repository in which everything is regenerated, so that what is measured has nothing to do."""
    for words in (["git", "init", "-q"], ["git", "add", "."], [MDTABLES, "fix", "-q"]):
        subprocess.run(words, cwd=folder, check=True, capture_output=True)


# --- inputs -----------------------------------------------------------------------------------------------------------


def sourced(source: str, options: str = "") -> str:
    return f'<!-- TABLE_GENERATE_START source="{source}"{options} -->\n<!-- TABLE_GENERATE_END -->\n\n'


def write_csv(path: Path, rows: int, columns: int = 10, words: list[str] = WORDS) -> None:
    choose = random.Random(1)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([f"c{number}" for number in range(columns)])
        for number in range(rows):
            kinds = [str(number), f"{choose.random():.4f}", "2021-05-20", " ".join(choose.choices(words, k=3))]
            writer.writerow([kinds[column % 4] for column in range(columns)])


def tree(folder: Path, documents: int, every: int) -> None:
    """Documents of 5 KB in a hundred folders, the n-th of them with a region, all clean."""
    folder.mkdir()
    write_csv(folder / "d.csv", 20, 4)
    for number in range(documents):
        path = folder / str(number % 100) / f"{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# Number {number}\n\n{sourced('../d.csv') if number % every == 0 else ''}{FIVE_KB}")
    settle(folder)


def one(folder: Path, text: str, rows: int = 20, columns: int = 4, words: list[str] = WORDS) -> None:
    folder.mkdir()
    write_csv(folder / "d.csv", rows, columns, words)
    (folder / "a.md").write_text(text, encoding="utf-8")
    settle(folder)


# --- works ------------------------------------------------------------------------------------------------------------


def sparse_tree(folder: Path, size: int) -> Work:
    tree(folder, 10_000 // size, 101)
    (folder / ".rumdl.toml").write_text("[MD060]\nenabled = true\nstyle = 'aligned'\n")
    documents = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))
    (folder / "list.txt").write_text("\n".join(documents))
    tools = [
        mdtables("check", "-q"),
        Tool("mdtables --no-cache", [MDTABLES, "check", "-q", "--no-cache"]),
        Tool("rumdl, MD060 alone", [program("rumdl"), "check", "--no-cache", "-e", "MD060", "."], allowed=(0, 1)),
        Tool("cog", [program("cog"), "--check", "@list.txt"]),
        Tool("embedme", [program("embedme"), "--verify", "--silent", "**/*.md"]),
        Tool("ripgrep, which only looks", [program("rg"), "-l", "TABLE_GENERATE", "."]),
    ]
    targets = {"rumdl, MD060 alone": 0.2, "cog": 0.2, "embedme": 0.5, "ripgrep, which only looks": 5.0}
    return Work(f"check {len(documents):,} documents of 5 KB, 1 in 100 with a region", tools, targets)


def dense_tree(folder: Path, size: int) -> Work:
    tree(folder, 1000 // size, 1)
    (folder / ".rumdl.toml").write_text("[MD060]\nenabled = true\nstyle = 'aligned'\n")
    rumdl = [program("rumdl"), "check", "--no-cache", "-e", "MD060", "."]
    uncached = Tool("mdtables --no-cache", [MDTABLES, "check", "-q", "--no-cache"])
    tools = [mdtables("check", "-q"), uncached, Tool("rumdl, MD060 alone", rumdl, allowed=(0, 1))]
    return Work(f"check {1000 // size:,} documents that each have a region", tools, {"rumdl, MD060 alone": 1.0})


def no_region(folder: Path, _size: int) -> Work:
    one(folder, FIVE_KB)
    tools = [mdtables("check", "-q", "a.md"), Tool("python -c pass", [*RUN_PYTHON, "pass"])]
    return Work("check one document without a region", tools, {"python -c pass": 2.5})


def one_region(folder: Path, _size: int) -> Work:
    one(folder, "# One\n\n" + sourced("d.csv") + FIVE_KB)
    tools = [
        mdtables("check", "-q", "--no-cache", "a.md"),
        Tool("mdformat", [program("mdformat"), "--check", "a.md"], allowed=(0, 1)),
        Tool("prettier", [program("prettier"), "--check", "a.md"], allowed=(0, 1)),
        Tool("markdown-table-formatter", [program("markdown-table-formatter"), "--check", "a.md"], allowed=(0, 1)),
    ]
    return Work("check one document with one region", tools, {"mdformat": 0.4, "prettier": 0.3})


def large_csv(folder: Path, size: int) -> Work:
    rows = 100_000 // size
    one(folder, "", rows=rows, columns=10)
    tabulate = (
        "import csv, tabulate; rows = list(csv.reader(open('d.csv'))); "
        "print(tabulate.tabulate(rows[1:], headers=rows[0], tablefmt='github', disable_numparse=True))"
    )
    tools = [
        mdtables("show", "d.csv"),
        Tool("duckdb -markdown", [program("duckdb"), "-markdown", "-c", "FROM read_csv('d.csv', all_varchar=true)"]),
        Tool("tabulate", [*RUN_PYTHON, tabulate]),
        Tool("miller, pprint --barred", [program("mlr"), "--icsv", "--opprint", "--barred", "cat", "d.csv"]),
        Tool("csv2md", [program("csv2md"), "d.csv"]),
    ]
    name = f"a CSV of {rows:,} rows and 10 columns into an aligned table"
    return Work(name, tools, {"duckdb -markdown": 0.85, "tabulate": 0.12}, memory=100)


def large_yaml(folder: Path, size: int) -> Work:
    one(folder, "")
    choose = random.Random(1)
    lines = []
    for number in range(46_000 // size):
        lines.append(
            f"- id: {number}\n  name: {' '.join(choose.choices(WORDS, k=3))}\n  ratio: {choose.random():.4f}\n"
        )
        lines.append(f"  date: 2021-05-20\n  active: {choose.choice(['yes', 'no'])}\n")
    (folder / "d.yaml").write_text("".join(lines))
    read = "from mdtables.sources.yaml_file import read; from mdtables.model.options import Options; "
    ours = [*RUN_PYTHON, read + "read(open('d.yaml', 'rb').read(), 'd.yaml', Options())"]
    theirs = [*RUN_PYTHON, "import yaml; yaml.load(open('d.yaml', 'rb'), yaml.CSafeLoader)"]
    megabytes = (folder / "d.yaml").stat().st_size / 1e6
    tools = [Tool("mdtables", ours), Tool("yaml.load, CSafeLoader", theirs)]
    return Work(f"a YAML source of {megabytes:.1f} MB, read", tools, {"yaml.load, CSafeLoader": 0.2})


def stale_tree(folder: Path, size: int) -> Work:
    tree(folder, 1000 // size, 1)
    write_csv(folder / "d.csv", 21, 4)
    settled = {path: path.read_bytes() for path in folder.rglob("*.md")}

    def back() -> None:
        for path, data in settled.items():
            path.write_bytes(data)

    return Work(f"fix {1000 // size:,} stale documents", [mdtables("fix", "-q", before=back)])


def shared_source(folder: Path, size: int) -> Work:
    folder.mkdir()
    write_csv(folder / "d.csv", 20_000)
    for number in range(500 // size):
        (folder / f"{number}.md").write_text(f"# Number {number}\n\n{sourced('d.csv', ' limit=20')}{FIVE_KB}")
    settle(folder)
    alone = Tool("the same for one of them", [MDTABLES, "check", "-q", "--no-cache", "0.md"])
    name = f"check {500 // size} documents that show 20 of the same 20,000 rows"
    return Work(name, [mdtables("check", "-q", "--no-cache"), alone])


def many_regions(folder: Path, size: int) -> Work:
    one(folder, "".join(f"# {number}\n\n{sourced('d.csv')}{FIVE_KB * 5}" for number in range(200 // size)))
    megabytes = (folder / "a.md").stat().st_size / 1e6
    name = f"check one document of {megabytes:.1f} MB with {200 // size} regions"
    return Work(name, [mdtables("check", "-q", "--no-cache", "a.md")])


def wide_text(folder: Path, size: int) -> Work:
    one(folder, sourced("d.csv"), rows=2000 // size, columns=30, words=WIDE)
    return Work(
        f"check {2000 // size:,} rows of 30 columns, CJK and emoji", [mdtables("check", "-q", "--no-cache", "a.md")]
    )


def huge_source(folder: Path, size: int) -> Work:
    rows = 1_000_000 // size
    one(folder, "")
    write_csv(folder / "d.csv", rows)
    return Work(f"the first 20 of {rows:,} rows", [mdtables("show", "--limit", "20", "d.csv")])


def cold_start(folder: Path, _size: int) -> Work:
    one(folder, "")
    names = ["fix", "check", "list", "pull", "extract", "show", "merge-driver"]
    tools = [Tool(f"mdtables {name} --help", [MDTABLES, name, "--help"]) for name in names]
    return Work("cold start", [*tools, Tool("python -c pass", [*RUN_PYTHON, "pass"])])


WORKS: dict[str, Callable[[Path, int], Work]] = {
    work.__name__: work
    for work in (
        *(sparse_tree, dense_tree, no_region, one_region, large_csv, large_yaml),
        *(stale_tree, shared_source, many_regions, wide_text, huge_source, cold_start),
    )
}


# --- measuring --------------------------------------------------------------------------------------------------------


def measured(tool: Tool, folder: Path) -> tuple[float, float]:
    """Seconds and megabytes of one run."""
    if tool.before:
        tool.before()
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(
        tool.command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in tool.allowed:
        sys.exit(f"{tool.name} ended with {process.returncode}: {' '.join(tool.command)[:200]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def report(work: Work, folder: Path, rounds: int) -> list[list[str]]:
    tools = [tool for tool in work.tools if tool.command[0]]
    for tool in work.tools:
        if tool not in tools:
            print(f"{tool.name} is not there", file=sys.stderr)
    runs: dict[str, list[tuple[float, float]]] = {tool.name: [] for tool in tools}
    for _ in range(rounds + 1):  # the first fills caches
        for tool in tools:
            runs[tool.name].append(measured(tool, folder))
    ours = statistics.median(seconds for seconds, _ in runs[tools[0].name][1:])
    rows = []
    for tool in tools:
        times = [seconds for seconds, _ in runs[tool.name][1:]]
        median, memory = statistics.median(times), max(megabytes for _, megabytes in runs[tool.name])
        ratio = f"{ours / median:.2f}" if tool is not tools[0] and work.name != "cold start" else ""
        target = f"{work.targets[tool.name]:g}" if tool.name in work.targets else ""
        spread = f"{(max(times) - min(times)) / median * 100:.0f} %"
        rows.append([work.name, tool.name, f"{median * 1000:.0f}", spread, f"{memory:.0f}", ratio, target])
        print(" | ".join(rows[-1]), flush=True)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=WORKS)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if not MDTABLES:
        sys.exit("no mdtables: bash benchmarks/install")
    table = [["work", "tool", "ms", "spread", "MB", "mdtables relative to it", "at most"]]
    for name, make in WORKS.items():
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder) / "work"
                table += report(make(place, 10 if arguments.quick else 1), place, arguments.rounds)
    if arguments.write:
        with open(ROOT / "docs/data/performance.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    main()
