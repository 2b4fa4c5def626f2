"""A value -> a cell in which the value's Markdown is live, and cannot reach other cells, however unbalanced it is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from mdtables.cells.characters import BREAK, reference
from mdtables.cells.encode_text import html_code

_TABLE_TAGS = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "col", "colgroup")
_SWALLOWING_TAGS = ("script", "style", "textarea", "title", "xmp", "plaintext", "noembed", "noframes", "template")
_VOID_TAGS = frozenset(["br", "hr", "img", "input", "wbr", "area", "base", "col", "embed", "link", "meta", "source"])
_ENDS_THE_TABLE = frozenset([*_TABLE_TAGS, *_SWALLOWING_TAGS, "html", "head", "body", "frameset"])
# Text that `re` compiles at its first use: most tables need none of it.
_MARKDOWN = r"""(?xsa)
      (?P<escape> \\[!-/:-@\[-`{-~] )
    | (?P<backslash> \\ )
    | (?P<ticks> `+ )
    | (?P<comment> <!-- )
    | (?P<autolink> <(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)> )
    | (?P<tag> <(?:/[A-Za-z][A-Za-z0-9-]*\s?
              |[A-Za-z][A-Za-z0-9-]*(?:\s[A-Za-z_:][\w.:-]*(?:\s?=\s?(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s?/?)> )
    | (?P<target> \]\((?P<destination><[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)
                  (?:\s(?:"[^"]*"|'[^']*'))?\s?\) )
    | (?P<template> \{[{%\#] )
    | (?P<brace> \{ )
    | (?P<url> (?:https?://|ftp://|www\.)[^\s<>)\]\[\\]* )
    | (?P<dollar> \$+ )
    | (?P<open> \[ ) | (?P<close> \] )
    | (?P<pipe> \| ) | (?P<less> < ) | (?P<line> \n )
    """
_BLANKS = re.compile(r"[ \t]+")
_BLANK = " \t\f\v"  # has no meaning at the ends of code
_TEMPLATE_OR_PIPE = re.compile(r"\{[{%]|[}%]\}|\|")
_IN_ATTRIBUTE = {"|": "&#124;", "`": "&#96;", "$": "&#36;", "\n": " "}
_IN_URL = {"|": "%7C", "`": "%60", "$": "%24", "{": "%7B"}
_WORKING_ESCAPES = frozenset("!#()*+-.>[]\\}_|")  # in all sixteen renderers
_TEX = {"\\|": "\\vert ", "\\\\": "\\"}  # how a pipe and a lone backslash are spelled inside math


def _kept_blanks(found: re.Match[str]) -> str:
    """Return blanks that no formatter makes one."""
    return found[0][0] + "".join(map(reference, found[0][1:]))


def _check_templates(text: str) -> None:
    """Raise ValueError if there is a pipe between the braces of a template."""
    inside = False
    for found in _TEMPLATE_OR_PIPE.finditer(text):
        if found[0] == "|" and inside:
            raise ValueError(f"a pipe inside {text[:80]}")
        inside = found[0].startswith("{") or (inside and found[0] == "|")


def encode_markdown(value: str, templates: str = "escape") -> str:
    """Return the value with every character that could reach other cells made harmless.

    Line breaks in the value must be line feeds. With templates="keep", raise ValueError for a pipe inside a template.
    With "braces", for MDX, every brace that would begin an expression is text, and so is a comment.
    """
    return _Encoder(value, templates).encode()


class _Encoder:
    """The encoder of one value: a method for each kind of piece appends it and returns where it ends."""

    def __init__(self, value: str, templates: str) -> None:
        self.value, self.keep_templates, self.is_mdx = value, templates == "keep", templates == "braces"
        self.pieces: list[str] = []
        self.brackets: list[int] = []  # indexes of the pieces that are an open [
        self.dollars: list[tuple[int, int, int]] = []  # index of the piece, start and end of each run of $
        self.tex: list[int] = []  # indexes of the pieces that are spelled differently inside math
        self.ticks: dict[int, list[int]] = {}  # offsets of the runs of backticks, by their length
        for run in re.finditer("`+", value):
            self.ticks.setdefault(len(run[0]), []).append(run.start())
        self.open_tags: list[str] = []
        self.in_pre = False  # blanks and line breaks show there as they are
        self.absent: set[str] = set()  # closing words that do not occur in the rest: avoids quadratic searches

    def encode(self) -> str:
        at, search = 0, re.compile(_MARKDOWN).search
        while found := search(self.value, at):
            self.pieces.append(self._text(self.value[at : found.start()]))
            at = getattr(self, f"_{found.lastgroup}")(found)
        self.pieces.append(self._text(self.value[at:]))
        for index in self.brackets:
            self.pieces[index] = "\\["
        self._settle_math()
        return "".join(self.pieces)

    def _text(self, text: str) -> str:
        return _BLANKS.sub(_kept_blanks if self.in_pre else " ", text)

    def _put(self, piece: str, end: int) -> int:
        self.pieces.append(piece)
        return end

    def _find(self, word: str, start: int) -> int:
        found = -1 if word in self.absent else self.value.find(word, start)
        if found < 0:
            self.absent.add(word)
        return found

    def _escape(self, found: re.Match[str]) -> int:
        escaped = found[0][1]
        return self._put(found[0] if escaped in _WORKING_ESCAPES else reference(escaped), found.end())

    def _backslash(self, found: re.Match[str]) -> int:
        self.tex.append(len(self.pieces))
        return self._put("\\\\", found.end())  # Pandoc reads \word as TeX, up to the next cell

    def _ticks(self, found: re.Match[str]) -> int:
        run, same = found[0], self.ticks.get(len(found[0]), [])
        later = bisect_left(same, found.end())
        code = self.value[found.end() : same[later]].replace("\n", " ") if later < len(same) else ""
        bare = code.strip(_BLANK)
        if not code:
            return self._put("&#96;" * len(run), found.end())
        end = same[later] + len(run)
        # In kramdown a single backtick before a blank opens no code, and a longer run of backticks closes it.
        if run == "`" and code[0] in _BLANK and "`" not in (bare[:1], bare[-1:]) and bare:
            code = bare
        misread = not bare or run in code or (run == "`" and code[0] in _BLANK)
        if "|" in code or misread or self._has_template(code):
            return self._put(html_code(code), end)
        return self._put(run + code + run, end)

    def _has_template(self, code: str) -> bool:
        """Return True for code in which a template would be processed: MDX does not look into code."""
        return not (self.keep_templates or self.is_mdx) and bool(re.search(r"\{[{%#]", code))

    def _comment(self, found: re.Match[str]) -> int:
        """Keep a whole comment; what only some parsers take for a comment is text."""
        if self.is_mdx:
            return self._less(found)
        close = self._find("-->", found.end())
        comment = self.value[found.start() : close + 3]
        if close < 0 or comment.startswith(("<!-->", "<!--->")):
            return self._less(found)
        return self._put(self._attribute(comment), close + 3)

    def _autolink(self, found: re.Match[str]) -> int:
        if self.is_mdx:  # angle brackets are tags there; the bare address is a link too
            return self._put("".join(_IN_URL.get(c, c) for c in found[0][1:-1]), found.end())
        return self._url(found)

    def _tag(self, found: re.Match[str]) -> int:
        name = found[0].strip("</>").split(None, 1)[0].rstrip("/").lower()
        unclosed_frame = name == "iframe" and self._find("</iframe", found.start()) < 0
        if name in _ENDS_THE_TABLE or unclosed_frame:
            return self._less(found)
        if self.is_mdx and not self._is_balanced(found, name):
            return self._less(found)
        if self.is_mdx and name in _VOID_TAGS and not found[0].endswith("/>"):
            return self._put(self._attribute(found[0][:-1].rstrip() + " />"), found.end())
        if name == "pre":
            self.in_pre = found[0][1] != "/" and self._find("</pre", found.end()) >= 0
        return self._put(self._attribute(found[0]), found.end())

    def _is_balanced(self, found: re.Match[str], name: str) -> bool:
        """Return True for a tag that has its partner in the value, or needs none: MDX compiles no other."""
        if found[0].startswith("</"):
            return name in self.open_tags and self.open_tags.pop() == name
        if name not in _VOID_TAGS and not found[0].endswith("/>"):
            if self._find(f"</{name}", found.end()) < 0:
                return False
            self.open_tags.append(name)
        return True

    def _target(self, found: re.Match[str]) -> int:
        if not self.brackets:
            return self._put("]", found.start() + 1)
        self.brackets.pop()
        end = found.end("destination") - found.start()
        destination, title = (self._attribute(part.replace("\\|", "|")) for part in (found[0][:end], found[0][end:]))
        return self._put(destination.replace("&#124;", "%7C") + title, found.end())  # prettier resolves references

    def _template(self, found: re.Match[str]) -> int:
        if not self.keep_templates:
            return self._put("&#123;", found.start() + 1)
        if found[0] == "{#":  # a comment of Jinja's may contain a pipe
            return self._put("{", found.start() + 1)
        close = self._find("}}" if found[0] == "{{" else "%}", found.end())
        end = found.end() if close < 0 else close + 2
        template = self.value[found.start() : end]
        if "|" in template:
            raise ValueError(f"a pipe inside {template}")
        return self._put(template.replace("\n", " "), end)

    def _brace(self, found: re.Match[str]) -> int:
        return self._put("&#123;" if self.is_mdx else "{", found.end())

    def _url(self, found: re.Match[str]) -> int:
        return self._put("".join(_IN_URL.get(c, c) for c in found[0]), found.end())

    def _dollar(self, found: re.Match[str]) -> int:
        self.dollars.append((len(self.pieces), found.start(), found.end()))
        return self._put(found[0], found.end())

    def _open(self, found: re.Match[str]) -> int:
        self.brackets.append(len(self.pieces))
        return self._put("[", found.end())

    def _close(self, found: re.Match[str]) -> int:
        if self.brackets:
            self.brackets.pop()
        return self._put("]", found.end())

    def _pipe(self, found: re.Match[str]) -> int:
        self.tex.append(len(self.pieces))
        return self._put("\\|", found.end())

    def _less(self, found: re.Match[str]) -> int:
        return self._put("&lt;", found.start() + 1)

    def _line(self, found: re.Match[str]) -> int:
        return self._put(BREAK.strip() if self.in_pre else BREAK, found.end())

    def _attribute(self, text: str) -> str:
        """Spell the inside of a tag, a comment or a link's target so that nothing in it pairs with another cell."""
        if self.is_mdx:
            text = text.replace("{", "&#123;")
        elif not self.keep_templates:
            text = re.sub(r"\{(?=[{%#])", "&#123;", text)
        else:
            _check_templates(text)
        return "".join(_IN_ATTRIBUTE.get(c, c) for c in text)

    def _settle_math(self) -> None:
        """Pair runs of `$` as Pandoc does.

        One without a partner is escaped, as it would pair with one in another cell.
        """
        closers: dict[int, list[int]] = {1: [], 2: []}
        for index, (_, start, end) in enumerate(self.dollars):
            before, after = self.value[start - 1 : start], self.value[end : end + 1]
            if end - start <= 2 and before.strip() and not after.isdigit():
                closers[end - start].append(index)
        index = 0
        while index < len(self.dollars):
            piece, start, end = self.dollars[index]
            possible = closers.get(end - start, [])
            later = bisect_right(possible, index)
            if later < len(possible) and self.value[end : end + 1].strip():
                last = self.dollars[possible[later]][0]
                for inside in self.tex[bisect_right(self.tex, piece) : bisect_left(self.tex, last)]:
                    self.pieces[inside] = _TEX[self.pieces[inside]]
                index = possible[later] + 1
            else:
                self.pieces[piece] = "&#36;" * (end - start)
                index += 1
