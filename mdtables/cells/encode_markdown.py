"""A value -> a cell in which the value's Markdown is live, and cannot reach other cells, however unbalanced it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence, Set
from functools import cached_property
from itertools import pairwise

from mdtables.cells.characters import BREAK, reference
from mdtables.cells.encode_text import encode_text, html_code
from mdtables.cells.formulas import formula, tex_in_cell
from mdtables.cells.html import ENDS_THE_TABLE, VOID, is_html, is_read_by_kramdown
from mdtables.cells.jsx import JSX_TAG, NOTHING, Tag, is_sound_address, jsx_tag, paired
from mdtables.model.options import Templates
from mdtables.records import NamedTuple

# Text that `re` compiles at its first use: most tables need none of it.
MARKDOWN = r"""(?xsa)
      (?P<escape> \\[!-/:-@\[-`{-~] )
    | (?P<backslash> \\ )
    | (?P<ticks> `+ )
    | (?P<comment> <!-- )
    | (?P<autolink> <(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)> )
    | (?P<tag> <(?:/[A-Za-z][A-Za-z0-9-]*\s?
              |[A-Za-z][A-Za-z0-9-]*(?:\s[A-Za-z_:][\w.:-]*(?:\s?=\s?(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s?/?)> )
    | (?P<target> \]\((?P<destination><(?:\\.|[^<>\n\\])*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)
                  (?:\s(?:"[^"]*"|'[^']*'))?\s?\) )
    | (?P<template> \{[{%\#] )
    | (?P<brace> \{ )
    | (?P<url> (?i:https?://|ftp://|www\.)[^\s<>)\]\[\\]* )
    | (?P<dollar> \$+ )
    | (?P<open> \[ ) | (?P<close> \] )
    | (?P<ampersand> &(?: (?=\#)(?!\#(?:[0-9]+|[xX][0-9a-fA-F]+);) | (?=[A-Za-z][^\s<&\#;]{0,31};)(?![A-Za-z0-9]+;) ) )
    | (?P<pipe> \| ) | (?P<less> < ) | (?P<line> \n )
    """
"""What in a value has a meaning to a renderer, or may reach other cells: a named group for each kind of piece."""

_BLANKS = r"[ \t]+"
_BLANK = " \t\f\v"  # has no meaning at the ends of code
_TEMPLATE_OR_PIPE = re.compile(r"\{[{%]|[}%]\}|\|")
_IN_ATTRIBUTE = {"|": "&#124;", "`": "&#96;", "$": "&#36;", "\n": " "}
_IN_URL = {"|": "%7C", "`": "%60", "{": "%7B", "$": "%24"}
_WORKING_ESCAPES = frozenset("!#()*+-.>[]\\}_|")  # in all sixteen renderers
_NOT_A_REFERENCE = r"&(?=#)(?!#(?:[0-9]+|[xX][0-9a-fA-F]+);)"  # Python-Markdown looks for its end in other cells
# A formula as Material and Jupyter read it; commands of one letter are rather those of a regular expression.
_TEX_IN_PARENTHESES = r"(?a)\\\((?:[^\\$`|<\[\]{}\n]|\{(?![%#])[^\\$`|<\[\]{}\n]*\}|\\[A-Za-z]{2}|\\[,;:! ])+\\\)"
END_OF_ADDRESS = "<!-- -->"
"""What keeps a bare address and a reference apart: a link would swallow the reference."""

_LONE_BACKSLASH = r"\\(?![!-/:-@\[-`{-~])"  # to Pandoc it begins TeX, which may reach into the next cell
_NOTE = r"\[\^[^\]\s|\\<`&{$]{1,200}\]"  # in the label of any other one, escapes would show
_ATTRIBUTES = r"(?a)\{:?[ ]*(?:[.#][\w-]|[\w-]+=)[^{}]*\}\s*$"


class _Dollars(NamedTuple):
    """Dollar signs that belong to no formula: the index of their piece, where they are, and how they are escaped."""

    piece: int
    start: int
    end: int
    escaped: str


def _jsx_name(name: str) -> str:
    """Return the name of a tag as MDX needs it: HTML in capitals would be a component."""
    return name.lower() if is_html(name.lower()) else name


def _kept_blanks(found: re.Match[str]) -> str:
    """Return blanks that no formatter makes one."""
    return found[0][0] + "".join(map(reference, found[0][1:]))


def _in_url(found: re.Match[str]) -> str:
    return _IN_URL[found[0]]


def _check_templates(text: str) -> None:
    """Raise ValueError if there is a pipe between the braces of a template."""
    inside = False
    for found in _TEMPLATE_OR_PIPE.finditer(text):
        if found[0] == "|" and inside:
            raise ValueError(f"a pipe inside {text[:80]}")
        inside = found[0].startswith("{") or (inside and found[0] == "|")


def encode_markdown(value: str, templates: Templates = "escape", *, dollars: bool = True) -> str:
    """Return the value with every character that could reach other cells made harmless.

    Line breaks in the value must be line feeds. With templates="keep", raise ValueError for a pipe inside a template.
    With "mdx-escape", every brace that would begin an expression of MDX is text; with "mdx-keep" none. With
    dollars=False, dollar signs outside of formulas are references.
    """
    if value.strip() == "[TOC]":
        return "\\[TOC]"  # Python-Markdown puts a table of contents into its place
    encoder = _Encoder(value, templates)
    cell = encoder.encode(dollars=dollars)
    tags = paired(value, encoder.tags) if encoder.tags and encoder.is_mdx else None
    # where renderers disagree on which display formulas belong together, all of them are text
    if tags is not None or encoder.has_loose_display_math:
        again = _Encoder(value, templates, display_math=not encoder.has_loose_display_math, paired_tags=tags)
        return again.encode(dollars=dollars)
    return cell


class Parts(NamedTuple):
    """What of a value a renderer may be unable to show in a cell: its live tags, and two kinds of formulas."""

    tags: Sequence[str]
    has_unpaired_math: bool
    has_math_with_braces: bool


def parts_of(value: str, templates: Templates = "escape") -> Parts:
    """Return the parts of a value. Line breaks in it must be line feeds. Raise ValueError as `encode_markdown` does."""
    encoder = _Encoder(value, templates)
    encoder.encode(dollars=True)
    kept = paired(value, encoder.tags) if encoder.is_mdx else {tag.start for tag in encoder.tags}
    tags = [tag.name.lstrip("/") for tag in encoder.tags if tag.start in kept]
    is_unpaired = encoder.has_loose_display_math and len(re.findall(r"\${2,}", value)) > 1  # one alone is only text
    return Parts(tags, is_unpaired, encoder.has_math_with_braces)


class _Encoder:
    """The encoder of one value: a method for each kind of piece appends it and returns where it ends."""

    def __init__(
        self, value: str, templates: Templates, *, display_math: bool = True, paired_tags: Set[int] | None = None
    ) -> None:
        self.value, self.keep_templates, self.is_mdx = value, templates.endswith("keep"), templates.startswith("mdx")
        self.display_math = display_math
        self.pieces: list[str] = []
        self.brackets: list[int] = []  # indexes of the pieces that are an open [
        self.dollars: list[_Dollars] = []
        self.ticks: dict[int, list[int]] = {}  # offsets of the runs of backticks, by their length
        for run in re.finditer("`+", value):
            self.ticks.setdefault(len(run[0]), []).append(run.start())
        self.tags: list[Tag] = []
        self.paired_tags = paired_tags  # None: which these are is to be found out
        self.has_math_with_braces = False
        self.raw_tag = ""  # an open tag in which kramdown reads no Markdown
        self.in_pre = False  # blanks and line breaks show there as they are
        self.address_end = -1  # the offset up to which a bare address was read
        self.next: dict[str, int] = {}  # where closing words are next, or the end: avoids quadratic searches

    @property
    def has_loose_display_math(self) -> bool:
        return any(run.end - run.start > 1 for run in self.dollars)

    def encode(self, *, dollars: bool) -> str:
        at, search = 0, re.compile(MARKDOWN).search
        while found := search(self.value, at):
            self.pieces.append(self._text(self.value[at : found.start()]))
            at = getattr(self, f"_{found.lastgroup}")(found)
        self.pieces.append(self._text(self.value[at:]))
        for index in self.brackets:
            self.pieces[index] = "\\["
        self._settle_dollars(keep=dollars)
        return "".join(self.pieces)

    def _text(self, text: str) -> str:
        return re.sub(_BLANKS, _kept_blanks if self.in_pre else " ", text)

    def _put(self, piece: str, end: int) -> int:
        self.pieces.append(piece)
        return end

    def _find(self, word: str, start: int) -> int:
        if start > self.next.get(word, -1):
            found = re.compile(re.escape(word), re.IGNORECASE).search(self.value, start)
            self.next[word] = found.start() if found else len(self.value)
        return -1 if self.next[word] == len(self.value) else self.next[word]

    def _escape(self, found: re.Match[str]) -> int:
        escaped = found[0][1]
        if escaped == "(" and not self.is_mdx:  # there, a brace in it would begin an expression
            tex = re.compile(_TEX_IN_PARENTHESES).match(self.value, found.start())
            if tex:
                return self._put(tex[0], tex.end())
        return self._put(found[0] if escaped in _WORKING_ESCAPES else reference(escaped), found.end())

    def _backslash(self, found: re.Match[str]) -> int:
        # Pandoc reads \word as TeX, up to the next cell
        return self._put("&#92;" if self.raw_tag else "\\\\", found.end())

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
        # It also looks for the end of what begins with `<code` in the cells that follow.
        misread = not bare or run in code or "<code" in code or (run == "`" and code[0] in _BLANK)
        if "|" in code or misread or self._has_template(code):
            return self._put(html_code(code), end)
        return self._put(run + code + run, end)

    def _has_template(self, code: str) -> bool:
        """Return True for code in which a template would be processed: MDX does not look into code."""
        return not (self.keep_templates or self.is_mdx) and bool(re.search(r"\{[{%#]", code))

    def _comment(self, found: re.Match[str]) -> int:
        """Keep a whole comment; what only some parsers take for a comment is text."""
        close = self._find("-->", found.end())
        comment = self.value[found.start() : close + 3]
        if close < 0 or comment.startswith(("<!-->", "<!--->")):
            return self._less(found)
        if self.is_mdx:
            inside = comment[4:-3].replace("*/", "* /").replace("|", "&#124;").replace("\n", " ")
            return self._put(f"{{/*{inside}*/}}", close + 3)
        return self._put(self._attribute(comment), close + 3)

    def _autolink(self, found: re.Match[str]) -> int:
        if not self.is_mdx:
            return self._put_address(found[0], found.start(), found.end())
        address = re.sub(r"[|`{$]", _in_url, found[0][1:-1])  # angle brackets are tags there
        target = address if ":" in address else f"mailto:{address}"
        is_apart = re.compile(r"[.,;)]{0,9}(?:\s|$)").match(self.value, found.end())
        is_bare = is_apart and (target != address or is_sound_address(address, 0))
        return self._put(address if is_bare else f"[{address}]({target})", found.end())

    def _tag(self, found: re.Match[str]) -> int:
        spelled = found[0].strip("</>").split(None, 1)[0].rstrip("/")
        name, is_closing = spelled.lower(), found[0].startswith("</")
        is_whole = found[0].endswith("/>") or name in VOID
        needs_end = not is_closing and (name == "iframe" or (name.startswith("code") and not is_whole))
        ends_nothing = self.is_mdx and is_closing and name in VOID
        if name in ENDS_THE_TABLE or ends_nothing or (needs_end and self._find(f"</{name}", found.end()) < 0):
            return self._less_as_text(found.start())
        self.tags.append(Tag(found.start(), found.end(), "/" * is_closing + _jsx_name(spelled), is_whole))
        if self.is_mdx:
            return self._jsx(found)
        if is_closing:
            self.raw_tag = "" if name == self.raw_tag else self.raw_tag
        elif not (self.raw_tag or is_whole or is_read_by_kramdown(name)):
            self.raw_tag = name
        if name == "pre":
            self.in_pre = not is_closing and self._find("</pre", found.end()) >= 0
        return self._put(self._attribute(found[0]), found.end())

    def _jsx(self, found: re.Match[str]) -> int:
        """Write a tag as JSX; as text, one that MDX would not compile."""
        tag = self.tags[-1]
        keep = self.keep_templates
        jsx = jsx_tag(found[0], tag.name, self._attribute, is_whole=tag.is_whole, keep_expressions=keep)
        if jsx is None:
            self.tags.pop()
        if jsx and (self.paired_tags is None or found.start() in self.paired_tags):
            return self._put(jsx, found.end())
        return self._tag_as_text(found[0], found.end())

    def _tag_as_text(self, tag: str, end: int) -> int:
        """Write a tag of MDX so that it shows; what is inside was not read when its partner was looked for."""
        self._end_address(end - len(tag))
        return self._put(encode_text(tag, in_mdx=True), end)

    def _target(self, found: re.Match[str]) -> int:
        if not self.brackets:
            return self._put("]", found.start() + 1)
        self.brackets.pop()
        start, end = found.start(), found.end("destination")
        self._put_around_dollars(self.value[start:end], start, self._destination, "%24")
        self._put_around_dollars(self.value[end : found.end()], end, self._title, "&#36;")
        return found.end()

    def _destination(self, text: str) -> str:
        """Spell a part of a link's target. A formatter resolves references there, so a pipe is written as %7C."""
        text = self._attribute(text.replace("\\|", "|")).replace("&#124;", "%7C")
        if self.is_mdx:  # angle brackets would be a tag where a link contains another one
            text = re.sub(r"[<> ]", lambda odd: "%20" if odd[0] == " " else "", text)
        text = re.sub(_LONE_BACKSLASH, "%5C", text)
        return text if self.keep_templates else text.replace("{%", "%7B%")

    def _title(self, text: str) -> str:
        return re.sub(_LONE_BACKSLASH, "&#92;", self._attribute(text.replace("\\|", "|")))

    def _template(self, found: re.Match[str]) -> int:
        if self.is_mdx:
            return self._brace(found)
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
        """Escape what MDX takes for an expression, and what Material and VitePress take for attributes of a cell."""
        if self.is_mdx:
            return self._expression(found.start()) if self.keep_templates else self._put("&#123;", found.start() + 1)
        before = self.value[max(0, found.start() - 1) : found.start()]
        is_last = self.value.endswith("}") and before.isspace() if before else re.fullmatch(r"\{[\w -]+\}", self.value)
        is_lost = is_last and not re.compile(_ATTRIBUTES).match(self.value, found.start())
        return self._put("&#123;" if is_lost else "{", found.end())

    def _expression(self, at: int) -> int:
        """Keep an expression of MDX; a brace that nothing closes is text."""
        end = self._closing_braces.get(at)
        if end is None:
            return self._put("&#123;", at + 1)
        expression = self.value[at : end + 1]
        if "|" in expression:
            raise ValueError(f"a pipe inside {expression[:80]}")
        return self._put(expression.replace("\n", " "), end + 1)

    @cached_property
    def _closing_braces(self) -> dict[int, int]:
        """The offset of the closing brace for each opening one that has a partner."""
        partners: dict[int, int] = {}
        waiting: list[int] = []
        for brace in re.finditer(r"[{}]", self.value):
            if brace[0] == "{":
                waiting.append(brace.start())
            elif waiting:
                partners[waiting.pop()] = brace.start()
        return partners

    def _url(self, found: re.Match[str]) -> int:
        self.address_end = found.end()
        return self._put_address(found[0], found.start(), found.end())

    def _put_address(self, address: str, start: int, end: int) -> int:
        """Append an address, in which no renderer resolves an escape; a brace becomes one where it is a template's."""
        # a link would swallow what follows as text
        goes_on = self.value.startswith("<", end) and not re.compile(r"</|<br\s*/?>").match(self.value, end)
        if self.is_mdx and (goes_on or not is_sound_address(self.value, start, in_link=bool(self.brackets))):
            self.pieces.append(address[:3] + NOTHING)
            address, start = address[3:], start + 3
        self._put_around_dollars(address, start, lambda text: re.sub(self._in_address, _in_url, text), "%24")
        return end

    def _put_around_dollars(self, text: str, start: int, spelled: Callable[[str], str], escaped: str) -> None:
        """Append a text, spelled by a function, with its dollar signs as they are unless they have to be escaped."""
        for part in re.finditer(r"\$+|[^$]+", text):
            if part[0].startswith("$"):
                run = escaped * len(part[0])
                self.dollars.append(_Dollars(len(self.pieces), start + part.start(), start + part.end(), run))
            self.pieces.append(part[0] if part[0].startswith("$") else spelled(part[0]))

    @property
    def _in_address(self) -> str:
        if self.keep_templates:
            return r"[|`]"
        return r"[|`{]" if self.is_mdx else r"[|`]|\{(?=[{%#|`]|\Z)"  # what follows may become a %

    def _dollar(self, found: re.Match[str]) -> int:
        math = formula(self.value, found.start())
        if math and (self.display_math or math["display"] is None):
            tex = tex_in_cell(math, in_mdx=self.is_mdx, keep_templates=self.keep_templates)
            if tex is not None:
                self.has_math_with_braces |= "&#123;" in tex
                return self._put(tex, math.end())
        escaped = "&#36;" * len(found[0])
        self.dollars.append(_Dollars(len(self.pieces), found.start(), found.end(), escaped))
        return self._put(found[0], found.end())

    def _ampersand(self, found: re.Match[str]) -> int:
        return self._put("&amp;", found.end())

    def _open(self, found: re.Match[str]) -> int:
        if self.value.startswith("[^", found.start()) and not re.compile(_NOTE).match(self.value, found.start()):
            # Pandoc makes what is between two of them superscript
            several = self.value.find("^", self.value.find("^") + 1) >= 0
            return self._put("\\[&#94;" if several else "\\[^", found.end() + 1)
        self.brackets.append(len(self.pieces))
        return self._put("[", found.end())

    def _close(self, found: re.Match[str]) -> int:
        if self.brackets:
            self.brackets.pop()
        return self._put("]", found.end())

    def _pipe(self, found: re.Match[str]) -> int:
        return self._put("&#124;" if self.raw_tag else "\\|", found.end())

    def _less(self, found: re.Match[str]) -> int:
        if self.is_mdx:
            return self._jsx_with_expressions(found)
        if self.value[found.start() + 1 : found.start() + 2] in tuple(" 0123456789=-"):  # begins nothing, anywhere
            return self._put("<", found.start() + 1)
        return self._less_as_text(found.start())

    def _less_as_text(self, at: int) -> int:
        self._end_address(at)
        return self._put("&lt;", at + 1)

    def _end_address(self, at: int) -> None:
        """Keep a bare address apart from what follows: a link would swallow a reference."""
        if self.address_end == at and not self.is_mdx:
            self.pieces.append(END_OF_ADDRESS)

    def _jsx_with_expressions(self, found: re.Match[str]) -> int:
        """Keep a tag that only JSX has: with an expression in it, or a component with a name of several words."""
        tag = re.compile(JSX_TAG).match(self.value, found.start())
        name = tag["name"].lstrip("/") if tag else ""
        has_expression = tag is not None and "{" in tag[0]
        # Without a capital, MDX takes `<props.x />` for a function of its own, and React calls it.
        is_component = name[:1].isupper() and not is_html(name.lower())
        is_kept = (is_component or (has_expression and "." not in name)) and name.lower() not in ENDS_THE_TABLE
        if tag is None or not is_kept or (has_expression and not self.keep_templates):
            return self._less_as_text(found.start())
        if has_expression and "|" in tag[0]:
            raise ValueError(f"a pipe inside {tag[0][:80]}")
        self.tags.append(Tag(tag.start(), tag.end(), tag["name"], tag[0].endswith("/>")))
        if self.paired_tags is not None and tag.start() not in self.paired_tags:
            return self._tag_as_text(tag[0], tag.end())
        return self._put(tag[0].replace("\n", " ").replace("|", "&#124;"), tag.end())

    def _line(self, found: re.Match[str]) -> int:
        return self._put(BREAK.strip() if self.in_pre else BREAK, found.end())

    def _attribute(self, text: str) -> str:
        """Spell the inside of a tag, a comment or a link's target so that nothing in it pairs with another cell."""
        if self.keep_templates:
            _check_templates(text)
        else:
            text = re.sub(r"\{" if self.is_mdx else r"\{(?=[{%#]|\Z)", "&#123;", text)
        text = re.sub(_NOT_A_REFERENCE, "&amp;", text)
        return "".join(_IN_ATTRIBUTE.get(c, c) for c in text)

    def _settle_dollars(self, *, keep: bool) -> None:
        """Escape the dollar signs that are not kept, and pairs of them around what is not written as in the value."""
        for run in self.dollars:
            if not keep or run.end - run.start > 1:
                self.pieces[run.piece] = run.escaped
        for one, other in pairwise(self.dollars):
            between = self.value[one.end : other.start]
            is_pair = between.strip(_BLANK + "\n") == between != ""
            if is_pair and "".join(self.pieces[one.piece + 1 : other.piece]) != between:
                self.pieces[one.piece], self.pieces[other.piece] = one.escaped, other.escaped
