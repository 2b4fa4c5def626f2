"""What one thing over and over costs each command: `python benchmarks/hostile.py [--largest BYTES] [NAME…]`.

Every shape is made in four sizes, each twice the one before, and each command that reads it runs in a process of its
own. A row has the seconds of processor time for each size, the time of the largest divided by that of half of it, and
the memory in MB; the status is 1 if 1 MB took more than 10 seconds or 300 MB, or grew by more than 2.5 times at the
last step. Without names all shapes run, which takes hours for 1 MB, and half an hour for 100 KB. Only rows that are too
slow, too large or grow too fast are shown, and the slowest of each command.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatch
from functools import partial
from typing import NamedTuple

from mdtables.cli import main as mdtables

START, END = "<!-- TABLE_GENERATE_START -->", "<!-- TABLE_GENERATE_END -->"
PATTERN = '<!-- TABLE_GENERATE_START source="d/*.md" columns="t, @file, @heading" -->\n<!-- TABLE_GENERATE_END -->\n'
SOURCED = '<!-- TABLE_GENERATE_START source="d.csv" -->'
REGION = f"{START}\n| a | b |\n|---|---|\n| 1 | 2 |\n{END}\n"
CONFLICT = "<<<<<<< a\n=======\n>>>>>>> b\n"
LONGEST, LARGEST, WORST_RATIO = 10.0, 300, 2.5
LIMIT = 20.0  # seconds after which a process is stopped
NOISE = 0.3  # seconds, below which a ratio is noise

Files = dict[str, str]
Shape = Callable[[int], Files]

DOCUMENT = [
    *("check a.md", "check --diff a.md", "fix a.md", "list -v a.md", "pull --diff a.md", "extract --list a.md"),
    *("extract --all --diff a.md", "merge-driver base ours theirs a.md"),
]
DATA = ["check a.md", "fix a.md", "pull --diff a.md", "extract --table 1 --diff --format {other} a.md"]
EDITED = ["check a.md", "pull --diff a.md", "pull a.md", "fix --force a.md"]

# Over and over, and a region below it.
AGAIN = [
    *("<", "<!--", "<!-- -->", "|", "|---", ":-:|", "|---|---|\n", "| a | b |\n", "\\|", "\\"),
    "| a |\n|---|\n| 1 |\n\n",
    *("`", "` ", "`x", "```\n", "```a\n", "~~~\n", "~", "*", "*a", "_a ", "$", "^[", "{{ ", "{: .a}\n", ":::\n"),
    *(">", "> ", ">\n", ">     x\n", "> - ", "- > ", "-", "- ", "-\n", "- x\n", "- x\n\n", "1. x\n", "* ", "+ "),
    *("    x\n", " ", "\t", "\n", "\r", "\r\n", "    \n", "\x0c\n", "漢", "\u0301", "\ufeff", "\u2028", "\x85"),
    *("#", "# a\n", "# a #\n", "a\n===\n", "---\n", "=======\n", "[", "[a](", "![", "[a]: b\n", "&", "&#"),
    *("<b>", "<div>\n", "<pre>", "<pre>\n", '<a b="', "<a b=\xa0c ", "<?", "<![CDATA[", "<http:"),
    *("!!! note\n", "!!! note\n\n    ", '=== "a"\n'),
    *(f"`{START}`\n", f"> {START}\n", f"- {START}\n", START, f"{START}\n", f"{END}\n", "<!-- TABLE_GENERATE_START\n"),
    *("<!-- table generate start -->\n", REGION, f"# h\n{REGION}", f"{SOURCED}\n{END}\n", CONFLICT, "<<<<<<< a\n"),
    f"<<<<<<< a\n{SOURCED}\n=======\n{SOURCED}\n>>>>>>> b\n{END}\n",
    "# h\n\n| a |\n|---|\n| 1 |\n\nTable: x\n\n",
]
# Over and over between these two.
INSIDE = {
    "blanks in a region": (f"{START}\n|a|b|\n|-|-|\n|1|2|\n", " ", f"\n{END}\n"),
    "a heading of blanks": ("# ", " ", f"x\n{REGION}"),
    "rows": (f"{START}\n| a | b |\n|---|---|\n", "| 1 | 2 |\n", f"{END}\n"),
    "delimiter rows": (f"{START}\n", "|-|-|\n", f"{END}\n"),
    "cells": (f"{START}\n|a|b|\n|-|-|\n", "|b", f"|\n{END}\n"),
    "a cell": (f"{START}\n|a|b|\n|-|-|\n|", "x", f"|y|\n{END}\n"),
    "options": ("<!-- TABLE_GENERATE_START ", "a ", f"-->\n{END}\n"),
    "blanks in a marker": ("<!-- TABLE_GENERATE_START", " ", f"-->\n{END}\n"),
    "a path": ('<!-- TABLE_GENERATE_START source="d.csv', "/..", f'" -->\n{END}\n'),
    "keys of a part": ('<!-- TABLE_GENERATE_START source="d.yaml#', "a.", f'" -->\n{END}\n'),
    "columns": ('<!-- TABLE_GENERATE_START source="d.csv" columns="', "a,", f'" -->\n{END}\n'),
    "sort keys": ('<!-- TABLE_GENERATE_START source="d.csv" sort="', "a,", f'b" -->\n{END}\n'),
    "checksums": (f"{REGION[: -len(END) - 1]}<!-- TABLE_GENERATE_END", ' checksum="a"', " -->\n"),
    "conflicts": (f"{START}\n", CONFLICT, f"{END}\n"),
    "no fence that closes": ("|-|\n", "``` ~~~\n", "`" * 200 + "\n"),
    **{
        f"edited: {ascii(text)[1:-1]}": (f"{SOURCED}\n|a|b|\n|-|-|\n|", text, f"|y|\n{END}\n")
        for text in ("*a ", "[", "[a](", "x<br>", "<", "`", "*~", "&", "_a", "www.a_", "a@a.", "\\*", "&amp;")
    },
}
CELLS = [
    *("*a", "*~", "_a ", "[", "[a](", "![", "`", "<", "<a b=\xa0c", "&", "&#", "$", "{{ ", "\\", "|", "~", "^["),
    *("www.", "http://", "a@a.", "-", ".", "=", "漢", "\u0301", "\U0001f1e6", "👩\u200d", "\x1f", "\u2028", " ", "a "),
]


def _again(text: str) -> Shape:
    return lambda size: _document(text * (size // len(text.encode())) + f"\n\n{REGION}")


def _inside(before: str, text: str, after: str) -> Shape:
    return lambda size: _document(before + text * (size // len(text.encode())) + after)


def _document(text: str) -> Files:
    """A document, alone and as three versions of which each side changed one end."""
    return {"a.md": text, "d.csv": "a,b\n1,2\n", "base": text, "ours": f"x\n\n{text}", "theirs": f"{text}\n\ny\n"}


def _data(suffix: str, text: str, options: str = "") -> Files:
    """A document and its data; after a `#` in the suffix is the part that is shown."""
    name = f"d.{suffix.partition('#')[0]}"
    return {"a.md": f'<!-- TABLE_GENERATE_START source="d.{suffix}"{options} -->\n{END}\n', name: text}


def _cell(text: str, options: str = "") -> Shape:
    return lambda size: _data("csv", f'a,b\n"{text * (size // len(text.encode()))}",x\n', options)


def _rows(size: int, row: str) -> str:
    return "".join(row.format(n) for n in range(size // len(row.format(10_000))))


def _edited(
    size: int, change: Callable[[list[str]], list[str]], row: str = "| {0} | x |\n", data: str = "{0},x\n"
) -> Files:
    """A table that was generated from a CSV, with its rows changed by hand."""
    rows = [row.format(n) for n in range(size // len(row.format(10_000)))]
    shown = "".join(change(rows))
    document = f"{SOURCED}\n\n| a | b |\n| - | - |\n{shown}\n{END}\n"
    return {"a.md": document, "d.csv": "a,b\n" + "".join(data.format(n) for n in range(len(rows))), "edited": shown}


def _sides(size: int, row: str, header: str = "") -> Files:
    """Three versions of a data file to which each side added as many rows as there were."""
    base = header + _rows(size // 3, row)
    added = [_rows(size // 3, row.replace("{0}", side + "{0}")) for side in "ot"]
    return {"base": base, "ours": base + added[0], "theirs": base + added[1]}


def _option(size: int, name: str, text: str) -> Files:
    """A region with a long value of an option."""
    value = text * (size // len(text.encode()))
    return {"a.md": f'<!-- TABLE_GENERATE_START source="d.csv" {name}="{value}" -->\n{END}\n', "d.csv": "a,b\n1,2\n"}


def _edited_template(size: int) -> Files:
    """A table of links of which every address was edited by hand."""
    rows = [f"| [n{n}](https://e.com/{n}) |\n" for n in range(size // 60)]
    marker = '<!-- TABLE_GENERATE_START source="d.csv" columns="[{a}]({b}) as L" -->'
    shown = "".join(row.replace("e.com", "x.y") for row in rows)
    data = "a,b\n" + "".join(f"n{n},https://e.com/{n}\n" for n in range(len(rows)))
    return {"a.md": f"{marker}\n\n| L |\n| - |\n{shown}\n{END}\n", "d.csv": data, "edited": shown}


def _gitignore(size: int, text: str) -> Files:
    return _document(REGION) | {".gitignore": text * (size // len(text))}


SHAPES: dict[str, tuple[Shape, Sequence[str]]] = {
    **{ascii(text)[1:-1]: (_again(text), DOCUMENT) for text in AGAIN},
    **{name: (_inside(*parts), DOCUMENT) for name, parts in INSIDE.items()},
    "lists in lists": (
        lambda size: _document("".join(f"{'  ' * n}- x\n" for n in range(int(size**0.5))) + REGION),
        DOCUMENT,
    ),
    "runs of backticks": (
        lambda size: _document("".join("`" * n + " " for n in range(1, int((2 * size) ** 0.5))) + "\n\n" + REGION),
        DOCUMENT,
    ),
    "a wide header and short rows": (
        lambda size: _document(
            f"{START}\n{'|a' * (size // 8)}|\n{'|-' * (size // 8)}|\n" + "|x|\n" * (size // 16) + f"{END}\n"
        ),
        DOCUMENT,
    ),
    "many short rows below a wide header": (
        lambda size: _document(
            f"{START}\n{'|a' * (size // 8)}|\n{'|-' * (size // 8)}|\n" + "|\n" * (size // 4) + f"{END}\n"
        ),
        DOCUMENT,
    ),
    "one long cell above many rows": (
        lambda size: _document(f"{START}\n|a|\n|-|\n|{'x' * (size // 2)}|\n" + "|1|\n" * (size // 8) + f"{END}\n"),
        DOCUMENT,
    ),
    "repeated names in a header": (
        lambda size: _document(f"{START}\n{'|a' * (size // 4)}|\n{'|-' * (size // 4)}|\n|1|\n{END}\n"),
        DOCUMENT,
    ),
    "regions of one source": (
        lambda size: _document("".join(f"{SOURCED}\n{END}\n" for _ in range(size // 80))) | {"d.csv": "a,b\n1,2\n"},
        DOCUMENT,
    ),
    "regions that sort one source": (
        lambda size: {
            "a.md": f'<!-- TABLE_GENERATE_START source="d.csv" sort="-b" limit=1 -->\n{END}\n' * (size // 180),
            "d.csv": "a,b\n" + _rows(size // 2, "{0},x\n"),
        },
        ["check a.md", "fix a.md"],
    ),
    "regions of parts of one YAML": (
        lambda size: {
            "a.md": "".join(f'<!-- TABLE_GENERATE_START source="d.yaml#k{n}" -->\n{END}\n' for n in range(size // 120)),
            "d.yaml": "".join(f"k{n}:\n- a: 1\n" for n in range(size // 120)),
        },
        ["check a.md", "fix a.md"],
    ),
    **{f"csv cell: {ascii(text)[1:-1]}": (_cell(text), DATA) for text in CELLS},
    **{f"csv cell as text: {ascii(text)[1:-1]}": (_cell(text, " cells=text"), DATA) for text in CELLS},
    "csv rows": (lambda size: _data("csv", "a,b\n" + _rows(size, "{0},x\n")), [*DATA, "show d.csv"]),
    "csv quotes": (lambda size: _data("csv", "a,b\n" + _rows(size, '"{0}","x"\n')), [*DATA, "show d.csv"]),
    "csv header": (lambda size: _data("csv", ",".join(f"c{n}" for n in range(size // 7)) + "\n"), DATA),
    "csv repeated header": (lambda size: _data("csv", "a," * (size // 2) + "b\n"), DATA),
    "csv ragged": (lambda size: _data("csv", "a,b\n" + _rows(size, "{0}\n")), DATA),
    "csv, one long cell and short rows": (
        lambda size: _data("csv", f"a,b\n{'x' * (size // 2)},1\n" + "1,2\n" * (size // 8)),
        [*DATA, "show d.csv", "show --format grid d.csv"],
    ),
    "csv sorted": (lambda size: _data("csv", "a,b\n" + _rows(size, "{0},x\n"), ' sort="-b, a"'), DATA),
    "yaml rows": (lambda size: _data("yaml", _rows(size, "- a: {0}\n  b: x\n")), [*DATA, "show d.yaml"]),
    "yaml flow": (lambda size: _data("yaml", "[" + _rows(size, "{{a: {0}, b: x}}, ") + "]\n"), DATA),
    "yaml wide": (lambda size: _data("yaml", "".join(f"- c{n}: 1\n" for n in range(size // 10))), DATA),
    "yaml nested": (lambda size: _data("yaml", "[" * (size // 2) + "]" * (size // 2)), DATA),
    "yaml aliases": (lambda size: _data("yaml", "- &a {a: 1}\n" + "- *a\n" * (size // 5)), DATA),
    "yaml chain of merges": (
        lambda size: _data(
            "yaml",
            "x0: &a0 {k0: 1}\n" + "".join(f"x{n}: &a{n} {{<<: *a{n - 1}, k{n}: 1}}\n" for n in range(1, size // 34)),
        ),
        DATA,
    ),
    "yaml block scalars": (lambda size: _data("yaml", _rows(size, "- a: |\n    {0}\n  b: x\n")), DATA),
    "yaml comments": (lambda size: _data("yaml", "- a: 1\n" + "# x\n" * (size // 4)), DATA),
    "json rows": (lambda size: _data("json", "[" + _rows(size, '{{"a": {0}, "b": "x"}},\n') + '{"a": 1}]\n'), DATA),
    "json nested": (lambda size: _data("json", "[" * (size // 2) + "]" * (size // 2)), DATA),
    "json wide": (
        lambda size: _data("json", "[" + "".join(f'{{"c{n}": 1}},' for n in range(size // 13)) + "{}]"),
        DATA,
    ),
    "json repeated keys": (lambda size: _data("json", "{" + '"a": 1, ' * (size // 8) + '"b": 2}'), DATA),
    "json escapes": (lambda size: _data("json", '[{"a": "' + "\\ud83d\\ude00" * (size // 12) + '"}]'), DATA),
    "json lines": (lambda size: _data("jsonl", _rows(size, '{{"a": {0}, "b": "x"}}\n')), DATA),
    "json lines, blank": (lambda size: _data("jsonl", '{"a": 1}\n' + " " * size + "\n"), DATA),
    "json lines, wrong": (lambda size: _data("jsonl", "x\n" * (size // 2)), DATA),
    "lists in cells": (lambda size: _data("json", '[{"a": [' + "1, " * (size // 3) + "1]}]"), DATA),
    "toml rows": (lambda size: _data("toml#t", _rows(size, "[[t]]\na = {0}\nb = 'x'\n")), DATA),
    "toml tables": (lambda size: _data("toml#t", _rows(size, "[t.k{0}]\na = 1\n")), DATA),
    "toml dotted keys": (lambda size: _data("toml#t", "[t]\n" + _rows(size, "a.k{0} = 1\n")), DATA),
    "toml endless key": (lambda size: _data("toml#t", "t." * (size // 2) + "a = 1\n"), DATA),
    "toml digits": (lambda size: _data("toml#t", f"t = [{'1' * size}]\n"), DATA),
    "toml comments": (lambda size: _data("toml#t", "t = [" + "# x\n" * (size // 4) + "]\n"), DATA),
    "front matter": (
        lambda size: {"a.md": PATTERN, "d/x.md": "---\n" + _rows(size, "k{0}: x\n") + "---\n"},
        ["check a.md", "list a.md"],
    ),
    "files of a pattern": (
        lambda size: {"a.md": PATTERN} | {f"d/{n}.md": "---\nt: x\n---\n" for n in range(size // 200)},
        ["check a.md", "list a.md"],
    ),
    "stars": (
        lambda size: {"a.md": PATTERN.replace("*.md", "*a" * min(size // 8, 2000) + "b.md"), f"d/{'a' * 200}.md": ""},
        ["check a.md", "list a.md"],
    ),
    "all cells edited": (
        lambda size: _edited(size, lambda rows: [row.replace("x", "y") for row in rows]),
        EDITED,
    ),
    "half of the rows removed": (lambda size: _edited(size, lambda rows: rows[::2]), EDITED),
    "rows added between rows": (
        lambda size: _edited(size, lambda rows: [new for row in rows for new in (row, row.replace("| ", "| n", 1))]),
        EDITED,
    ),
    "all rows renamed": (
        lambda size: _edited(size, lambda rows: [row.replace("| ", "| n", 1) for row in rows]),
        EDITED,
    ),
    "rows in reverse": (lambda size: _edited(size, lambda rows: rows[::-1]), EDITED),
    "equal rows": (lambda size: _edited(size, lambda rows: rows[1:], "| 1 | x |\n", "1,x\n"), EDITED),
    **{
        f"both sides add to {name}": (
            partial(_sides, row=row, header=header),
            [f"merge-driver base ours theirs d.{suffix}"],
        )
        for name, suffix, row, header in (
            ("csv", "csv", "{0},x\n", "a,b\n"),
            ("yaml", "yaml", "- a: {0}\n  b: x\n", ""),
            ("a yaml mapping", "yaml", "{0}:\n  b: x\n", ""),
        )
    },
    **{
        f"{name}: {ascii(text)[1:-1]}": (partial(_option, name=name, text=text), ["check a.md"])
        for name, texts in {
            "where": ["a = 1 or ", "(", "not ", "a in (1, ", "'", "a = 1 and "],
            "columns": ["{a}", "{", "[{a}](", "`{a}", "<a ", "{a} as x, ", "'", "<b c='{a}'>", "{{"],
            "sort": ["a(", "a, ", "a(b, ", "(", "a:natural, "],
            "map": ["a=b, ", "a: b=c; ", "=", "'", ":"],
            "caption": ["{rows} ", "{rows where a = 1}", "{", "x "],
            "heading": ["{a} ", "#", "{rows} "],
            "pivot": [":", "a: ", "'"],
        }.items()
        for text in texts
    },
    **{
        f"{place} of a template: {ascii(text)[1:-1]}": (_cell(text, f" columns='{columns}'"), DATA[:3])
        for text in CELLS
        for place, columns in {
            "label": "[{a}](x) as T",
            "address": "[x]({a}) as T",
            "code": "`{a}` as T",
            "text": "x{a}y as T",
            "title": '<b title="{a}">x</b> as T',
        }.items()
    },
    "groups": (lambda size: _data("csv", "a,b\n" + _rows(size, "{0},x\n"), ' group=a heading="{a} {rows}"'), DATA[:3]),
    "groups of conditions": (
        lambda size: _data("csv", "a,b\n" + _rows(size, "{0},x\n"), " group=a heading=\"{a} {rows where b = 'x'}\""),
        DATA[:3],
    ),
    "columns of a pivot": (
        lambda size: _data("csv", "a,b\n" + _rows(size, "{0},x\n"), ' pivot="a: b"'),
        ["check a.md"],
    ),
    "rows of a pivot": (
        lambda size: _data("csv", "c,a,b\n" + _rows(size, "{0},y,x\n"), ' pivot="a: b"'),
        ["check a.md", "fix a.md"],
    ),
    "rows that meet conditions": (
        lambda size: _data(
            "csv", "a,b\n" + _rows(size, "{0},x\n"), " where=\"a > 5 and not (b = 'y' or a in (1, 2))\""
        ),
        ["check a.md"],
    ),
    "natural order of digits": (
        lambda size: _data("csv", "a,b\n" + f"{'1' * size}x,1\n2x,2\n", ' sort="a:natural"'),
        ["check a.md"],
    ),
    "regions with groups": (
        lambda size: {
            "a.md": f'<!-- TABLE_GENERATE_START source="d.csv" group=a caption="{{rows}}" -->\n{END}\n' * (size // 120),
            "d.csv": "a,b\n1,x\n2,y\n",
        },
        ["check a.md", "fix a.md"],
    ),
    "sections": (
        lambda size: _document(_rows(size, "## h{0}\n\n| a |\n|---|\n| 1 |\n\n")),
        ["extract --list a.md", "extract --all --diff a.md"],
    ),
    "all addresses edited": (_edited_template, EDITED),
    "configuration: unknown keys": (
        lambda size: _document(REGION) | {"mdtables.toml": "".join(f"k{n} = 1\n" for n in range(size // 11))},
        ["check a.md"],
    ),
    "configuration: tables": (
        lambda size: _document(REGION) | {"mdtables.toml": "".join(f"[t{n}]\n" for n in range(size // 8))},
        ["check a.md"],
    ),
    "configuration: patterns": (
        lambda size: (
            _document(REGION) | {"mdtables.toml": "exclude = [" + '"*a*a*a*b", "x/**/y", ' * (size // 24) + "]\n"}
        ),
        ["check a.md"],
    ),
    **{
        f".gitignore: {ascii(text)[1:-1]}": (partial(_gitignore, text=text), ["check ."])
        for text in ("?", "*a", "[a]", "*a*a*a*b\n", "a/**/", "!a\n", " ")
    },
}


class Measured(NamedTuple):
    """The seconds of processor time and the peak of the memory in MB of one process; infinite if it was stopped."""

    seconds: float
    memory: int


def _lay_out(files: Files) -> None:
    """Write the files into the working directory, which is emptied before."""
    for name in os.listdir("."):
        shutil.rmtree(name) if os.path.isdir(name) else os.unlink(name)
    for name, text in ({"mdtables.toml": ""} | dict(files)).items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(text.encode("utf-8", "surrogatepass"))


def _generate_first(files: Files) -> None:
    """Generate the table of a document that was then edited by hand, so that it has the checksum of the first one."""
    edited = files["edited"]
    document = files["a.md"].replace(edited, "")
    with open("a.md", "w", encoding="utf-8") as file:
        file.write(document.partition("\n")[0] + f"\n{END}\n")
    subprocess.run([sys.executable, "-m", "mdtables", "fix", "-q", "a.md"], check=True)
    with open("a.md", encoding="utf-8") as file:
        checksum = file.read().rpartition("<!--")[2]
    with open("a.md", "w", encoding="utf-8") as file:
        file.write(files["a.md"].rpartition("<!--")[0] + "<!--" + checksum)


def _measure(words: Sequence[str]) -> Measured:
    """Run one command in a process of its own."""
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        status = 1
        try:
            status = mdtables(list(words))
        finally:
            os._exit(status)
    end = time.monotonic() + 3 * LIMIT
    while time.monotonic() < end:
        finished, _, usage = os.wait4(child, os.WNOHANG)
        if finished or usage.ru_utime > LIMIT:
            break
        time.sleep(0.01)
    if not finished:
        os.kill(child, signal.SIGKILL)
        os.wait4(child, 0)
        return Measured(float("inf"), 0)
    return Measured(usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def _rows_of(name: str, sizes: Sequence[int]) -> Iterator[tuple[str, list[Measured]]]:
    """Yield each command with what it took for each size."""
    shape, commands = SHAPES[name]
    for command in commands:
        measured: list[Measured] = []
        for size in sizes:
            if measured and measured[-1].seconds > LIMIT:
                measured.append(measured[-1])
                continue
            files = shape(size)
            _lay_out(files)
            if "edited" in files:
                _generate_first(files)
            measured.append(_measure(command.format(other="csv" if "d.yaml" in files else "yaml").split()))
        yield command, measured


def _is_fine(measured: Sequence[Measured], largest: int) -> bool:
    *_, half, whole = measured
    share = max(1.0, 1_000_000 / largest)  # what 1 MB would take, if it grows in proportion
    grows = whole.seconds > max(NOISE, WORST_RATIO * half.seconds)
    return whole.seconds * share <= LONGEST and whole.memory <= LARGEST and not grows


def _shown(name: str, command: str, measured: Sequence[Measured], mark: str) -> str:
    took = " | ".join(f"{each.seconds:.2f}" for each in measured)
    ratio = measured[-1].seconds / max(measured[-2].seconds, 0.01)
    shown = name.replace("|", "\\|").replace("`", "\\`")
    return f"| {shown} | {command} | {took} | {ratio:.1f} | {measured[-1].memory} | {mark} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="shapes to measure, as patterns; default: all")
    parser.add_argument("--largest", type=int, default=1_000_000, help="bytes of the largest size")
    arguments = parser.parse_args()
    sizes = [arguments.largest // 8, arguments.largest // 4, arguments.largest // 2, arguments.largest]
    names = [n for n in SHAPES if not arguments.names or any(fnmatch(n, pattern) for pattern in arguments.names)]
    slowest: dict[str, tuple[float, str]] = {}
    status = 0
    print("| shape | command | " + " | ".join(f"{size // 1000} KB" for size in sizes) + " | ratio | MB | |")
    print("| --- | --- | " + "---: | " * 6 + "--- |")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "cache")
        os.mkdir(os.path.join(folder, "work"))
        os.chdir(os.path.join(folder, "work"))
        for name in names:
            for command, measured in _rows_of(name, sizes):
                if not _is_fine(measured, arguments.largest):
                    status = 1
                    print(_shown(name, command, measured, "!"), flush=True)
                verb = command.split(None, 1)[0]
                row = _shown(name, command, measured, "slowest of its command")
                slowest[verb] = max(slowest.get(verb, (0.0, "")), (measured[-1].seconds, row))
        os.chdir("/")
    print("\n".join(row for _, row in slowest.values()))
    print(f"\n{len(names)} shapes; at most {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")
    return status


if __name__ == "__main__":
    sys.exit(main())
