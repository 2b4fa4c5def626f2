"""What mistune says about places in a document: which lie in code, which in raw HTML, which in a list.

Knows no markers and no tables. mistune gives no positions, so numbered probes are put in those places, and where a
probe comes out in its tokens says what the place is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Literal

from mistune.block_parser import BlockParser

from mdtables.spans import code_spans

_CODE_LIKE_TAG = "pre|script|style|textarea"
# Long runs of rows at column 0 are one paragraph whatever their number: 27 MB of them parse in 0.02 s instead of 4 s.
_ROWS_IN_A_RUN = 50
# mistune takes a line of four blanks and more below a paragraph for a part of it.
_BLANK_LINE = re.compile(r"^((?:[ \t]*>)*)[ \t]+$", re.MULTILINE)
# Material's `!!! note`, `??? note` and `=== "Tab"` hold what is indented by four blanks below them, as list items do.
# To CommonMark that would be code.
_ADMONITION = re.compile(r"^([ \t]*)(?:!!!|\?\?\?\+?|===[!+]?)[ \t]+[\w\"][^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a place: `code` (or a comment, or `<pre>`), `html`, or ordinary `text`."""

    kind: Literal["text", "html", "code"]
    in_list: bool = False


def classify(text: str, spans: Sequence[tuple[int, int]], front_matter: int = 0) -> list[Surroundings]:
    """What each span of the text lies in; a probe takes its place. The first `front_matter` characters are code.

    A span that mistune drops (in the title of a link definition, say) counts as code: nothing is written there.
    """
    mark = _unused(text)
    state = BlockParser.state_cls()
    state.process(_normalised(_with_probes(text, spans, mark, front_matter), mark))
    _parser().parse(state)
    around = [Surroundings("code")] * len(spans)
    for number, surroundings in _probes_in(state.tokens, re.compile(f"{mark}(\\d+){mark}")):
        around[number] = surroundings
    return around


def _unused(text: str) -> str:
    """A character that the text does not hold: a private one, if it can be; half a one no text in UTF-8 holds."""
    used = set(text)
    return next(chr(c) for c in chain(range(0xE000, 0x110000), range(0xD800, 0xE000)) if chr(c) not in used)


@cache
def _parser() -> BlockParser:
    parser = BlockParser()
    # mistune's pattern for raw HTML that ends a list or a quote does not see a tag that is closed at once, as in <pre>
    seen = parser.specification["block_html"].replace(r"(?:[ \t]+|\n|$)", r"(?=[ \t>]|/>|\n|$)")
    parser.specification["block_html"] = seen
    return parser


def _with_probes(text: str, spans: Sequence[tuple[int, int]], mark: str, front_matter: int) -> str:
    pieces, at = ["\n" * text.count("\n", 0, front_matter)], front_matter
    for number, (start, end) in sorted(enumerate(spans), key=lambda numbered: numbered[1]):
        if start >= front_matter:
            pieces += [text[at:start], f"{mark}{number:013d}{mark}"]
            at = end
    return "".join([*pieces, text[at:], "\n"])


def _normalised(text: str, mark: str) -> str:
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(rf"^(?:\|[^\n{mark}]*\n){{{_ROWS_IN_A_RUN},}}", "|\n", text, flags=re.MULTILINE)
    text = _BLANK_LINE.sub(r"\1", text)
    return _ADMONITION.sub(r"\1-   x", text)


def _probes_in(tokens: list[dict[str, Any]], probe: re.Pattern[str]) -> Iterator[tuple[int, Surroundings]]:
    stack = [(token, False) for token in tokens]
    while stack:
        token, in_list = stack.pop()
        in_list = in_list or token["type"] == "list"
        stack += [(child, in_list) for child in token.get("children", ())]
        if token["type"] == "block_code":
            code = token["raw"] + token.get("attrs", {}).get("info", "")
            yield from ((int(found[1]), Surroundings("code", in_list)) for found in probe.finditer(code))
        elif token["type"] == "block_html":
            for number, hidden in _in_html(token["raw"], probe):
                yield number, Surroundings("code" if hidden else "html", in_list)
        elif "text" in token:
            for number, hidden in _in_html(_without_code_spans(token["text"]), probe):
                yield number, Surroundings("code" if hidden else "text", in_list)


def _in_html(raw: str, probe: re.Pattern[str]) -> Iterator[tuple[int, bool]]:
    """Each probe in a piece of HTML, and whether an outer comment or a tag like `<pre>` hides it."""
    token = re.compile(rf"<!--|-->|</?(?:{_CODE_LIKE_TAG})\b|{probe.pattern}", re.IGNORECASE)
    comment, tag = -1, ""  # where the open comment's text begins; the open code-like tag
    for found in token.finditer(raw):
        word = found[0].lower()
        if found[1] is not None:
            own_comment = comment >= 0 and not raw[comment : found.start()].strip(" \t")
            yield int(found[1]), bool(tag) or (comment >= 0 and not own_comment)
        elif tag:
            tag = "" if word == f"</{tag}" else tag
        elif word == "<!--":
            comment = found.end() if comment < 0 else comment
        elif word == "-->":
            comment = -1
        elif comment < 0 and not word.startswith("</"):
            tag = word[1:]


def _without_code_spans(text: str) -> str:
    kept, at = [], 0
    for start, end in code_spans(text):
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])
