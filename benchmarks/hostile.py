"""What one thing over and over costs: `python benchmarks/hostile.py [NAME…]` checks 0.25, 0.5 and 1 MB of it.

Each runs in a process of its own. A row has the seconds of processor time that each size took, the time of 1 MB divided
by that of 0.5 MB, and the memory; the status is 1 if 1 MB took 10 seconds, or 2.5 times as long as half of it.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.queues import Queue
from queue import Empty

from mdtables.cli import main as mdtables

START, END = "<!-- TABLE_GENERATE_START -->", "<!-- TABLE_GENERATE_END -->"
SOURCED = '<!-- TABLE_GENERATE_START source="d.csv" -->'
REGION = f"{START}\n| a | b |\n|---|---|\n| 1 | 2 |\n{END}\n"
CONFLICT = "<<<<<<< a\n=======\n>>>>>>> b\n"
SIZES = (250_000, 500_000, 1_000_000)
LONGEST, WORST_RATIO = 10.0, 2.5
ATTEMPTS = 3
NOISE = 0.5  # seconds, below which a ratio is noise

# Over and over, and a region below it.
AGAIN = [
    *("<", "<!--", "<!-- -->", "|", "|---", ":-:|", "|---|---|\n", "| a | b |\n", "\\|", "\\"),
    "| a |\n|---|\n| 1 |\n\n",
    *("`", "` ", "`x", "```\n", "```a\n", "~~~\n", "~", "*", "*a", "_a ", "$", "^[", "{{ ", "{: .a}\n", ":::\n"),
    *(">", "> ", ">\n", ">     x\n", "> - ", "- > ", "-", "- ", "-\n", "- x\n", "- x\n\n", "1. x\n", "* ", "+ "),
    *("    x\n", " ", "\t", "\n", "\r", "\r\n", "    \n", "\x0c\n", "漢", "\u0301", "\ufeff", "\u2028", "\x85"),
    *("#", "# a\n", "a\n===\n", "---\n", "=======\n", "[", "[a](", "![", "[a]: b\n", "&", "&#"),
    *("<b>", "<div>\n", "<pre>", "<pre>\n", '<a b="', "<?", "<![CDATA[", "<http:"),
    *("!!! note\n", "!!! note\n\n    ", '=== "a"\n'),
    *(f"`{START}`\n", f"> {START}\n", f"- {START}\n", START, f"{START}\n", f"{END}\n", "<!-- TABLE_GENERATE_START\n"),
    *("<!-- table generate start -->\n", REGION, f"{SOURCED}\n{END}\n", CONFLICT, "<<<<<<< a\n"),
    f"<<<<<<< a\n{SOURCED}\n=======\n{SOURCED}\n>>>>>>> b\n{END}\n",
]
# Over and over between these two.
INSIDE = {
    "rows": (f"{START}\n| a | b |\n|---|---|\n", "| 1 | 2 |\n", f"{END}\n"),
    "delimiter rows": (f"{START}\n", "|-|-|\n", f"{END}\n"),
    "cells": (f"{START}\n|a|b|\n|-|-|\n", "|b", f"|\n{END}\n"),
    "a cell": (f"{START}\n|a|b|\n|-|-|\n|", "x", f"|y|\n{END}\n"),
    "edited: stars": (f"{SOURCED}\n|a|b|\n|-|-|\n|", "*a ", f"|y|\n{END}\n"),
    "edited: brackets": (f"{SOURCED}\n|a|b|\n|-|-|\n|", "[", f"|y|\n{END}\n"),
    "edited: links": (f"{SOURCED}\n|a|b|\n|-|-|\n|", "[a](", f"|y|\n{END}\n"),
    "edited: breaks": (f"{SOURCED}\n|a|b|\n|-|-|\n|", "x<br>", f"|y|\n{END}\n"),
    "edited: rows": (f"{SOURCED}\n|a|b|\n|-|-|\n", "|*x*|y|\n", f"{END}\n"),
    "options": ("<!-- TABLE_GENERATE_START ", "a ", f"-->\n{END}\n"),
    "blanks in a marker": ("<!-- TABLE_GENERATE_START", " ", f"-->\n{END}\n"),
    "a path": ('<!-- TABLE_GENERATE_START source="d.csv', "/..", f'" -->\n{END}\n'),
    "keys of a part": ('<!-- TABLE_GENERATE_START source="d.yaml#', "a.", f'" -->\n{END}\n'),
    "columns": ('<!-- TABLE_GENERATE_START source="d.csv" columns="', "a,", f'" -->\n{END}\n'),
    "sort keys": ('<!-- TABLE_GENERATE_START source="d.csv" sort="', "a,", f'b" -->\n{END}\n'),
    "a limit": ('<!-- TABLE_GENERATE_START source="d.csv" limit="', "9", f'" -->\n{END}\n'),
    "checksums": (f"{REGION[: -len(END) - 1]}<!-- TABLE_GENERATE_END", ' checksum="a"', " -->\n"),
    "conflicts": (f"{START}\n", CONFLICT, f"{END}\n"),
}


def _again(text: str) -> Callable[[int], str]:
    return lambda size: text * (size // len(text.encode())) + f"\n\n{REGION}"


def _inside(before: str, text: str, after: str) -> Callable[[int], str]:
    return lambda size: before + text * (size // len(text)) + after


CONSTRUCTS: Mapping[str, Callable[[int], str]] = {
    **{ascii(text)[1:-1]: _again(text) for text in AGAIN},
    **{name: _inside(*parts) for name, parts in INSIDE.items()},
    "lists in lists": lambda size: "".join(f"{'  ' * n}- x\n" for n in range(int(size**0.5))) + REGION,
    "runs of backticks": lambda size: (
        "".join("`" * n + " " for n in range(1, int((2 * size) ** 0.5))) + "\n\n" + REGION
    ),
}


def _check(text: str, results: Queue[tuple[float, int]]) -> None:
    with open("a.md", "w", encoding="utf-8", newline="") as file:
        file.write(text)
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        mdtables(["check", "-q", "a.md"])
    took = time.process_time() - start
    results.put((took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def _measured(text: str) -> tuple[float, int]:
    """Seconds and MB, in a process of its own; infinite if it gave none."""
    context = get_context("fork")
    results: Queue[tuple[float, int]] = context.Queue()
    process = context.Process(target=_check, args=(text, results))
    process.start()
    try:
        return results.get(timeout=60)
    except Empty:
        return float("inf"), 0
    finally:
        process.kill()
        process.join()


def _is_fine(half: float, whole: float) -> bool:
    return whole <= LONGEST and (whole <= WORST_RATIO * half or whole < NOISE)


def main(names: list[str]) -> int:
    status = 0
    print("| construct | 0.25 MB | 0.5 MB | 1 MB | 1 : 0.5 | MB |\n| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, content in (("mdtables.toml", ""), ("d.csv", "a,b\n1,2\n")):
            with open(name, "w", encoding="utf-8") as file:
                file.write(content)
        for name in names or CONSTRUCTS:
            measured = [_measured(CONSTRUCTS[name](size)) for size in SIZES]
            for _ in range(ATTEMPTS):
                if _is_fine(*(seconds for seconds, _ in measured[1:])):
                    break  # else another process may have been in the way
                measured = [min(each, _measured(CONSTRUCTS[name](n))) for each, n in zip(measured, SIZES, strict=True)]
            small, half, whole = (seconds for seconds, _ in measured)
            bad = not _is_fine(half, whole)
            status |= bad
            shown = name.replace("|", "\\|").replace("`", "\\`")
            took = f"{small:.2f} | {half:.2f} | {whole:.2f} | {whole / half:.1f}{' !' if bad else ''}"
            print(f"| {shown} | {took} | {measured[-1][1]} |", flush=True)
        os.chdir("/")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
