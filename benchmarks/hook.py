"""What the commit hook costs: in pre-commit and in prek, compared with a Python hook that does nothing, and alone.

    python benchmarks/hook.py [--rounds 15] [--write]

Every document of a tree is 5 KB and committed; one in a hundred has a region of 20 rows, all of them clean. Rounds are
interleaved. `--write` puts the medians into docs/data/hook-cost.csv. pre-commit and prek are those next to `python`.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
REV = "v0.0.0"
SIZES = (3000, 10_000)
PARAGRAPH = "Nothing in this paragraph is of any interest to a hook that looks for tables.\n\n"
QUIET = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org"}
QUIET |= {"GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
EMPTY = {
    "pyproject.toml": (
        '[build-system]\nrequires = ["flit_core>=3.12,<5"]\nbuild-backend = "flit_core.buildapi"\n'
        '[project]\nname = "nothing"\nversion = "1"\ndescription = "nothing"\n'
        '[project.scripts]\nnothing = "nothing:main"\n'
    ),
    "nothing.py": "def main():\n    return 0\n",
    ".pre-commit-hooks.yaml": (
        "- id: nothing\n  name: nothing\n  entry: nothing\n  language: python\n"
        "  always_run: true\n  pass_filenames: false\n  require_serial: true\n"
    ),
}


def run(*words: str, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")


def committed(folder: Path, environment: dict[str, str]) -> None:
    for words in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "all"], ["tag", REV]):
        run("git", *words, folder=folder, environment=environment)


def hooks(folder: Path, environment: dict[str, str]) -> dict[str, Path]:
    """The repositories that the hooks come from."""
    nothing, ours = folder / "nothing", folder / "mdtables"
    nothing.mkdir()
    for name, text in EMPTY.items():
        (nothing / name).write_text(text)
    ours.mkdir()
    for name in ("mdtables", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, ours / name)
    for each in (nothing, ours):
        committed(each, environment)
    return {"nothing": nothing, "mdtables": ours}


def tree(folder: Path, documents: int, environment: dict[str, str]) -> None:
    folder.mkdir()
    rows = "".join(f"{number},name {number},{number * 1.5}\n" for number in range(20))
    (folder / "data.csv").write_text("id,name,value\n" + rows)
    region = '<!-- TABLE_GENERATE_START source="/data.csv" -->\n<!-- TABLE_GENERATE_END -->\n\n'
    for number in range(documents):
        path = folder / f"{number % 100}" / f"{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# Number {number}\n\n{region if number % 100 == 0 else ''}{PARAGRAPH * 62}")
    committed(folder, environment)
    run(str(BIN / "mdtables"), "fix", "-q", folder=folder, environment=environment)
    run("git", "commit", "-q", "-a", "-m", "fixed", folder=folder, environment=environment)


def seconds(*words: str, folder: Path, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    run(*words, folder=folder, environment=environment)
    return time.perf_counter() - start


def measured(folder: Path, rounds: int) -> list[dict[str, str]]:
    environment = os.environ | QUIET | {"PRE_COMMIT_HOME": str(folder / "a"), "PREK_HOME": str(folder / "b")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a real hook is compiled once
    environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
    sources = hooks(folder, environment)
    table = []
    for size in SIZES:
        here = folder / str(size)
        tree(here, size, environment)
        work: dict[tuple[str, str], list[str]] = {("by itself", "nothing"): [sys.executable, "-c", "pass"]}
        work["by itself", "mdtables"] = [str(BIN / "mdtables"), "fix", "--tracked", "--exit-non-zero-on-fix"]
        for hook, source in sources.items():
            config = folder / f"{hook}.yaml"
            config.write_text(f"repos:\n- repo: {source}\n  rev: {REV}\n  hooks:\n  - id: {hook}\n")
            for program in ("pre-commit", "prek"):
                work[program, hook] = [str(BIN / program), "run", "--config", str(config)]
        times: dict[tuple[str, str], list[float]] = {what: [] for what in work}
        for _ in range(rounds + 1):
            for what, words in work.items():
                times[what].append(seconds(*words, folder=here, environment=environment))
        medians = {what: statistics.median(each[1:]) * 1000 for what, each in times.items()}  # the first installs
        for program in ("by itself", "pre-commit", "prek"):
            empty, ours = medians[program, "nothing"], medians[program, "mdtables"]
            row = {"documents": f"{size:,}", "regions": f"{size // 100}", "run": program}
            row |= {"an empty hook": f"{empty:.0f}", "mdtables": f"{ours:.0f}", "more": f"{ours - empty:.0f}"}
            table.append(row)
            print(" ".join(f"{name}: {text};" for name, text in row.items()), flush=True)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = measured(Path(folder), arguments.rounds)
    if arguments.write:
        with open(ROOT / "docs/data/hook-cost.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)


if __name__ == "__main__":
    main()
