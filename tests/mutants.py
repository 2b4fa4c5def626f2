"""Mutants: small changes to the code, each of which some test should notice.

`python -m tests.mutants [COUNT [SEED]] [--only PART]` makes a copy of the checkout, changes one place at a
time, chosen at random, and runs the tests. Those of a room's own folder run first. It prints the change and what
noticed it, and at the end how many survived. A survivor is a test that is missing, code that is not needed, or a change
that makes no difference: a person has to read it. The tests are those of the quick loop, so a mutant takes up to a
minute.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
SECONDS = 300  # for the tests of one mutant: one that loops forever is noticed too
COMPARISONS = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==", ast.In: "not in"}
COMPARISONS |= {ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is"}
ROOMS = {  # the tests that are most likely to notice a mutant, which run first
    "cells": ["tests/cells"],
    "document": ["tests/document"],
    "sources": ["tests/sources", "tests/test_pull.py"],
    "tables": ["tests/tables"],
    "workspace": ["tests/workspace", "tests/test_git.py", "tests/test_cli.py"],
    "cli": ["tests/test_cli.py"],
    "report": ["tests/test_cli.py"],
    "commands": ["tests/test_pull.py", "tests/test_extract.py", "tests/test_cli.py"],
}


class Mutant(NamedTuple):
    """One change: the file, the line, the span of the old text in the file, and the new text."""

    path: Path
    line: int
    start: int
    end: int
    new: str

    def applied(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


def mutants_in(path: Path) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    text = path.read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:  # ast counts columns in bytes
        begins = starts[line - 1]
        return begins + len(text[begins : starts[line]].encode()[:column].decode())

    def span(node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.expr | ast.stmt):
            for start, end, new in _changes(node, text, span):
                yield Mutant(path, node.lineno, start, end, new)


Span = Callable[[ast.expr | ast.stmt], tuple[int, int]]
Change = tuple[int, int, str]


def _changes(node: ast.expr | ast.stmt, text: str, span: Span) -> Iterator[Change]:
    """Yield the changes at one node of the syntax tree: where, and what is written instead."""
    if isinstance(node, ast.Compare | ast.BoolOp | ast.BinOp):
        yield from _operators(node, text, span)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield *span(node), f"bool({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield *span(node), str(not node.value if isinstance(node.value, bool) else node.value + 1)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield *span(node.test), f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.Return) and node.value is not None:
        yield *span(node.value), "None"
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield *span(node), "pass"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("any", "all"):
        yield *span(node.func), "all" if node.func.id == "any" else "any"


def _operators(node: ast.Compare | ast.BoolOp | ast.BinOp, text: str, span: Span) -> Iterator[Change]:
    """Yield other operators, and for `and` and `or` also a side that is left out."""
    if isinstance(node, ast.Compare):
        sides, new = (node.left, node.comparators[0]), COMPARISONS[type(node.ops[0])]
    elif isinstance(node, ast.BoolOp):
        sides, new = (node.values[0], node.values[1]), "or" if isinstance(node.op, ast.And) else "and"
        for value in node.values:
            yield *span(value), "True" if isinstance(node.op, ast.And) else "False"
    else:
        sides, new = (node.left, node.right), {ast.Add: "-", ast.Sub: "+"}.get(type(node.op), "")
    start, end = span(sides[0])[1], span(sides[1])[0]
    if new and not set("()") & set(text[start:end]):
        yield start, end, f" {new} "


def noticed(folder: Path, mutant: Mutant) -> str:
    """Return what noticed a mutant that was written into a copy; "" if nothing did."""
    room = mutant.path.relative_to(ROOT / "mdtables").parts[0]
    quick = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-m", "not slow"]
    left_out = [f"--ignore=tests/{name}" for name in ("test_docs.py", "test_effort.py", "integrations")]
    for tests in ([*ROOMS.get(room, []), "tests/test_cases.py"], ["-n", "2", "tests", *left_out]):
        words = [sys.executable, "-m", "pytest", *quick, *tests]
        environment = os.environ | {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ran = subprocess.run(
                words, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return "it took too long"
        if ran.returncode:
            lines = [line for line in ran.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
            return lines[0].partition(" - ")[0] if lines else "the tests could not be run"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=50)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    parser.add_argument("--only", default="", metavar="PART", help="only files with this in their path")
    arguments = parser.parse_args()
    every = [
        mutant
        for path in sorted((ROOT / "mdtables").rglob("*.py"))
        if arguments.only in str(path.relative_to(ROOT)) and "integrations" not in path.parts
        for mutant in mutants_in(path)
    ]
    chosen = random.Random(arguments.seed).sample(every, min(arguments.count, len(every)))
    survived = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "checkout"
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for each in filter(None, tracked.split("\0")):
            (folder / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / each, folder / each, follow_symlinks=False)
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        for number, mutant in enumerate(chosen, 1):
            place = mutant.path.relative_to(ROOT)
            text = mutant.path.read_text(encoding="utf-8")
            (folder / place).write_text(mutant.applied(text), encoding="utf-8")
            by = noticed(folder, mutant)
            survived += not by
            old = " ".join(text[mutant.start : mutant.end].split())
            print(
                f"{number}/{len(chosen)} {place}:{mutant.line}: {old!r} -> {mutant.new!r}: {by or 'SURVIVED'}",
                flush=True,
            )
            (folder / place).write_text(text, encoding="utf-8")
    counts = f"{len(chosen) - survived} noticed, {survived} survived"
    print(f"{len(chosen)} of {len(every)} mutants, seed {arguments.seed}: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
