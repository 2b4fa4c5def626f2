"""Text -> its paragraphs, code and raw HTML, by CommonMark's block structure, in time linear in the text.

Knows block quotes, list items and Material's admonitions, whose content is indented like that of items; nothing inline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

from mdtables.records import NamedTuple
from mdtables.text.edits import END_OF_LINE

Kind = Literal["text", "html", "code"]

_DEEPEST = 100  # nested containers: what is nested deeper is code, so that no line costs more than its length
_QUOTE = 0  # among the widths of list items, which are positive, and of admonitions, which are negative
_INDENT = re.compile(" *")
_ITEMS = frozenset("-+*0123456789")
_SPECIAL = _ITEMS | set("#`~<=_!?")  # the first characters of all lines that begin neither a quote nor a paragraph
# No possessive quantifiers and no atomic groups: `re` matches some of them wrongly in Python 3.11.0 to 3.11.4.
_NOT_BLANK = re.compile(r"[^ \t\r\n]")
_ENDS_PARAGRAPH = r"[\s#>`~<=\-*_+!?0-9]"  # what the first character of a line may do; else it continues one
_ENDING_LINE = re.compile(_ENDS_PARAGRAPH)
_CONTINUED = re.compile(rf"(?:\r\n|\n|\r(?!\n))(?={_ENDS_PARAGRAPH}|\Z)")
# At the beginning of a line, what may open fenced code, or raw HTML that may include blank lines.
_OPENING = re.compile(r"\n {0,3}(?:`{3}|~{3}|<(?:[!?]|pre|script|style|textarea))", re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}(?: |$)")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_INTERRUPTS = re.compile(
    r"#{1,6}(?:[ \t]|$)|>|(?:[-+*]|\d{1,9}[.)])[ \t]|`{3,}[^`]*$|~{3}"
    r"|(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$"
)
_UNDERLINE = re.compile(r"(?:=+|-+) *$")
_ITEM = re.compile(r"(?:[-+*]|(?P<number>[0-9]{1,9})[.)])(?= |$)")
_TYPES = r"[\w-]+(?: +[\w-]+)*"
# Text, which `re` compiles at its first use: few documents have admonitions, or HTML other than comments.
_ADMONITION = rf'(?:!!! ?{_TYPES}(?: +".*")?|\?\?\?\+? ?(?:{_TYPES}(?: +".*")?|".*")|===[!+]{{0,2}} +".*") *$'

# What begins the kinds of raw HTML that include blank lines, and what ends each, on the same line or a later one.
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
_ATTRIBUTE = r""" +[A-Za-z_:][\w.:-]*(?: *= *(?:[^ "'=<>`]+|'[^']*'|"[^"]*"))?"""
_HTML_TAG_ALONE = rf"(?a)<(?:[A-Za-z][A-Za-z0-9-]*(?:{_ATTRIBUTE})* */?|/[A-Za-z][A-Za-z0-9-]* *)> *$"


class Block(NamedTuple):
    """A paragraph or heading (`text`), raw `html` or `code`: the offsets of its first line and of the line after it.

    `quotes` is the number of quotes that it is in. `indent` is the column at which the content of its list item or
    admonition begins; in a quote, after the last `>`.
    """

    kind: Kind
    start: int
    end: int
    quotes: int
    indent: int


def blocks(text: str, at: int, places: Sequence[int]) -> Iterator[Block]:
    """Yield the blocks of a text from an offset on that contain one of these places, which are in order; maybe others.

    They include those in block quotes and lists. Lines whose block does not matter are skipped: see `_Skip`.
    """
    scan, skip = _Scan(), _Skip(text, at)
    index = 0
    while at < len(text):
        if scan.leaf is None:
            while index < len(places) and places[index] < at:
                index += 1
            if index == len(places):
                return
        following = skip.inside(scan, at)
        if following == at and places[index] >= at and (following := skip.to(places[index], scan, at)) > at:
            scan = _Scan()
        if following > at:
            at = following
            continue
        found = END_OF_LINE.search(text, at)
        stop, following = found.span() if found else (len(text), len(text))
        scan.read(text[at:stop].expandtabs(4), at, following)
        at = following
        yield from scan.done
        scan.done.clear()
    scan.close()
    yield from scan.done


class _Skip:
    """Which lines need not be read. `at` is where reading begins.

    A line that is not indented, below a blank one, ends every container and every paragraph. What is above it does not
    matter, except for fenced code and raw HTML that may include blank lines and begin outside containers: so it is
    where reading can begin anew, if it is above all lines that may open these.
    """

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.blank = "\n\r\n" if "\r" in text else "\n\n"
        self.opening = at  # the first line from here on that may open one of these; below `tried`, it is not known
        self.has_only_plain_ends = text.count("\r") == text.count("\r\n")  # else nothing is skipped by them
        self.tried = at + 1 if self.has_only_plain_ends else len(text)  # above the first line is none to search from

    def to(self, place: int, scan: _Scan, at: int) -> int:
        """Return the last line above a place from which reading can begin without a state; else `at`."""
        if at < self.tried or (scan.leaf and scan.leaf.closes and not scan.containers):
            return at
        text, blank = self.text, self.blank
        if self.opening < at:
            found = _OPENING.search(text, at - 1)
            self.opening = found.start() + 1 if found else len(text)
        self.tried = end = min(self.opening, place)
        while (end := text.rfind(blank, at, end)) >= 0:
            if text[end + len(blank)] not in " \t\r\n":
                return end + len(blank)
            end += len(blank) - 1
        return at

    def inside(self, scan: _Scan, at: int) -> int:
        """Return where to go on after lines between blocks, or lines that continue the open block; else `at`.

        This is outside containers, where most lines are, like the million rows of a table.
        """
        leaf, text = scan.leaf, self.text
        if scan.containers:
            return at
        if leaf is None:
            found = _NOT_BLANK.search(text, at)
            content = found.start() if found else len(text)
            return max(text.rfind("\n", at, content), text.rfind("\r", at, content), at - 1) + 1
        if leaf.kind == "text" and not _ENDING_LINE.match(text, at):
            found = _CONTINUED.search(text, at)
            leaf.end = found.end() if found else len(text)
            return leaf.end
        if leaf.closes and self.has_only_plain_ends:
            found = self._closing_line(leaf.kind, leaf.closes, at)
            leaf.end = max(text.rfind("\n", at, found.end()) + 1, at) if found else len(text)
            return leaf.end
        return at

    def _closing_line(self, kind: Kind, closes: re.Pattern[str], at: int) -> re.Match[str] | None:
        """Return the first line that closes an open leaf outside containers; the match ends on it."""
        if kind == "html":
            return closes.search(self.text, at)
        return re.compile(f"\n{closes.pattern}", re.MULTILINE).search(self.text, at - 1)


class _Leaf:
    """The open leaf block (CommonMark's term). `closes` matches its last line; None if no particular line closes it."""

    def __init__(
        self, kind: Kind, start: int, end: int, containers: Sequence[int], closes: re.Pattern[str] | None
    ) -> None:
        self.kind, self.start, self.end, self.closes = kind, start, end, closes
        self.quotes = self.indent = 0
        for width in containers:
            self.quotes += width == _QUOTE
            self.indent = 0 if width == _QUOTE else self.indent + abs(width)


class _Scan:
    """The state after the lines read so far: open containers, and in the innermost one an open leaf, or none.

    `containers` has _QUOTE for a quote, and a width for an item (positive) or an admonition (negative). `is_empty` is
    true while the innermost container is an item without content. `matched` is the number of containers that the
    current line continues. `done` are the blocks that have ended.
    """

    def __init__(self) -> None:
        self.containers: list[int] = []
        self.is_empty = False
        self.matched = 0
        self.leaf: _Leaf | None = None
        self.done: list[Block] = []

    def read(self, line: str, start: int, end: int) -> None:
        """Read one line, without its ending; `start` and `end` are its offsets, including the ending."""
        # 1. the containers that the line continues
        at = self._match(line)
        # 2. the open code or raw HTML, if the line belongs to it
        if self.leaf and self.leaf.kind != "text":
            if self.matched == len(self.containers) and self._read_into(self.leaf, line, at, end):
                return
            self._end_open()
        elif self.leaf and min(self.containers[self.matched :], default=0) < 0:
            self._end_open()  # a paragraph in an admonition has no lazy continuation lines
        # 3. a blank line, or whatever the line begins or continues
        if _indented(line, at) == len(line):
            self._end_open()
        else:
            self._open(line, at, start, end)

    def close(self) -> None:
        """End the open leaf, with the last line that was read into it."""
        if leaf := self.leaf:
            self.done.append(Block(leaf.kind, leaf.start, leaf.end, leaf.quotes, leaf.indent))
            self.leaf = None

    def _match(self, line: str) -> int:
        """Return where the line's content begins, in the containers that the line continues."""
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
        """Return how many containers a line continues that is blank after the first few: no quote, no empty item."""
        if _QUOTE in self.containers[depth:]:
            return self.containers.index(_QUOTE, depth)
        return len(self.containers) - self.is_empty

    def _read_into(self, leaf: _Leaf, line: str, at: int, end: int) -> bool:
        """Read a line into the open code or raw HTML; return False if it does not belong there."""
        content = _indented(line, at)
        if leaf.closes is None and content == len(line):
            return leaf.kind == "code"  # indented code may continue after a blank line
        if leaf.closes is None and leaf.kind == "code" and content - at < 4:
            return False
        leaf.end = end
        if leaf.closes and (leaf.closes.match(line, at) if leaf.kind == "code" else leaf.closes.search(line, at)):
            self.close()
        return True

    def _end_open(self) -> None:
        """End the open leaf, and all containers but those that the line continues."""
        self.close()
        del self.containers[self.matched :]
        self.is_empty = False

    def _begin_container(self, width: int) -> None:
        self._end_open()
        self.containers.append(width)
        self.matched += 1

    def _begin_leaf(self, kind: Kind, start: int, end: int, closes: re.Pattern[str] | None = None) -> None:
        self._end_open()
        self.leaf = _Leaf(kind, start, end, self.containers, closes)

    def _open(self, line: str, at: int, start: int, end: int) -> None:
        """Open the containers that begin on a line, then its leaf; or continue the open paragraph."""
        content = _indented(line, at)
        while self.matched < _DEEPEST and content - at < 4 and content < len(line):
            if line[content] == ">":
                self._begin_container(_QUOTE)
                at = content + 1 + line.startswith(" ", content + 1)
            elif line[content] in _ITEMS and not _is_break(line, content) and (width := self._width(line, at, content)):
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
        elif content - at >= 4 or line[content] not in _SPECIAL or not self._open_leaf(line, at, content, start, end):
            if not self.leaf:
                self._begin_leaf("text", start, end)
            assert self.leaf
            self.leaf.end = end

    def _width(self, line: str, at: int, content: int) -> int:
        """Return the indentation of the content of the item that begins here; 0 if none does."""
        found = _ITEM.match(line, content)
        if not found:
            return 0
        blanks = _indented(line, found.end()) - found.end()
        is_empty = found.end() + blanks == len(line)
        if self._interrupts() and (is_empty or int(found["number"] or 1) != 1):
            return 0
        return found.end() - at + (blanks if blanks < 5 and not is_empty else 1)

    def _interrupts(self) -> bool:
        """Return True if what begins here would interrupt a paragraph of the same container."""
        return self.leaf is not None and self.matched == len(self.containers)

    def _open_leaf(self, line: str, at: int, content: int, start: int, end: int) -> bool:
        """Begin a block other than a paragraph, or end the one that the line underlines; return False for neither."""
        if self._interrupts() and _UNDERLINE.match(line, content):
            assert self.leaf
            self.leaf.end = end
            self.close()
        elif _is_break(line, content):
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
        """Begin raw HTML; return False if none begins here."""
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


def interrupts_table(content: str) -> bool:
    """Return True if a line, without its indentation, begins another block where a row of a table could be."""
    content = content.rstrip("\r\n")
    return bool(_INTERRUPTS.match(content)) or (content.startswith("<") and _begins_html(content.expandtabs(4)))


def _begins_html(content: str) -> bool:
    begins = (*(begins for begins, _ in _HTML_TO_ITS_END), _HTML_BLOCK_TAG, _HTML_TAG_ALONE)
    return any(re.match(pattern, content) for pattern in begins)


def _indented(line: str, at: int) -> int:
    """Return the offset of the first character that is not a blank."""
    found = _INDENT.match(line, at)
    assert found
    return found.end()


def _is_break(line: str, at: int) -> bool:
    """Return True for a thematic break: at least three `*`, `-` or `_` of one kind, and else only blanks."""
    mark = line[at]
    return mark in "*-_" and line.count(mark, at) >= 3 and not line[at:].strip(f"{mark} ")


@cache
def _closing(fence: str) -> re.Pattern[str]:
    return re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*\r?$")
