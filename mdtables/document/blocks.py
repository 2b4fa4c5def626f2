"""Text -> its paragraphs, its code and its raw HTML, by CommonMark's block structure, in time linear in the text.

Knows quotes, list items and Material's admonitions, which hold what is indented below them as items do; nothing inline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from mdtables.text.edits import END_OF_LINE

Kind = Literal["text", "html", "code"]

_DEEPEST = 100  # containers in each other: what lies as deep is code, so that no line costs more than its length
_QUOTE = 0  # among the widths of items, which are two at least, and of admonitions, which are four at most below zero
_INDENT = re.compile(" *")
_ITEMS = frozenset("-+*0123456789")
_TAKEN = _ITEMS | set("#`~<=_!?")  # what a line that begins something other than a quote or a paragraph begins with
# Outside of containers: lines that go on with any paragraph, like a million rows, and lines between blocks.
_BLANK_LINES = re.compile(r"(?:[ \t]*+(?:\r\n|\n|\r))++")
_MORE = re.compile(r"(?:[^\s#>`~<=\-*_+!?0-9][^\r\n]*+(?:\r\n|\n|\r))++")
_HEADING = re.compile(r"#{1,6}(?: |$)")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_UNDERLINE = re.compile(r"(?:=+|-+) *$")
_BREAK = re.compile(r"(?:(?:\* *+){3,}|(?:_ *+){3,}|(?:- *+){3,})$")
_ITEM = re.compile(r"(?:[-+*]|(?P<number>[0-9]{1,9})[.)])(?= |$)")
_TYPES = r"[\w-]++(?: ++[\w-]++)*+"
# What follows is text, which `re` compiles at its first use: few documents hold admonitions, or HTML besides comments.
_ADMONITION = rf'(?:!!! ?{_TYPES}(?: +".*")?|\?\?\?\+? ?(?:{_TYPES}(?: +".*")?|".*")|===[!+]{{0,2}} +".*") *$'

# What begins the raw HTML that goes on over blank lines, and what ends it on the same line or a later one.
LITERAL_TAGS = "pre|script|style|textarea"
_HTML_TO_ITS_END = [
    ("<!--", "-->"),
    (rf"(?i)<(?:{LITERAL_TAGS})(?=[ >]|$)", rf"(?i)</(?:{LITERAL_TAGS})>"),
    (r"<\?", r"\?>"),
    ("<![A-Za-z]", ">"),
    (r"<!\[CDATA\[", "]]>"),
]
_HTML_BLOCK_TAG = (
    "(?i)</?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt"
    "|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu"
    "|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr"
    "|track|ul)(?= |/?>|$)"
)
_ATTRIBUTE = r""" ++[A-Za-z_:][\w.:-]*+(?: *+= *+(?:[^ "'=<>`]++|'[^']*+'|"[^"]*+"))?"""
_HTML_TAG_ALONE = rf"(?a)<(?:[A-Za-z][A-Za-z0-9-]*+(?:{_ATTRIBUTE})*+ *+/?|/[A-Za-z][A-Za-z0-9-]*+ *+)> *+$"


class Block(NamedTuple):
    """A paragraph or a heading (`text`), raw HTML or code: where its first line begins, and the one after its last."""

    kind: Kind
    start: int
    end: int
    in_list: bool


def blocks(text: str, at: int) -> Iterator[Block]:
    """The blocks of a text from an offset on, in order; whatever stands in quotes or lists is among them."""
    scan = _Scan()
    while at < len(text):
        if not scan.containers and not scan.leaf and (between := _BLANK_LINES.match(text, at)):
            at = between.end()
            continue
        if not scan.containers and scan.leaf and scan.leaf.kind == "text" and (more := _MORE.match(text, at)):
            scan.leaf.end = at = more.end()
            continue
        found = END_OF_LINE.search(text, at)
        stop, following = found.span() if found else (len(text), len(text))
        scan.read(text[at:stop].expandtabs(4), at, following)
        at = following
        yield from scan.done
        scan.done.clear()
    scan.close()
    yield from scan.done


class _Leaf:
    """The block that is open. `closes` is what its last line holds, where it does not end of itself."""

    def __init__(self, kind: Kind, start: int, end: int, in_list: bool, closes: re.Pattern[str] | None) -> None:
        self.kind, self.start, self.end, self.in_list, self.closes = kind, start, end, in_list, closes


class _Scan:
    """What is open after the lines so far: containers, and in the last of them a leaf or nothing.

    `containers` are quotes, and the widths of items and, below zero, of admonitions. `is_empty` says that the last is
    an item with nothing in it yet, `matched` how many of them the line at hand goes on with. `done` are the blocks that
    have ended.
    """

    def __init__(self) -> None:
        self.containers: list[int] = []
        self.is_empty = False
        self.matched = 0
        self.leaf: _Leaf | None = None
        self.done: list[Block] = []

    def read(self, line: str, start: int, end: int) -> None:
        at = self._match(line)
        if self.leaf and self.leaf.kind != "text":
            if self.matched == len(self.containers) and self._read_into(self.leaf, line, at, end):
                return
            self._end_open()
        elif self.leaf and min(self.containers[self.matched :], default=0) < 0:
            self._end_open()  # no paragraph goes on lazily out of an admonition
        if _indented(line, at) == len(line):
            self._end_open()
        else:
            self._open(line, at, start, end)

    def close(self) -> None:
        """The leaf ends with the last line that was read into it."""
        if leaf := self.leaf:
            self.done.append(Block(leaf.kind, leaf.start, leaf.end, leaf.in_list))
            self.leaf = None

    def _match(self, line: str) -> int:
        """Where the line's content begins, in the containers that it goes on with."""
        at = 0
        for depth, width in enumerate(self.containers):
            self.matched = depth
            content = _indented(line, at)
            if content == len(line):
                self.matched = self._kept_by_a_blank_line(depth)
                return content
            if width == _QUOTE and content - at < 4 and line[content] == ">":
                at = content + 1 + line.startswith(" ", content + 1)
            elif width != _QUOTE and content - at >= abs(width):
                at += abs(width)
            else:
                return at
        self.matched = len(self.containers)
        return at

    def _kept_by_a_blank_line(self, depth: int) -> int:
        """How many containers a line that is blank behind the first few goes on with: no quote, no empty item."""
        if _QUOTE in self.containers[depth:]:
            return self.containers.index(_QUOTE, depth)
        return len(self.containers) - self.is_empty

    def _read_into(self, leaf: _Leaf, line: str, at: int, end: int) -> bool:
        """Read a line into the code or the raw HTML open in its containers; False if it does not belong there."""
        content = _indented(line, at)
        if leaf.closes is None and content == len(line):
            return leaf.kind == "code"  # what is indented goes on, if more of it follows
        if leaf.closes is None and leaf.kind == "code" and content - at < 4:
            return False
        leaf.end = end
        if leaf.closes and (leaf.closes.match(line, at) if leaf.kind == "code" else leaf.closes.search(line, at)):
            self.close()
        return True

    def _end_open(self) -> None:
        """What is open ends, but for the containers that the line goes on with."""
        self.close()
        del self.containers[self.matched :]
        self.is_empty = False

    def _begin_container(self, width: int) -> None:
        self._end_open()
        self.containers.append(width)
        self.matched += 1

    def _begin_leaf(self, kind: Kind, start: int, end: int, closes: re.Pattern[str] | None = None) -> None:
        self._end_open()
        self.leaf = _Leaf(kind, start, end, any(self.containers), closes)

    def _open(self, line: str, at: int, start: int, end: int) -> None:
        """The containers that begin on a line, then the leaf; or the paragraph that goes on, in whatever it began."""
        content = _indented(line, at)
        while self.matched < _DEEPEST and content - at < 4 and content < len(line):
            if line[content] == ">":
                self._begin_container(_QUOTE)
                at = content + 1 + line.startswith(" ", content + 1)
            elif (
                line[content] in _ITEMS
                and not _BREAK.match(line, content)
                and (width := self._width(line, at, content))
            ):
                self._begin_container(width)
                at = min(at + width, len(line))
                self.is_empty = not line[at:].strip(" ")
            else:
                break
            content = _indented(line, at)
        if content == len(line):
            return
        if self.matched == _DEEPEST:
            self._begin_leaf("code", start, end)
            self.close()
        elif content - at >= 4 and not self.leaf:
            self._begin_leaf("code", start, end)
        elif content - at >= 4 or line[content] not in _TAKEN or not self._open_leaf(line, at, content, start, end):
            if not self.leaf:
                self._begin_leaf("text", start, end)
            assert self.leaf
            self.leaf.end = end

    def _width(self, line: str, at: int, content: int) -> int:
        """How far what belongs to the item that begins here is indented; 0 if none does."""
        found = _ITEM.match(line, content)
        if not found:
            return 0
        blanks = _indented(line, found.end()) - found.end()
        is_empty = found.end() + blanks == len(line)
        if self._interrupts() and (is_empty or int(found["number"] or 1) != 1):
            return 0
        return found.end() - at + (blanks if blanks < 5 and not is_empty else 1)

    def _interrupts(self) -> bool:
        """Whether what begins here would end a paragraph in the same containers, not only one in those around it."""
        return self.leaf is not None and self.matched == len(self.containers)

    def _open_leaf(self, line: str, at: int, content: int, start: int, end: int) -> bool:
        """Begin what is no paragraph, or end the one that the line underlines; False if it does neither."""
        if self._interrupts() and _UNDERLINE.match(line, content):
            assert self.leaf
            self.leaf.end = end
            self.close()
        elif _BREAK.match(line, content):
            self._end_open()
        elif _HEADING.match(line, content):
            self._begin_leaf("text", start, end)
            self.close()
        elif fence := _FENCE.match(line, content):
            self._begin_leaf("code", start, end, _closing(fence[1] or fence[2]))
        elif line[content] in "!?=" and re.match(_ADMONITION, line[content:]):
            self._begin_container(at - content - 4)
            self._begin_leaf("text", start, end)
            self.close()
        else:
            return line[content] == "<" and self._open_html(line, content, start, end)
        return True

    def _open_html(self, line: str, content: int, start: int, end: int) -> bool:
        """Begin raw HTML; False if none begins here."""
        html = line[content:]
        for begins, closes in _HTML_TO_ITS_END:
            if re.match(begins, html):
                self._begin_leaf("html", start, end, re.compile(closes))
                if re.search(closes, html):
                    self.close()
                return True
        if re.match(_HTML_BLOCK_TAG, html) or (not self._interrupts() and re.match(_HTML_TAG_ALONE, html)):
            self._begin_leaf("html", start, end)
            return True
        return False


def _indented(line: str, at: int) -> int:
    """Where the first character other than a blank stands."""
    found = _INDENT.match(line, at)
    assert found
    return found.end()


@cache
def _closing(fence: str) -> re.Pattern[str]:
    return re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}} *$")
