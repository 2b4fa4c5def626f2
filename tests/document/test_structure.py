"""Marker recognition compared with comrak, an independent Markdown parser."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import comrak
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdtables.document import blocks
from mdtables.document.parse import front_matter, parse
from mdtables.document.structure import classify

MARKER = "<!-- TABLE_GENERATE_START -->"
NUMBERED = re.compile(r"<!-- TABLE_GENERATE_START (\d+) -->")
ALONE = re.compile(rf"[ \t>]*{MARKER}[ \t]*")
FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)")


def mdtables_markers(text: str) -> set[int]:
    """Return the lines of the markers that mdtables finds. All are start markers, so each gives a diagnostic."""
    return {d.at.line for d in parse(text, "").diagnostics if d.code == "unclosed-region"}


def comrak_markers(text: str) -> set[int]:
    """Return the lines of the markers alone on their line that comrak parses as HTML."""
    lines = text.split("\n")
    numbered = [line.replace(MARKER, f"<!-- TABLE_GENERATE_START {n} -->") for n, line in enumerate(lines, 1)]
    source = "\n".join(numbered)
    if front_matter := FRONT_MATTER.match(source):
        source = "\n" * front_matter[0].count("\n") + source[front_matter.end() :]
    seen = {
        int(found[1])
        for html in _html(comrak.parse_document(source))
        for found in NUMBERED.finditer(html)
        if not _hidden(html[: found.start()])
    }
    return {n for n in seen if ALONE.fullmatch(lines[n - 1])}


def _html(root: Any) -> Iterator[str]:
    stack = [root]
    while stack:
        node = stack.pop()
        stack += node.children
        if type(node.node_value).__name__ in ("HtmlBlock", "HtmlInline"):
            value = node.node_value.value
            yield getattr(value, "literal", value)


def _hidden(before: str) -> bool:
    """Return True if text after this HTML is inside a comment or a tag such as <pre>."""
    comment, tag = False, ""
    for found in re.finditer(r"<!--|-->|</?(?:pre|script|style|textarea)\b", before, re.IGNORECASE):
        word = found[0].lower()
        if tag:
            tag = "" if word == f"</{tag}" else tag
        elif word in ("<!--", "-->"):
            comment = word == "<!--"
        elif not comment and word[1] != "/":
            tag = word[1:]
    return comment or bool(tag)


WRITTEN = [
    *(MARKER, MARKER, MARKER, "text", "", "", "```", "~~~", "````md", "    code", "- item", "  more of it", "1. one"),
    *(
        "> quote",
        ">",
        "# heading",
        "---",
        "===",
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
    ),
    *("`tick", "tick`", "``", "| a | b |", "|---|---|", "* * *", "<b>", "[a]: /x", "\\`", "+ plus", "7. x", "-", "1)"),
    *(
        "<!-- c -->",
        "<a b='c'>",
        "</x>",
        "<?",
        "?>",
        "<!A",
        "<![CDATA[",
        "]]>",
        "- - x",
        "> > y",
        "<x",
        "<p",
        "``` a`b",
    ),
]
LINES = st.builds(
    lambda p, w: p + w,
    st.sampled_from(["", "", "", "  ", "    ", "> ", "- ", "   ", "      ", ">", "\t", "1. ", "2) ", "  - ", "> - "]),
    st.sampled_from(WRITTEN),
)


@given(st.lists(LINES, min_size=2, max_size=12).map("\n".join))
def test_markers_are_never_code_to_comrak(text: str) -> None:
    assert mdtables_markers(text) <= comrak_markers(text)


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{MARKER}\n```\n",
        f"~~~~\n```\n{MARKER}\n~~~\n{MARKER}\n~~~~\n",
        f"````\n```\n{MARKER}\n```\n````\n",
        f"- item\n  ```\n  {MARKER}\n  ```\n",
        f"> ```\n> {MARKER}\n> ```\n",
        f"- > ~~~\n  > {MARKER}\n",
        f"```\n{MARKER}\n",
        f"    {MARKER}\n",
        f"\t{MARKER}\n",
        f"- item\n\n      {MARKER}\n",
        f"text `code\n        {MARKER}\n` more\n",
        f"<pre>\n{MARKER}\n</pre>\n",
        f"<pre><code>\n{MARKER}\n</code></pre>\n",
        f"<script>\n{MARKER}\n</script>\n",
        f"<style>\n{MARKER}\n</style>\n",
        f"<textarea>\n{MARKER}\n</textarea>\n",
        f"<!-- outer\n{MARKER}\n",
        f"- item\n<pre>\n{MARKER}\n</pre>\n",
        f"How to write one:\n      \n    {MARKER}\n",
        f"> quote\n>      \n>     {MARKER}\n",
        f"> # Note\n\t{MARKER}\n",
        f"---\ntitle: x\n{MARKER}\n---\n",
        "> " * 101 + "```\n" + "> " * 101 + f"{MARKER}\n",
        "> " * 101 + f"    {MARKER}\n",
        f"!!! Note: this is no admonition.\n\n    {MARKER}\n",
        f"=== foo\n\n    {MARKER}\n",
    ],
)
def test_marker_in_code_is_ignored(text: str) -> None:
    assert mdtables_markers(text) == comrak_markers(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        f"{MARKER}\n",
        f"text\n{MARKER}\n",
        f"text `a` and `b\n{MARKER}\n",
        f"- item\n\n  {MARKER}\n",
        f"1. item\n\n   {MARKER}\n",
        f"- a\n    - b\n\n        {MARKER}\n",
        f"> {MARKER}\n",
        f"> - x\n>\n>   {MARKER}\n",
        f"<div>\n{MARKER}\n</div>\n",
        f"<details>\n\n{MARKER}\n",
        f"text\n        {MARKER}\n",
        f"```\ncode\n```\n{MARKER}\n",
        f"<!-- a comment -->\n{MARKER}\n",
        f"<pre></pre>\n{MARKER}\n",
        f"<PRE>x</PRE>\n\n{MARKER}\n",
        f"---\ntitle: x\n---\n{MARKER}\n",
        f"text\n\n---\n{MARKER}\n\n---\n",
        f"| a `x |\n|---|\n| b |\n{MARKER}\n",
    ],
)
def test_marker_outside_code_is_recognized(text: str) -> None:
    assert mdtables_markers(text) == comrak_markers(text) == {text.split(MARKER, maxsplit=1)[0].count("\n") + 1}


def test_long_paragraph_ends_like_a_short_one() -> None:
    rows = "| row | row |\n" * 1000
    assert mdtables_markers(f"{rows}{MARKER}\n{rows}```\n{rows}{MARKER}\n```\n") == {1001}


@pytest.mark.parametrize(
    "opening", ["!!! note", "!!!note", '!!! note inline "A title"', '??? "A title"', "???+ tip", '=== "Tab"']
)
def test_indented_text_belongs_to_its_admonition(opening: str) -> None:
    assert mdtables_markers(f"{opening}\n\n    {MARKER}\n") == {3}
    assert mdtables_markers(f"{opening}\n    text\n    {MARKER}\n") == {3}


def test_unindented_line_ends_an_admonition() -> None:
    for text in ("!!! note\nfoo\n", "!!! note\n    foo\nbar\n"):
        assert mdtables_markers(f"{text}\n    {MARKER}\n") == set()


PIECES = [
    *("```", "```js", "~~~", "````", "   ```", "  ```", "~~~~", "   ~~~", "- ```", "> ```"),
    *("- a", "  - b", "1. x", "1) y", "> q", "> - x", "!!! note", "    in", "\tx", "    x", "     text", "   text"),
    *("", "", "", "", "text", "  text", "a `b", "` c", "# H", "---", "===", "* * *", "| a | b |", "|---|---|"),
    *("<div>", "</div>", "<!-- x -->", "   <!-- a", "<!--", "-->", "<pre>", "</pre>", "  <pre>", "<?php", "?>", "<b>"),
    *("<!X", ">", "<![CDATA[", "]]>", "<script>", "</script>", "<Textarea>", "</textarea>", "    <!-- M -->"),
]


def random_text(chance: random.Random) -> str:
    ending = chance.choice(["\n"] * 5 + ["\r\n", "\r", ""])
    lines = [
        chance.choice(PIECES) + (ending or chance.choice(["\n", "\r\n", "\r"])) for _ in range(chance.randint(1, 30))
    ]
    return chance.choice(["", "", "", "\ufeff", "---\na: b\n---\n"]) + "".join(lines) + "x"


def test_lines_that_are_skipped_change_nothing() -> None:
    for seed in range(4000):
        chance = random.Random(seed)
        text = random_text(chance)
        places = [chance.randrange(len(text)) for _ in range(chance.randint(1, 6))]
        found = classify(text, places, front_matter(text))
        with (
            patch.object(blocks._Skip, "to", lambda _skip, _place, _scan, at: at),
            patch.object(blocks._Skip, "inside", lambda _skip, _scan, at: at),
        ):
            assert classify(text, places, front_matter(text)) == found, (seed, text, places)
