r"""The canonical text of a cell: two cells have the same one if GitHub shows the same, however each is spelled.

Version 1, frozen: the checksums in users' documents are made from it, so no cell may ever change its canonical text
(tests/cells/canonical.csv has examples). Whatever must change becomes a version 2 next to it. For the same reason it
uses no Markdown library, and its own tables of blanks and punctuation instead of the Unicode version of the
interpreter.

It reads inline CommonMark with GitHub's strikethrough and bare addresses: emphasis, links, images, code spans, raw
HTML, escapes and character references. In canonical text `\x02` begins a token, and is followed by a letter for its
kind.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from mdtables.model.table import Table
from mdtables.records import NamedTuple
from mdtables.tables.packed import Rows

VERSION = "1"

_TOKEN = "\x02"  # noqa: S105  # not a secret
_BREAK = f"{_TOKEN}b"
_KEPT_BLANK = "\x03"  # one that stays when blanks become one
_MARKS = ("\\", "`", "<", "&", "*", "_", "~", "[", "://", "www.", "@", "  ", " \n", "\n ")
_PUNCTUATION = (
    r"!-/:-@\[-`{-~\xa1\xa7\xab\xb6\xb7\xbb\xbf\u2010-\u2027\u2030-\u205e\u207d\u207e\u208d\u208e\u2308-\u230b\u2329"
    r"\u232a\u2768-\u2775\u27c5\u27c6\u27e6-\u27ef\u2983-\u2998\u29d8-\u29db\u29fc\u29fd\u2cf9-\u2cff\u2e00-\u2e5d"
    r"\u3001-\u3003\u3008-\u3011\u3014-\u301f\u3030\u303d\u30a0\u30fb\ufe10-\ufe19\ufe30-\ufe52\ufe54-\ufe61\ufe63"
    r"\ufe68\ufe6a\ufe6b\uff01-\uff03\uff05-\uff0a\uff0c-\uff0f\uff1a\uff1b\uff1f\uff20\uff3b-\uff3d\uff3f\uff5b\uff5d"
    r"\uff5f-\uff65"
)
_BLANKS = " \t\n\x0b\x0c\r\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LONGEST_TAG = 2000  # characters: what is longer is text, so that no cell takes quadratic time
_LONG_HTML = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))

# Patterns are text, which `re` compiles at its first use: most tables contain no Markdown.
_IS_PUNCTUATION = f"[{_PUNCTUATION}]"
_IS_BLANK = f"[{_BLANKS}]"
_EDGES = f"^[{_BLANKS}\u2028\u2029\ufeff]+|(?:{_TOKEN}f{_TOKEN}g|[{_BLANKS}\u2028\u2029\ufeff])+$"
_CONTROL = "[\x00-\x08\x0b-\x1f]"
_UNUSUAL = f"[\x00-\x09\x0b-\x1f]|\n[{_BLANKS[3:]}\u2028\u2029\ufeff]|[{_BLANKS[3:]}\u2028\u2029\ufeff]\n"
_REFERENCE = r"&(?:#(?P<number>[0-9]{1,8})|#[xX](?P<hex>[0-9a-fA-F]{1,8})|(?P<name>[A-Za-z][A-Za-z0-9]{1,40}));"
_ESCAPE = r"\\([!-/:-@\[-`{-~])"
_NEXT = r"[\\`<&*_~!\[\]]|(?:[hH][tT][tT][pP][sS]?|[fF][tT][pP])://|w{3}\."
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_AUTOLINK = (
    r"(?a)<(?:([A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*)"
    rf"|([\w.!#$%&'*+/=?^`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*))>"
)
_TAG = (
    r"""(?a)<(?:[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*/?"""
    r"""|/[A-Za-z][A-Za-z0-9-]*\s*)>"""
)
_DECLARATION = r"(?a)<![A-Z]+\s"  # as GitHub reads it; CommonMark allows more
_BR = r"(?ai)<br\s*/?>"
_TARGET = r"(?a)\(\s*(<(?:\\.|[^<>\\])*>|)"
_TITLE = r"""(?a)\s+("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:\\.|[^()\\])*\))"""
_MAIL = (
    r"(?a)(?:(?<![A-Za-z0-9])(?:mailto:|(?P<chat>xmpp:)))?(?<![\w.+-])[\w.+-]+@[\w-]*(?:\.(?=[A-Za-z0-9])[\w-]+)+"
    r"(?<=[A-Za-z])(?![\w@-]|\.[A-Za-z0-9])(?(chat)(?:/[\w./-]*[A-Za-z])?)"
)
_WITHOUT_STYLE = f"{_TOKEN}(?:b|t<[!?])"  # line breaks and comments, which no style changes
_UNSAFE = r"(?a)[^\w.+!*'(),%#@?=;:/&$~-]"


def canonical_table(table: Table, known: Mapping[int, Iterator[Sequence[str] | None]] | None = None) -> Table:
    """Return the table with the canonical text of every cell and heading; a missing cell counts as empty.

    `known` has that of some columns, in chunks of rows, None for one that is not known.
    """
    rows = Rows.view(len(table.header), table.rows).map_cells(canonical, unchanged=_is_canonical, instead=known)
    header = table.header if are_canonical(table.header) else [canonical(name) for name in table.header]
    table = table._replace(header=header, rows=rows)
    if not (table.headings or table.caption or table.note):
        return table
    texts = {heading: canonical(heading) for heading in dict.fromkeys(table.headings)}
    headings = [texts[heading] for heading in table.headings]
    return table._replace(headings=headings, caption=canonical(table.caption), note=canonical(table.note))


def are_canonical(cells: Sequence[str]) -> bool:
    """Return True if one look at all cells shows that each is its own canonical text."""
    return _is_canonical("\n".join(cells), len(cells))


def _is_canonical(joined: str, count: int) -> bool:
    """Return True if cells that are joined by line feeds are their own canonical text."""
    text = f"\n{joined}\n"
    for mark in _MARKS:
        if mark in text:
            return False
    if text.count("\n") != count + 1:
        return False
    if text.isascii():
        return text.replace("\n", "").isprintable()
    return not re.search(_UNUSUAL, text)


def canonical(cell: str) -> str:
    """Return the canonical text of one cell. GitHub unescapes the pipes of a row before anything else."""
    if are_canonical([cell]):
        return cell
    nodes = _Reader(_visible(cell.replace("\\|", "|"))).read()
    text = re.sub(r"[ \t\n]+", " ", _written(nodes))
    text = text.replace(f" {_BREAK}", _BREAK).replace(f"{_BREAK} ", _BREAK)
    return re.sub(_EDGES, "", text).replace(_KEPT_BLANK, " ")


def _visible(text: str) -> str:
    """Return the text with control characters, which nothing shows, as tokens."""
    return re.sub(_CONTROL, lambda found: f"{_TOKEN}x{ord(found[0]):02x}", text)


class _Node:
    """A piece of a cell: `text`, `fixed` text in which no address is looked for, raw `html`, or a `link`'s two ends.

    A run of delimiters is text until it is paired. `starts` and `stops` are the styles that begin after a node and that
    end before it. `plain` is what an image shows of the node in its alternative text.
    """

    __slots__ = ("kind", "plain", "starts", "stops", "text")

    def __init__(self, kind: str, text: str, plain: str | None = None) -> None:
        self.kind, self.text, self.plain = kind, text, plain
        self.starts: Sequence[str] = ()
        self.stops: Sequence[str] = ()


class _Delimiter:
    """A run of `*`, `_` or `~` that can open or close emphasis: its node's index, and how many of it are left."""

    __slots__ = ("can_close", "can_open", "character", "length", "node", "original")

    def __init__(self, node: int, character: str, length: int, can_open: bool, can_close: bool) -> None:
        self.node, self.character, self.length, self.original = node, character, length, length
        self.can_open, self.can_close = can_open, can_close


class _Bracket(NamedTuple):
    """An open bracket: the index of its node, the number of delimiters before it, and whether it begins an image."""

    node: int
    delimiters: int
    is_image: bool


class _Reader:
    """Split a cell into nodes. A method for each kind of construct returns the offset up to which it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes: list[_Node] = []
        self.delimiters: list[_Delimiter] = []
        self.brackets: list[_Bracket] = []
        self.links_from = 0  # brackets below this index cannot become links: a link contains no link
        self.ticks: dict[int, list[int]] = {}
        for run in re.finditer("`+", text):
            self.ticks.setdefault(len(run[0]), []).append(run.start())
        self.absent: set[str] = set()  # closing words that do not occur in the rest

    def read(self) -> list[_Node]:
        at, search = 0, re.compile(_NEXT).search
        while found := search(self.text, at):
            if found.start() > at:
                self._put("text", self.text[at : found.start()])
            at = self._construct(found)
        self._put("text", self.text[at:])
        self._pair_delimiters(0)
        return self.nodes

    def _put(self, kind: str, text: str, plain: str | None = None) -> None:
        self.nodes.append(_Node(kind, text, plain))

    def _construct(self, found: re.Match[str]) -> int:
        """Read what begins with the character that was found, or else that character."""
        at, character = found.start(), found[0][0]
        readers: dict[str, Callable[[int], int]] = {
            "\\": self._escape,
            "`": self._code,
            "<": self._angle,
            "&": self._reference,
            "!": self._open_image,
            "[": self._open_link,
            "]": self._close_bracket,
        }
        if character in "*_~":
            return self._delimiter_run(at)
        end = readers[character](at) if character in readers else self._address(at, found.end())
        if end == at:
            self._put("text", character)
            return at + 1
        return end

    def _escape(self, at: int) -> int:
        found = re.compile(_ESCAPE).match(self.text, at)
        if found is None:
            return at
        self._put("text", found[1])
        return found.end()

    def _code(self, at: int) -> int:
        run = re.compile("`+").match(self.text, at)
        assert run
        same = self.ticks.get(len(run[0]), [])
        later = bisect_left(same, run.end())
        if later == len(same):
            self._put("text", run[0])
            return run.end()
        code = self.text[run.end() : same[later]].strip(" \t")
        self._put("fixed", f"{_TOKEN}c" + re.sub(r"[ \t]", _KEPT_BLANK, code) + f"{_TOKEN}d", plain=code)
        return same[later] + len(run[0])

    def _reference(self, at: int) -> int:
        found = re.compile(_REFERENCE).match(self.text, at)
        if not found or (character := _referenced(found)) is None:
            return at
        self._put("text", character)
        return found.end()

    def _angle(self, at: int) -> int:
        if link := re.compile(_AUTOLINK).match(self.text, at):
            address = link[1] or link[2]
            self._put_link(address, address if link[1] else f"mailto:{address}")
            return link.end()
        if tag := re.compile(_TAG).match(self.text, at, at + _LONGEST_TAG):
            is_break = re.fullmatch(_BR, tag[0])
            self._put("html", _BREAK if is_break else f"{_TOKEN}t{tag[0]}", plain=tag[0])
            return tag.end()
        for opening, closing in _LONG_HTML:
            if self.text.startswith(opening, at) and not self.text.startswith(("<!-->", "<!--->"), at):
                end = self._find(closing, at + len(opening))
                if end >= 0 and (opening != "<!" or re.compile(_DECLARATION).match(self.text, at)):
                    html = self.text[at : end + len(closing)]
                    self._put("html", f"{_TOKEN}t{html}", plain=html)
                    return end + len(closing)
        return at

    def _find(self, word: str, start: int) -> int:
        found = -1 if word in self.absent else self.text.find(word, start)
        if found < 0:
            self.absent.add(word)
        return found

    def _put_link(self, text: str, target: str) -> None:
        self._put("link", _link_token(target, ""))
        self._put("fixed", text)
        self._put("link", "")

    def _address(self, at: int, start: int) -> int:
        """Read a bare address, as far as GitHub takes it for a link; in brackets it takes none."""
        before = self.text[at - 1 : at]
        is_www = self.text[at] == "w"
        is_word = before.isascii() and before.isalpha()
        if self.brackets or (before and not re.match(r"[\s*_~(]", before, re.ASCII) if is_www else is_word):
            return at
        end = _domain_end(self.text, at if is_www else start, needs_period=is_www)
        if end < 0:
            return at
        rest = re.compile(r"[^\s<]*", re.ASCII).match(self.text, end)
        end = at + _trimmed(self.text[at : rest.end() if rest else end])
        if end <= start - is_www:
            return at
        address = self.text[at:end]
        self._put_link(address, f"http://{address}" if is_www else address)
        return end

    def _open_image(self, at: int) -> int:
        if self.text[at + 1 : at + 2] != "[":
            return at
        self.brackets.append(_Bracket(len(self.nodes), len(self.delimiters), is_image=True))
        self._put("text", "![")
        return at + 2

    def _open_link(self, at: int) -> int:
        self.brackets.append(_Bracket(len(self.nodes), len(self.delimiters), is_image=False))
        self._put("text", "[")
        return at + 1

    def _close_bracket(self, at: int) -> int:
        if not self.brackets:
            return at
        bracket = self.brackets.pop()
        is_active = bracket.is_image or len(self.brackets) >= self.links_from
        self.links_from = min(self.links_from, len(self.brackets))
        found = self._inline_target(at + 1) if is_active else None
        if found is None:
            return at
        target, title, end = found
        self._pair_delimiters(bracket.delimiters)
        opening = self.nodes[bracket.node]
        if bracket.is_image:
            shown = (node.text if node.plain is None else node.plain for node in self.nodes[bracket.node + 1 :])
            alternative = "".join(shown)
            del self.nodes[bracket.node :]
            self._put("fixed", f"{_TOKEN}i{alternative}{_link_token(target, title)}", plain=alternative)
        else:
            opening.kind, opening.text, opening.plain = "link", _link_token(target, title), ""
            for node in self.nodes[bracket.node + 1 :]:
                node.kind = "fixed" if node.kind == "text" else node.kind
            self._put("link", "", plain="")
            self.links_from = len(self.brackets)
        return end

    def _inline_target(self, at: int) -> tuple[str, str, int] | None:
        """Return the target, the title and the end of what follows a link's text; None if it is no target."""
        opening = re.compile(_TARGET).match(self.text, at)
        if opening is None:
            return None
        end = opening.end()
        target = opening[1][1:-1]
        if not opening[1] and self.text.startswith("<", opening.end()):
            return None
        if not opening[1]:
            end = _bare_target_end(self.text, opening.end())
            if end < 0:
                return None
            target = self.text[opening.end() : end]
        title = re.compile(_TITLE).match(self.text, end)
        closing = re.compile(r"\s*\)", re.ASCII).match(self.text, title.end() if title else end)
        if closing is None:
            return None
        return _resolved(target), _resolved(title[1][1:-1]) if title else "", closing.end()

    def _delimiter_run(self, at: int) -> int:
        character, end = self.text[at], at + 1
        while self.text[end : end + 1] == character:
            end += 1
        first, last, length = at, end, end - at
        if self.text[at] != "~":  # GitHub looks at what is beyond tildes
            while first and self.text[first - 1] == "~":
                first -= 1
            while last < len(self.text) and self.text[last] == "~":
                last += 1
        before, after = self.text[first - 1 : first] or " ", self.text[last : last + 1] or " "
        blank_before, blank_after = _is_blank(before), _is_blank(after)
        mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
        left = not blank_after and (not mark_after or blank_before or mark_before)
        right = not blank_before and (not mark_before or blank_after or mark_after)
        can_open, can_close = left, right
        if character == "_":
            can_open, can_close = left and (not right or mark_before), right and (not left or mark_after)
        if (can_open or can_close) and not (character == "~" and length > 2):
            self.delimiters.append(_Delimiter(len(self.nodes), character, length, can_open, can_close))
        self._put("text", character * length)
        return end

    def _pair_delimiters(self, first: int) -> None:
        """Pair the delimiters from this index on, as CommonMark does, and forget them."""
        waiting = self.delimiters[first:]
        del self.delimiters[first:]
        openers: list[_Delimiter] = []
        lowest: dict[tuple[str, bool, int], int] = {}  # where looking for an opener ended in vain
        for closer in waiting:
            while closer.can_close and closer.length:
                key = closer.character, closer.can_open, closer.original % 3
                found = _opener(openers, closer, lowest.get(key, 0))
                if found is None:
                    lowest[key] = len(openers)
                    break
                opener = openers[found]
                del openers[found + 1 :]
                self._style(opener, closer)
                if not opener.length:
                    openers.pop()
                lowest = {each: min(bottom, len(openers)) for each, bottom in lowest.items()}
            if closer.can_open and closer.length:
                openers.append(closer)

    def _style(self, opener: _Delimiter, closer: _Delimiter) -> None:
        """Take the delimiters of one pair off both runs; what is between gets a style."""
        if opener.character == "~":
            used, style = (opener.length, "s") if opener.length == closer.length else (0, "")
            if not used:  # GitHub gives up on both
                opener.length = closer.length = 0
                return
        else:
            used = 2 if opener.length >= 2 and closer.length >= 2 else 1
            style = "*" * used
        for delimiter in (opener, closer):
            delimiter.length -= used
            self.nodes[delimiter.node].text = self.nodes[delimiter.node].text[used:]
        beginning, ending = self.nodes[opener.node], self.nodes[closer.node]
        beginning.starts, ending.stops = (*beginning.starts, style), (*ending.stops, style)


@lru_cache(maxsize=1000)
def _is_blank(character: str) -> bool:
    return bool(re.match(_IS_BLANK, character))


@lru_cache(maxsize=1000)
def _is_punctuation(character: str) -> bool:
    return bool(re.match(_IS_PUNCTUATION, character))


def _opener(openers: Sequence[_Delimiter], closer: _Delimiter, lowest: int) -> int | None:
    """Return the index of the nearest opener that this closer can be paired with."""
    for index in range(len(openers) - 1, lowest - 1, -1):
        opener = openers[index]
        if opener.character != closer.character:
            continue
        odd = (
            (closer.can_open or opener.can_close)
            and (opener.original + closer.original) % 3 == 0
            and not (opener.original % 3 == 0 and closer.original % 3 == 0)
        )
        if not odd:
            return index
    return None


def _written(nodes: Sequence[_Node]) -> str:
    """Write the nodes.

    What changes before something is shown is written in one order, so every nesting has one form.
    """
    active = {"*": 0, "**": 0, "s": 0}
    pieces: list[str] = []
    texts: list[str] = []  # of one style: mail addresses are looked for in all of them together
    style = written_style = ""
    link = written_link = (0, "")  # links are numbered, so that two with the same target stay two

    def flush() -> None:
        pieces.append(re.sub(_MAIL, _mail_link, "".join(texts)))
        texts.clear()

    for number, node in enumerate(nodes, 1):
        for each in node.stops:
            active[each] -= 1
        is_link_end = node.kind == "link" and not node.text
        is_empty_link = is_link_end and link != written_link
        if is_empty_link or (node.kind != "link" and node.text):
            if not (node.kind == "html" and re.match(_WITHOUT_STYLE, node.text)):
                style = "".join(each for each, depth in active.items() if depth)
            if (style, link) != (written_style, written_link):
                flush()
                pieces.append(f"{_TOKEN}e" if written_link[0] and link != written_link else "")
                pieces.append(f"{_TOKEN}f{style}{_TOKEN}g" if style != written_style else "")
                pieces.append(link[1] if link != written_link else "")
                written_style, written_link = style, link
        if node.kind == "link":
            link = (0, "") if is_link_end else (number, node.text)
        if node.kind == "text":
            texts.append(node.text)
        elif node.kind != "link":
            flush()
            pieces.append(node.text)
        for each in node.starts:
            active[each] += 1
    flush()
    return "".join([*pieces, f"{_TOKEN}e" if written_link[0] else ""])


def _mail_link(found: re.Match[str]) -> str:
    target = found[0] if ":" in found[0] else f"mailto:{found[0]}"
    return f"{_link_token(target, '')}{found[0]}{_TOKEN}e"


def _link_token(target: str, title: str) -> str:
    """Return the token that begins a link; a target is written as GitHub writes it in HTML."""
    coded = re.sub(_UNSAFE, lambda found: "".join(f"%{b:02X}" for b in found[0].encode("utf-8", "replace")), target)
    title = re.sub(r"[ \t\n]", _KEPT_BLANK, title)
    return f"{_TOKEN}a{coded}{_TOKEN}l{title}{_TOKEN}m"


def _referenced(found: re.Match[str]) -> str | None:
    """Return the character of a reference; None for a name that does not exist."""
    if found["name"]:
        from html.entities import html5  # 2,231 names, 1 ms

        return html5.get(f"{found['name']};")
    code = int(found["number"]) if found["number"] else int(found["hex"], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return _visible(chr(code))


def _resolved(text: str) -> str:
    """Return a link's target or title without references and escapes, which GitHub resolves in this order."""

    def resolve(found: re.Match[str]) -> str:
        character = _referenced(found)
        return found[0] if character is None else character

    return re.sub(_ESCAPE, r"\1", re.sub(_REFERENCE, resolve, text))


def _bare_target_end(text: str, at: int) -> int:
    """Return the end of a link's target without angle brackets, whose parentheses are balanced; -1 if they are not."""
    depth, is_mark = 0, re.compile(_IS_PUNCTUATION).match
    while at < len(text) and text[at] > " ":
        if text[at] == "\\" and text[at + 1 : at + 2] and is_mark(text, at + 1):
            at += 1
        elif text[at] == "(":
            depth += 1
            if depth > 32:  # as many as CommonMark's reference implementation allows
                return -1
        elif text[at] == ")":
            if not depth:
                return at
            depth -= 1
        at += 1
    return -1 if depth or at == len(text) else at


def _domain_end(text: str, at: int, *, needs_period: bool) -> int:
    """Return where the domain of a bare address ends; -1 if GitHub does not accept it."""
    periods = underscores = earlier = 0
    ends = re.compile(f"{_IS_BLANK}|{_IS_PUNCTUATION}").match
    if at == len(text) or ends(text, at):
        return -1
    at += 1
    while at < len(text) - 1:  # GitHub does not look at the last character
        at += text[at] == "\\" and at < len(text) - 2
        if text[at] == "_":
            underscores += 1
        elif text[at] == ".":
            earlier, underscores, periods = underscores, 0, periods + 1
        elif text[at] != "-" and ends(text, at):
            break
        at += 1
    if (earlier or underscores) and periods <= 10:
        return -1
    return at if periods or not needs_period else -1


def _trimmed(address: str) -> int:
    """Return the length of a bare address without the punctuation at its end that GitHub takes off."""
    end = len(address)
    surplus = address.count(")") - address.count("(")
    while end:
        last = address[end - 1]
        if last == ")":
            if surplus <= 0:
                return end
            surplus -= 1
        elif last == ";":
            reference = re.search(r"&[A-Za-z]+;$", address[max(0, end - 40) : end])
            end -= len(reference[0]) - 1 if reference else 0
        elif last not in "?!.,:*_~'\"":
            return end
        end -= 1
    return 0
