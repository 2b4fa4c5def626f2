"""mdtables compared with the tools that do the same work, or a part of it: time and memory of whole processes.

    bash benchmarks/install && python benchmarks/peers.py [--quick] [--rounds 5] [--only NAME] [--write]

Inputs are made from a seed in a temporary folder. In each round every tool of a work runs once, one after the other, so
that a machine's moods fall on all alike; ratios are medians of those of the rounds. A tool that is not there is named.
`--quick` makes every input ten times smaller; `--write` puts the table into docs/data/performance.csv. MDTABLES_CORPUS
names a folder with Markdown of other projects; without it, the work on real documents is left out.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
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
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parent
PEERS = Path(os.environ.get("MDTABLES_PEERS", HERE / ".peers"))
WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu"]
CORPUS = os.environ.get("MDTABLES_CORPUS", "")
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
    of_cpu: bool = False
    """Whether the targets are for processor time, not for time by the clock."""


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


RUMDL = "[MD060]\nenabled = true\nstyle = 'aligned'\n"
DPRINT = '{"markdown": {}, "includes": ["**/*.md"], "plugins": ["%s"]}'


def tree(folder: Path, documents: int, every: int, texts: list[str] | None = None) -> None:
    """Documents in a hundred folders, the n-th of them with a region and a source of its own, all clean."""
    folder.mkdir()
    for number in range(documents):
        path = folder / str(number % 100) / f"{number}.md"
        path.parent.mkdir(exist_ok=True)
        region = sourced(f"{number}.csv") if number % every == 0 else ""
        if region:
            write_csv(path.with_suffix(".csv"), 20, 4)
        text = texts[number % len(texts)] + f"\n\n## Table\n\n{region}" if texts else f"{region}{FIVE_KB}"
        path.write_text(f"# Number {number}\n\n{text}", encoding="utf-8")
    settle(folder)
    (folder / ".rumdl.toml").write_text(RUMDL)
    (folder / "dprint.json").write_text(DPRINT % (PEERS / "node_modules/@dprint/markdown/plugin.wasm"))
    (folder / "biome.json").write_text("{}")


def rumdl(verb: str) -> Tool:
    command = [program("rumdl"), verb, "--no-cache", "-e", "MD060", "."]
    return Tool(f"rumdl {verb}, MD060 alone", command, allowed=(0, 1))


def others(verb: str) -> list[Tool]:
    """Formatters of whole documents: they do more than align tables, and know no data."""
    dprint = Tool(f"dprint {verb}", [program("dprint"), verb, "--incremental=false"], allowed=(0, 20))
    oxfmt = [program("oxfmt"), *(["--check"] if verb == "check" else []), "**/*.md"]
    return [dprint, Tool("oxfmt", oxfmt, allowed=(0, 1, 2))]


def one(folder: Path, text: str, rows: int = 20, columns: int = 4, words: list[str] = WORDS) -> None:
    folder.mkdir()
    write_csv(folder / "d.csv", rows, columns, words)
    (folder / "a.md").write_text(text, encoding="utf-8")
    settle(folder)


# --- works ------------------------------------------------------------------------------------------------------------


def sparse_tree(folder: Path, size: int) -> Work:
    tree(folder, 10_000 // size, 101)
    documents = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.md"))
    (folder / "list.txt").write_text("\n".join(documents))
    tools = [
        mdtables("check", "-q", "--no-cache"),
        Tool("mdtables with its cache", [MDTABLES, "check", "-q"]),
        Tool("cat of all", ["sh", "-c", "xargs cat < list.txt"]),
        Tool("ripgrep, which only looks", [program("rg"), "-l", "TABLE_GENERATE", "."]),
        rumdl("check"),
        *others("check"),
        Tool("biome check", [program("biome"), "check", "."], allowed=(0, 1)),
        Tool("cog", [program("cog"), "--check", "@list.txt"]),
        Tool("embedme", [program("embedme"), "--verify", "--silent", "**/*.md"]),
    ]
    return Work(f"check {len(documents):,} documents of 5 KB, 1 in 100 with a region", tools, {"cat of all": 1.15})


def dense_tree(folder: Path, size: int) -> Work:
    tree(folder, 1000 // size, 1)
    tools = [
        mdtables("check", "-q", "--no-cache"),
        Tool("mdtables with its cache", [MDTABLES, "check", "-q"]),
        Tool("mdtables --jobs 1", [MDTABLES, "check", "-q", "--no-cache", "--jobs", "1"]),
        rumdl("check"),
        *others("check"),
    ]
    targets = {"rumdl check, MD060 alone": 1.0, "oxfmt": 0.8, "dprint check": 0.4}
    return Work(f"check {1000 // size:,} documents that each have a region", tools, targets)


def dense_tree_in_one_process(folder: Path, size: int) -> Work:
    tree(folder, 1000 // size, 1)
    tools = [mdtables("check", "-q", "--no-cache", "--jobs", "1"), rumdl("check")]
    name = f"the same in one process, by processor time ({1000 // size:,} documents)"
    return Work(name, tools, {"rumdl check, MD060 alone": 2.0}, of_cpu=True)


def real_tree(folder: Path, size: int) -> Work:
    files = [path for path in sorted(Path(CORPUS).rglob("*.md")) if path.is_file() and not path.is_symlink()]
    read = (path.read_bytes() for path in files)
    some = [data for data in read if 10_000 <= len(data) <= 200_000 and b"TABLE_GENERATE" not in data]
    texts = [data.decode("utf-8", "replace").replace("\r\n", "\n") for data in some]
    tree(folder, 1000 // size, 1, texts)
    tools = [mdtables("check", "-q", "--no-cache"), rumdl("check"), *others("check")]
    name = f"check {1000 // size:,} real documents of 10 KB or more ({len(texts)} different), each with a region"
    return Work(name, tools, {"rumdl check, MD060 alone": 1.2})


def no_region(folder: Path, _size: int) -> Work:
    one(folder, FIVE_KB)
    tools = [mdtables("check", "-q", "a.md"), Tool("python -c pass", [*RUN_PYTHON, "pass"])]
    return Work("check one document without a region", tools, {"python -c pass": 1.8})


def one_region(folder: Path, _size: int) -> Work:
    one(folder, "# One\n\n" + sourced("d.csv") + FIVE_KB)
    tools = [
        mdtables("check", "-q", "--no-cache", "a.md"),
        Tool("python -c pass", [*RUN_PYTHON, "pass"]),
        Tool("mdformat", [program("mdformat"), "--check", "a.md"], allowed=(0, 1)),
        Tool("prettier", [program("prettier"), "--check", "a.md"], allowed=(0, 1)),
        Tool("markdown-table-formatter", [program("markdown-table-formatter"), "--check", "a.md"], allowed=(0, 1)),
    ]
    return Work("check one document with one region", tools, {"python -c pass": 3.0})


def large_csv(folder: Path, size: int) -> Work:
    return csv_of(100_000 // size, folder)


def huge_csv(folder: Path, size: int) -> Work:
    return csv_of(1_000_000 // size, folder, with_slow=False)


def csv_of(rows: int, folder: Path, *, with_slow: bool = True) -> Work:
    one(folder, "", rows=rows, columns=10)
    tabulate = (
        "import csv, tabulate; rows = list(csv.reader(open('d.csv'))); "
        "print(tabulate.tabulate(rows[1:], headers=rows[0], tablefmt='github', disable_numparse=True))"
    )
    tools = [
        mdtables("show", "d.csv"),
        Tool("duckdb -markdown", [program("duckdb"), "-markdown", "-c", "FROM read_csv('d.csv', all_varchar=true)"]),
        Tool("miller, pprint --barred", [program("mlr"), "--icsv", "--opprint", "--barred", "cat", "d.csv"]),
    ]
    if with_slow:
        tools += [Tool("tabulate", [*RUN_PYTHON, tabulate]), Tool("csv2md", [program("csv2md"), "d.csv"])]
    name = f"a CSV of {rows:,} rows and 10 columns into an aligned table"
    return Work(name, tools, {"duckdb -markdown": 0.6})


def large_query(folder: Path, size: int) -> Work:
    rows = 100_000 // size
    ours = "SELECT c7, count(*) AS n, sum(c1) AS total, max(c0) AS last FROM d GROUP BY c7 ORDER BY c7"
    theirs = (
        "SELECT c7, count(*) AS n, sum(cast(c1 AS decimal(18, 4))) AS total, max(cast(c0 AS bigint)) AS last "
        "FROM read_csv('d.csv', all_varchar=true) GROUP BY c7 ORDER BY c7"
    )
    one(folder, sourced("d.csv", f' query="{ours}"'), rows=rows, columns=10)
    tools = [
        mdtables("check", "-q", "--no-cache"),
        Tool("duckdb -markdown", [program("duckdb"), "-markdown", "-c", theirs]),
    ]
    return Work(f"a CSV of {rows:,} rows and 10 columns, grouped by a query", tools)


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
    theirs = [*RUN_PYTHON, "import gc, yaml; gc.disable(); yaml.load(open('d.yaml', 'rb'), yaml.CSafeLoader)"]
    megabytes = (folder / "d.yaml").stat().st_size / 1e6
    tools = [Tool("mdtables", ours), Tool("CSafeLoader, no collector", theirs)]
    return Work(f"a YAML source of {megabytes:.1f} MB, read", tools, {"CSafeLoader, no collector": 0.35})


def stale_tree(folder: Path, size: int) -> Work:
    tree(folder, 1000 // size, 1)
    for path in folder.rglob("*.csv"):
        with path.open("a") as file:
            file.write("99,0.5,2021-05-20,one more row\n")
    settled = {path: path.read_bytes() for path in folder.rglob("*.md")}

    def back() -> None:
        for path, data in settled.items():
            path.write_bytes(data)

    def ragged() -> None:
        for path, data in settled.items():
            path.write_bytes(data.replace(b"  ", b" "))

    tools = [
        mdtables("fix", "-q", "--no-cache", before=back),
        *(dataclasses.replace(tool, before=ragged) for tool in (rumdl("fmt"), *others("fmt"))),
    ]
    targets = {"rumdl fmt, MD060 alone": 1.0, "dprint fmt": 1.0}
    return Work(f"fix {1000 // size:,} stale documents (the others: ragged tables)", tools, targets)


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
    head = Tool("head -21", ["head", "-21", "d.csv"])
    return Work(f"the first 20 of {rows:,} rows", [mdtables("show", "--limit", "20", "d.csv"), head])


def cold_start(folder: Path, _size: int) -> Work:
    one(folder, "")
    names = ["fix", "check", "list", "pull", "extract", "show", "merge-driver"]
    tools = [Tool(f"mdtables {name} --help", [MDTABLES, name, "--help"]) for name in names]
    return Work("cold start", [*tools, Tool("python -c pass", [*RUN_PYTHON, "pass"])])


WORKS: dict[str, Callable[[Path, int], Work]] = {
    work.__name__: work
    for work in (
        *(sparse_tree, dense_tree, dense_tree_in_one_process, real_tree, no_region, one_region),
        *(large_csv, huge_csv, large_query, large_yaml),
        *(stale_tree, shared_source, many_regions, wide_text, huge_source, cold_start),
    )
}


RELATIVE = ("mdtables relative to it", "of CPU", "at most", "mdtables ms")

# --- measuring --------------------------------------------------------------------------------------------------------


class Run(NamedTuple):
    """Seconds by the clock, seconds of processors, and megabytes of one run."""

    wall: float
    cpu: float
    memory: float


def measured(tool: Tool, folder: Path) -> Run:
    if tool.before:
        tool.before()
        os.sync()
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with subprocess.Popen(
        tool.command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in tool.allowed:
        sys.exit(f"{tool.name} ended with {process.returncode}: {' '.join(tool.command)[:200]}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def report(work: Work, folder: Path, rounds: int) -> list[list[str]]:
    tools = [tool for tool in work.tools if tool.command[0]]
    for tool in work.tools:
        if tool not in tools:
            print(f"{tool.name} is not there", file=sys.stderr)
    runs: dict[str, list[Run]] = {tool.name: [] for tool in tools}
    for _ in range(rounds + 1):  # the first fills caches
        for tool in tools:
            runs[tool.name].append(measured(tool, folder))
    first = runs[tools[0].name][1:]
    rows = []
    for tool in tools:
        own = runs[tool.name][1:]
        wall, cpu = (statistics.median(getattr(run, name) for run in own) for name in ("wall", "cpu"))
        spread = (max(run.wall for run in own) - min(run.wall for run in own)) / wall
        pairs = list(zip(first, own, strict=True))
        ratios = [
            statistics.median(ours.wall / run.wall for ours, run in pairs),
            statistics.median(ours.cpu / max(run.cpu, 1e-3) for ours, run in pairs),
        ]
        texts = [f"{ratio:.2f}" if tool is not tools[0] and work.name != "cold start" else "" for ratio in ratios]
        target = f"{work.targets[tool.name]:g}{' of CPU' * work.of_cpu}" if tool.name in work.targets else ""
        memory = max(run.memory for run in own)
        figures = [f"{wall * 1000:.0f}", f"{cpu * 1000:.0f}", f"{spread * 100:.0f} %", f"{memory:.0f}"]
        ours = f"{statistics.median(run.wall for run in first) * 1000:.0f}"
        rows.append([work.name, tool.name, *figures, *texts, target, ours])
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
    table = [[*("work", "tool", "ms", "CPU ms", "spread", "MB"), *RELATIVE]]

    for name, make in WORKS.items():
        if arguments.only in (None, name) and (CORPUS or name != "real_tree"):
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder) / "work"
                table += report(make(place, 10 if arguments.quick else 1), place, arguments.rounds)
    if arguments.write:
        with open(ROOT / "docs/data/performance.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    main()
