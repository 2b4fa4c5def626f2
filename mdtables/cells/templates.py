"""What a template makes of values -> a cell. Knows how a value is spelled where it stands in Markdown.

The template's own Markdown is encoded once, with a mark in place of each value; a value is encoded by itself, so that
nothing in it reaches what is around it. A link whose address came out empty is its text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from mdtables.cells.canonical import are_canonical, canonical
from mdtables.cells.characters import reference
from mdtables.cells.encode import LINE_BREAK, Mode, are_cells, encode_part, finished, keep_edges
from mdtables.cells.encode_markdown import encode_markdown
from mdtables.cells.encode_text import encode_code, html_code
from mdtables.cells.html import VOID
from mdtables.cells.template_places import FIRST_MARK, MARK, Kind, PlaceError, Unit, places_of
from mdtables.model.options import Templates
from mdtables.model.templates import Template
from mdtables.records import NamedTuple
from mdtables.text.code_spans import code_spans

_NOT_IN_ADDRESS = r"""[\x00-\x20\x7f-\xa0\u2028\u2029"<>\\^`{|}\[\]$]"""
_NOT_IN_PART = r"[#?]|%(?![0-9A-Fa-f]{2})"
_NOT_IN_QUERY = r"[#?&+;]|%(?![0-9A-Fa-f]{2})"
_IN_BALANCE = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")
_IN_ATTRIBUTE = {mark: f"&#{ord(mark)};" for mark in "'\\|`$[]{}"} | {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
}
_EMPHASIS = ("*", "_", "~")
_BLANKS = (" ", "\t", "\r", "\n")
_ADDRESSES = ("address", "part", "query")
_CANONICAL = ("text", "label", "address", "part", "query", "code")  # where plain values are canonical
_PLAIN = {
    "address": re.compile(r"[\w/:.=%~,;@!+?#\n-]*", re.ASCII),
    "part": re.compile(r"[\w/:.=~,;@!\n-]*", re.ASCII),
    "query": re.compile(r"[\w/:.=~,@!\n-]*", re.ASCII),
    "code": re.compile(r"[\w ./:;,+=@()'\"*#\n-]*", re.ASCII),
}
_IN_LABEL = r"(?s)\\.|!\[[^\[\]]*\]\([^()\s]*\)|(?P<bracket>[\[\]])|(?P<link><(?=/?a[\s>]|[A-Za-z][\w+.-]*:|[\w.+-]+@))"
_RUNS = r"(?s)\\.|&\#?\w+;|`+[^`]+`+|<[^<>]*>|\]\([^()]*\)|(?P<run>\*+|_+|~+)"


class Shape(NamedTuple):
    """The literal text of a template as a cell has it, and what each gap between two of these texts is for."""

    literals: Sequence[str]
    units: Sequence[Unit]

    def filled(self, pieces: Sequence[str], *, as_text: bool) -> str:
        """Return the cell with a text in each gap.

        Blanks that meet there are one, and what would only together have a meaning is kept apart. Marks of emphasis
        around nothing are left out.
        """
        cell = self.literals[0]
        for piece, literal in zip(pieces, self.literals[1:], strict=True):
            marks = "" if piece else _marks_around(cell, literal)
            piece = piece.lstrip(" ") if cell.endswith(_EMPHASIS) else piece  # noqa: PLW2901  # no blank inside of marks
            piece = piece.rstrip(" ") if literal.startswith(_EMPHASIS) else piece  # noqa: PLW2901
            cell = _joined(cell[: len(cell) - len(marks)], piece, as_text=as_text)
            cell = _joined(cell, literal[len(marks) :], as_text=as_text)
        return cell.strip(" \t")

    def format(self, texts: Sequence[str]) -> str:
        """Return a format for `%` in which each gap is one of these formats."""
        literals = [literal.replace("%", "%%") for literal in self.literals]
        return literals[0] + "".join(text + literal for text, literal in zip(texts, literals[1:], strict=True))


class Composer:
    """Makes cells of the values for the placeholders of one template."""

    def __init__(self, template: Template, mode: Mode, templates: Templates) -> None:
        """Raise PlaceError for a placeholder where no value can stand, ValueError for what no cell can contain."""
        self.mode, self.templates = mode, templates
        self.is_row_number = [each.is_row_number for each in template.placeholders]
        self.places = places_of(template)
        self._shapes: dict[tuple[frozenset[int], bool], Shape] = {}
        shape = self.shape()
        self._units = shape.units
        self._flat = shape.format(list(map(_flat, shape.units)))
        self._order = [(unit, part) for unit in shape.units for part in unit.parts if isinstance(part, int)]
        literals = "".join(shape.literals)
        self._has_brackets = "[" in literals
        # a plain value in text is not taken for a part of the table's structure, nor is a cell with one in it
        has_text = any(unit.kind in ("text", "label") for unit in shape.units)
        self._is_never_structure = has_text or bool(re.search(r"[^-=:+ ]", literals))

    def cells(self, values: Sequence[Sequence[str]], *, dollars: bool = True) -> list[str | None]:
        """Return the cell for each row of values, given for each placeholder; None where all of them are empty."""
        if dollars and (plain := self.plain(values)) is not None:
            return list(self.plain_cells(plain))
        return [self._cell(each, dollars=dollars) for each in zip(*values, strict=True)]

    def plain_cells(self, plain: Sequence[Sequence[str]]) -> list[str]:
        """Return the cells for plain values."""
        return [self._flat % each for each in zip(*plain, strict=True)]

    def canonical(self, plain: Sequence[Sequence[str]]) -> list[str] | None:
        """Return the canonical text of the cells for plain values, in a tenth of the time of reading each cell.

        None where the template's own canonical text does not show what that of a cell is.
        """
        texts = (column for column, (unit, _) in zip(plain, self._order, strict=True) if unit.kind in ("text", "label"))
        if self._canonical_format is None or not all(map(are_canonical, texts)):
            return None
        form, order = self._canonical_format
        rows = list(zip(*(plain[place] for place in order), strict=True))
        first = self._flat % tuple(column[0] for column in plain)
        return [form % row for row in rows] if canonical(first) == form % rows[0] else None

    @cached_property
    def _canonical_format(self) -> tuple[str, list[int]] | None:
        """The canonical text of a cell as a format, and the places of its values in the order in which it has them."""
        if not all(unit.kind in _CANONICAL for unit in self._units):
            return None
        marks = [chr(FIRST_MARK + number) for number in range(len(self._order))]
        found = canonical(self._flat % tuple(marks))
        for mark in marks:
            found = found.replace("".join(f"%{byte:02X}" for byte in mark.encode()), mark)
        order = re.findall(MARK, found)
        if sorted(order) != marks:
            return None
        return re.sub(MARK, "%s", found.replace("%", "%%")), [marks.index(mark) for mark in order]

    def plain(self, values: Sequence[Sequence[str]]) -> list[Sequence[str]] | None:
        """Return the values for each place, spelled as they are there; None unless one look at all of them shows that.

        That is so if none is missing, and if each is its own spelling but for the blanks in an address.
        """
        if not self._is_never_structure or any("" in column for column in values):
            return None
        found: list[Sequence[str]] = []
        for unit, index in self._order:
            column, text = values[index], "\n".join(values[index])
            if unit.kind in _ADDRESSES and " " in text:
                text = text.replace(" ", "")
                column = [value.strip(" ").replace(" ", "%20") for value in column]
            if not self._is_plain(column, unit, text):
                return None
            found.append(column)
        return found

    def _is_plain(self, values: Sequence[str], unit: Unit, text: str) -> bool:
        if unit.kind in _PLAIN:
            is_whole = text.count("\n") == len(values) - 1 and bool(_PLAIN[unit.kind].fullmatch(text))
            if unit.kind in _ADDRESSES:
                return is_whole and "" not in values
            if unit.kind == "code":
                is_loose = any(blanks in f"\n{text}\n" for blanks in ("  ", " \n", "\n "))
                return is_whole and not (is_loose or unit.in_label or self.templates != "escape")
            return is_whole
        if unit.kind not in ("text", "label") or re.search(r"[]*_~&$]", text):
            return False
        return are_cells(values, self.mode, self.templates) and not (self.mode == "text" and "://" in text)

    def _cell(self, values: Sequence[str], *, dollars: bool) -> str | None:
        of_columns = [value for value, is_number in zip(values, self.is_row_number, strict=True) if not is_number]
        if of_columns and not any(of_columns):
            return None
        links = enumerate(self.places.links)
        empty = frozenset(
            n for n, link in links if link.ends_in_value and not any(values[i].strip() for i in link.address)
        )
        shape = self.shape(empty, dollars=dollars)
        pieces = [self.piece(unit, values, dollars=dollars) for unit in shape.units]
        if dollars and sum("$" in piece for piece in ("".join(shape.literals), *pieces)) > 1:
            return self._cell(values, dollars=False)
        return finished(shape.filled(pieces, as_text=self.mode == "text"))

    def piece(self, unit: Unit, values: Sequence[str], *, dollars: bool = True) -> str:
        """Return what one unit of the template becomes, given a value for each placeholder."""
        if unit.kind in ("code", "formula"):
            text = "".join(part if isinstance(part, str) else LINE_BREAK.sub(" ", values[part]) for part in unit.parts)
            return (
                self._code(text, in_label=unit.in_label)
                if unit.kind == "code"
                else encode_markdown(text, self.templates)
            )
        (index,) = unit.parts
        assert isinstance(index, int)
        return self._spelled(values[index], unit.kind, in_label=unit.in_label, dollars=dollars)

    def _code(self, code: str, *, in_label: bool) -> str:
        code = code.strip()
        if not code:
            return ""
        if "`" in code or (in_label and re.search(r"[\[\]]", code)):
            return html_code(code).replace("]", "&#93;")
        return encode_markdown(f"`{code}`", self.templates)

    def _spelled(self, value: str, kind: Kind, *, in_label: bool, dollars: bool) -> str:
        """Return a value as it is spelled in its place; in text, it keeps a blank at either end."""
        bare = value.strip(" \t\r\n\u2028\u2029")
        if kind in ("text", "label") and bare:
            start, end = value[:1] in _BLANKS, value[-1:] in _BLANKS
            return " " * start + self._text(bare, in_label=kind == "label", dollars=dollars) + " " * end
        value = bare
        if kind in ("address", "part", "query"):
            return self._address(value, kind, in_label=in_label)
        if kind in ("attribute address", "attribute part"):
            address = self._address(value, "address" if kind == "attribute address" else "part", in_label=False)
            return _in_attribute(address.replace("&amp;", "&"))
        if kind in ("attribute", "title"):
            return _in_attribute(LINE_BREAK.sub(" ", value))
        return encode_code(LINE_BREAK.sub(" ", value)) if kind == "raw" else ""

    def _text(self, value: str, *, in_label: bool, dollars: bool) -> str:
        part = encode_part(value, self.mode, self.templates, dollars=dollars, links=False)
        part = _with_lone_tags_as_text(_with_lone_runs_as_text(part))
        part = keep_edges(re.sub(r"&(?=#?\w*$)", "&amp;", part))
        if self.mode == "text":
            part = re.sub(r"^:(?=[\w+/-])", "&#58;", part)  # may begin the name of an emoji
        if self._has_brackets and not in_label:
            part = _with_lone_brackets_as_text(part)
        return _in_label(part) if in_label else part

    def _address(self, value: str, kind: Kind, *, in_label: bool) -> str:
        """Return a value in an address, with percent signs for what cannot stand there.

        Python-Markdown reads no parentheses in the address of an image in a label, nor in that of its link.
        """
        if self.templates.endswith("keep") and "{" in value:
            parts = re.split(r"(\{\{[^{}|<>]*\}\}|\{%[^{}|<>]*%\})", " ".join(value.split()))
            spelled = (
                self._address_text(each, kind, in_label=in_label) if n % 2 == 0 else each
                for n, each in enumerate(parts)
            )
            return "".join(spelled)
        return self._address_text(value, kind, in_label=in_label)

    def _address_text(self, value: str, kind: Kind, *, in_label: bool) -> str:
        odd = _NOT_IN_ADDRESS
        if kind != "address":
            odd += "|" + (_NOT_IN_QUERY if kind == "query" else _NOT_IN_PART)
        if kind != "address" or in_label or not _IN_BALANCE.fullmatch(value):
            odd += "|[()]"
        value = re.sub(odd, lambda found: "".join(f"%{b:02X}" for b in found[0].encode("utf-8", "replace")), value)
        return re.sub(r"&(?=#|[A-Za-z][A-Za-z0-9]*;|#?\w*$)", "&amp;", value)

    def shape(self, empty: frozenset[int] = frozenset(), *, dollars: bool = True) -> Shape:
        """Return the template as text with gaps, without some links, by their index, whose addresses are empty."""
        if (empty, dollars) not in self._shapes:
            text = " ".join(self.places.without(empty).split())
            encoded = encode_markdown(text, self.templates, dollars=dollars)
            marks = re.findall(MARK, encoded)
            if sorted(marks) != sorted(re.findall(MARK, text)):
                raise PlaceError("a value cannot stand where this template has one")
            units = [self.places.units[ord(mark) - FIRST_MARK] for mark in marks]
            self._shapes[empty, dollars] = Shape(re.split(MARK, encoded), units)
        return self._shapes[empty, dollars]


def _flat(unit: Unit) -> str:
    """Return the format of a unit whose values are all spelled as they are."""
    text = "".join("%s" if isinstance(part, int) else part.replace("%", "%%").replace("\n", " ") for part in unit.parts)
    return f"`{text.strip()}`" if unit.kind == "code" else text


def _in_attribute(value: str) -> str:
    known = {character: reference(character) for character in set(value) if character.isspace() and character != " "}
    return "".join(known.get(each) or _IN_ATTRIBUTE.get(each, each) for each in value)


def _in_label(cell: str) -> str:
    """Return a part of a cell for the label of a link, which its brackets cannot end and in which there is no link."""

    def spelled(found: re.Match[str]) -> str:
        if found["bracket"]:  # marked takes an escaped one before a parenthesis for the end of the label
            return "&#93;" if found.string.startswith("](", found.start()) else f"\\{found[0]}"
        return "&lt;" if found["link"] else found[0]

    if cell.startswith("^"):  # with the bracket before it, it would begin a footnote
        cell = f"&#94;{cell[1:]}"
    pieces, at = [], 0
    for code in re.finditer(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", cell):
        inside = code[0] if not re.search(r"[\[\]]", code[2]) else html_code(code[2]).replace("]", "&#93;")
        pieces += [re.sub(_IN_LABEL, spelled, cell[at : code.start()]), inside]
        at = code.end()
    return "".join([*pieces, re.sub(_IN_LABEL, spelled, cell[at:])])


def _with_lone_tags_as_text(cell: str) -> str:
    """Return a part of a cell in which every tag is text if one of them has no partner: it would reach what follows."""
    if "<" not in cell:
        return cell
    spans = code_spans(cell)
    tags = [
        tag
        for tag in re.finditer(r"<(/?)([A-Za-z][\w.-]*)(?:\s[^<>]*)?(/?)>", cell)
        if not any(start <= tag.start() < end for start, end in spans)
    ]
    waiting: list[str] = []
    for tag in tags:
        if tag[1] and waiting[-1:] == [tag[2].lower()]:
            waiting.pop()
        elif tag[1]:
            waiting.append(tag[0])
            break
        elif not tag[3] and tag[2].lower() not in VOID:
            waiting.append(tag[2].lower())
    for tag in reversed(tags if waiting else []):
        cell = f"{cell[: tag.start()]}&lt;{cell[tag.start() + 1 :]}"
    return cell


def _with_lone_brackets_as_text(cell: str) -> str:
    """Escape a bracket that closes none in its value: it would close one outside of that."""
    spans, depth, pieces, at = code_spans(cell) if "`" in cell else [], 0, list[str](), 0
    for found in re.finditer(r"\\.|[\[\]]", cell):
        if any(start <= found.start() < end for start, end in spans):
            continue
        if found[0] == "]" and not depth:
            pieces += [cell[at : found.start()], "\\]"]
            at = found.end()
        depth += (found[0] == "[") - (found[0] == "]" and depth > 0)
    return "".join([*pieces, cell[at:]])


def _with_lone_runs_as_text(cell: str) -> str:
    """Escape a run of `*`, `_` or `~` that has no other in its value: it would pair with one outside of that."""
    runs = [found for found in re.finditer(_RUNS, cell) if found["run"]]
    times = Counter(run[0][0] for run in runs)
    pieces, at = [], 0
    for run in runs:
        is_inside_word = run[0][0] == "_" and cell[: run.start()][-1:].isalnum() and cell[run.end() :][:1].isalnum()
        if times[run[0][0]] == 1 and not is_inside_word:
            escaped = "".join("&#126;" if mark == "~" else f"\\{mark}" for mark in run[0])
            pieces += [cell[at : run.start()], escaped]
            at = run.end()
    return "".join([*pieces, cell[at:]])


_TOGETHER = {"]": "([{:", "!": "[", "{": "{%#", "<": "/!?"}
_TWICE = "-.=+~^:"


def _joined(left: str, right: str, *, as_text: bool) -> str:
    """Return two parts of a cell as one, with a character escaped that would mean something only next to the other."""
    last, first = left[-1:], right[:1]
    if last in ("", " ") and first == " ":
        return left + right[1:]
    meets = first != "" and (first in _TOGETHER.get(last, "") or (as_text and last == first and first in _TWICE))
    is_address = as_text and first == "." and left[-3:].lower() == "www"
    is_name = as_text and last == ":" and re.match(r"[\w+-]+:", right)  # of an emoji
    if left[-2:-1] == "\\" or not (meets or is_address or is_name):
        return left + right
    return f"{left[:-1]}{reference(last)}{right}" if is_name else f"{left}{reference(first)}{right[1:]}"


def _marks_around(left: str, right: str) -> str:
    """Return the marks of emphasis that end one text and begin the other one, "" if they are not the same."""
    found = re.search(r"(?<![\\*_~])(\*+|_+|~+)$", left)
    return found[0] if found and right.startswith(found[0]) and not right.startswith(found[0] + found[0][0]) else ""
