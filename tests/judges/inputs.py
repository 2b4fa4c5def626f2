"""Examples out of the test suites of other projects, which `fetch` brings, and texts of the packages installed here."""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.judges import HERE, NODE_FOLDER

FOLDER = HERE / ".inputs"


def _texts(*patterns: str) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(FOLDER.glob(pattern)):
            yield path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n")


def _examples_of_a_spec(*patterns: str) -> Iterator[str]:
    """Yield the examples in the format of CommonMark's spec.txt, in which an arrow is a tab."""
    for text in _texts(*patterns):
        for _, example in re.findall(r"^(`{3,}) example[^\n]*\n(.*?)^\.\n.*?^\1$", text, re.MULTILINE | re.DOTALL):
            yield example.replace("→", "\t")


def _markdown_it() -> Iterator[str]:
    """Yield what is between the first two dots of each fixture: a title, the source, and the HTML."""
    for text in _texts("markdown-it-py/tests/test_port/fixtures/*.md"):
        yield from re.split(r"^\.$\n?", text, flags=re.MULTILINE)[1::3]


def _pandoc() -> Iterator[str]:
    """Yield what Pandoc's command tests read and write, where that is Markdown."""
    command = re.compile(r"^(`{3,})\n% pandoc([^\n]*)\n(.*?)\^D\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
    for text in _texts("pandoc/test/command/*.md"):
        for found in command.finditer(text):
            if not re.search(r"-f *(?!markdown|gfm|commonmark)\w", found[2]):
                yield found[3]
            if re.search(r"-t *(?:markdown|gfm|commonmark)", found[2]):
                yield found[4]


def _katex() -> Iterator[str]:
    """Yield the formulas in KaTeX's screenshots and specifications."""
    for text in _texts("node-katex/test/screenshotter/ss_data.yaml"):
        yield from re.findall(r"^\w+: ([^|'\"\n][^\n]*)$", text, re.MULTILINE)
    for text in _texts("node-katex/test/*-spec.js", "node-katex/contrib/*/test/*-spec.js"):
        formulas = re.findall(r"\b(?:r|expect)`((?:[^`\\]|\\.)*)`", text, re.DOTALL)
        yield from (formula for formula in formulas if "${" not in formula)


def _naughty() -> Iterator[str]:
    for text in _texts("blns/resources/blns.json"):
        yield from json.loads(text)


def _expressions() -> Iterator[str]:
    for text in _texts("uap-core/regexes.yaml"):
        yield from (found.replace("''", "'") for found in re.findall(r"regex: '((?:[^'\n]|'')*)'", text))


def _summaries() -> Iterator[str]:
    """Yield the summaries of the Python and node packages that are installed here."""
    for distribution in importlib.metadata.distributions():
        yield distribution.metadata["Summary"] or ""
    for path in sorted(Path(NODE_FOLDER).glob("**/package.json")):
        description = json.loads(path.read_text(encoding="utf-8", errors="replace")).get("description")
        yield description if isinstance(description, str) else ""


SUITES: Mapping[str, Callable[[], Iterator[str]]] = {
    "commonmark": lambda: _examples_of_a_spec("commonmark-spec/spec.txt"),
    "gfm": lambda: _examples_of_a_spec("cmark-gfm/test/spec.txt", "cmark-gfm/test/ext*.txt", "cmark-gfm/test/reg*.txt"),
    "pandoc": _pandoc,
    "kramdown": lambda: _texts("ruby-kramdown/test/testcases/**/*.text"),
    "markdown-it": _markdown_it,
    "katex": _katex,
    "naughty": _naughty,
    "expressions": _expressions,
    "summaries": _summaries,
}
"""The name of each suite, and a function that yields its examples: none if the suite was not fetched."""

_LONGEST = 400  # characters: a longer value hides what is wrong with it


def values_of(suite: str) -> list[str]:
    """Return the examples of a suite as values, and their lines, without what no document can contain."""
    found = dict.fromkeys(SUITES[suite]())
    lines = dict.fromkeys(line for example in found for line in example.splitlines())
    values = (value.strip() for value in [*found, *lines])
    return [v for v in dict.fromkeys(values) if v and len(v) <= _LONGEST and _is_text(v)]


def _is_text(value: str) -> bool:
    return not any(c == "\0" or (c < " " and c not in "\t\n") or "\ud800" <= c <= "\udfff" for c in value)
