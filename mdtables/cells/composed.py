"""The columns of a shaped table that templates make, and its headings -> cells and lines. Knows no documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mdtables.cells.encode import encode, encode_part
from mdtables.cells.links import rebased, rebased_address
from mdtables.cells.template_places import PlaceError
from mdtables.cells.templates import Composer
from mdtables.document import marker
from mdtables.model.diagnostics import Diagnostic, Locate
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Shaped, ShownColumn, Table
from mdtables.model.templates import Template
from mdtables.tables.compute import chunks_of
from mdtables.tables.fill import Filled, fill, rejoined


class ComposedColumn:
    """The cells of a column that a template makes."""

    def __init__(self, column: ShownColumn, inputs: Table, composer: Composer, options: Options) -> None:
        self.column, self.inputs, self.composer = column, inputs, composer
        separator = options.list
        core = encode_part(separator, "markdown", options.templates)
        start = separator[: len(separator) - len(separator.lstrip())]
        self.separator = start + core + separator[len(separator.rstrip()) :] if core else separator
        self.null = encode(options.null, options.cells, options.templates)
        self.folders = inputs.folders if options.cells == "markdown" else ("", "")
        self._canonical: list[str | None] = []

    def chunks(self) -> Iterator[Sequence[str]]:
        """Yield the cells of each chunk of rows, and remember the canonical text of those whose values are plain."""
        self._canonical = []
        for start, cells in chunks_of(self.inputs):
            filled = fill(self.column, cells, self.inputs.lists, start)
            plain = None if filled.elements or any(self.folders) else self.composer.plain(filled.values)
            known = self.composer.canonical(plain) if plain is not None else None
            self._canonical.append("\n".join(known) if known is not None else None)
            yield self._cells(filled, dollars=True) if plain is None else self.composer.plain_cells(plain)

    def canonical(self) -> Iterator[Sequence[str] | None]:
        """Yield the canonical text of each chunk that `chunks` yielded; None for one whose cells have to be read."""
        for text in self._canonical:
            yield None if text is None else text.split("\n")

    def cell(self, row: int) -> str:
        """Return one cell with the dollar signs outside of formulas as references."""
        return self.of_row([cell or "" for cell in self.inputs.rows[row]], row, dollars=False)

    def of_row(self, cells: Sequence[str], row: int, *, dollars: bool = True) -> str:
        """Return the cell for a row with these inputs, which is the one with this index."""
        return self._cells(fill(self.column, [[cell] for cell in cells], self.inputs.lists, row), dollars=dollars)[0]

    def _cells(self, filled: Filled, *, dollars: bool) -> list[str]:
        values = self.rebased(filled.values)
        cells = self.composer.cells(values, dollars=dollars)
        rows = rejoined(cells, filled.elements, self.separator) if filled.elements else cells
        return [self.null if cell is None else cell for cell in rows]

    def rebased(self, values: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
        """Return values, by their placeholder, whose links count from the folder of the document."""
        if not any(self.folders):
            return values
        return [[self._from(*self.folders, value, number) for value in own] for number, own in enumerate(values)]

    def as_in_data(self, value: str, number: int) -> str:
        """Return the value of a placeholder with its links as they are in the data."""
        there, here = self.folders
        return self._from(here, there, value, number) if any(self.folders) else value

    def _from(self, here: str, there: str, value: str, number: int) -> str:
        """Return a value with its links from another folder; those about the file itself are right already."""
        assert self.column.template
        placeholder = self.column.template.placeholders[number]
        if placeholder.is_row_number or all(name.startswith("@") for name in placeholder.names):
            return value
        kinds = {unit.kind for unit in self.composer.places.units if number in unit.parts}
        return (rebased_address if kinds & {"address", "attribute address"} else rebased)(value, here, there)


def composed_columns(shaped: Shaped, options: Options, locate: Locate) -> dict[int, ComposedColumn]:
    """Return the columns of a shaped table that templates make, by their indexes. Raise MdtablesError or ValueError."""
    found = {}
    for index, column in enumerate(shaped.columns):
        if column.template:
            composer = _composer(column.template, options, locate, "columns")
            found[index] = ComposedColumn(column, shaped.inputs, composer, options)
    return found


def _composer(template: Template, options: Options, locate: Locate, option: str) -> Composer:
    try:
        return Composer(template, options.cells, options.templates)
    except PlaceError as error:
        message = f"{option}: {error}: {template.text}"
        raise failure("option-value", message, at=locate(option, template.text)) from None


def headings_of(shaped: Shaped, options: Options, locate: Locate) -> list[str]:
    """Return the line of the heading of each group. Raise MdtablesError or ValueError."""
    assert shaped.heading
    composer = _composer(shaped.heading, options, locate, "heading")
    values = list(zip(*(group.values for group in shaped.groups), strict=True))
    lines = [heading_line(cell or "", shaped.level) for cell in composer.cells(values)]
    for line, group in zip(lines, shaped.groups, strict=True):
        if not line.strip("# ") or marker.PREFIX in line:
            what = "would have no text" if not line.strip("# ") else "cannot contain a marker"
            message = f'the heading for "{group.value}" {what}'
            at = shaped.inputs.place_of(group.first, locate("group"))
            hint = "show another text for this value: map=…"
            raise MdtablesError(Diagnostic("source-shape", message, at=at, hint=hint).used_at(locate("group")))
    _check_different(shaped, composer, lines, locate)
    return lines


def _check_different(shaped: Shaped, composer: Composer, lines: Sequence[str], locate: Locate) -> None:
    """Raise MdtablesError for groups whose headings differ in nothing but the number of their rows."""
    groups: dict[str, list[int]] = {}
    for number, group in enumerate(shaped.groups):
        pairs = zip(group.values, composer.is_row_number, strict=True)
        shown = "\n".join(" ".join(value.split()) for value, is_count in pairs if not is_count)
        groups.setdefault(shown, []).append(number)
    if twice := next((numbers for numbers in groups.values() if len(numbers) > 1), None):
        values = ", ".join(f'"{shaped.groups[number].value}"' for number in twice)
        message = f'these groups have the same heading "{lines[twice[0]]}": {values}'
        raise failure(
            "repeated-value", message, at=locate("group"), hint="give them different texts in map=… or null=…"
        )


def heading_line(cell: str, level: int) -> str:
    """Return a heading with the text of a cell: in one line, and with number signs at its end that are part of it."""
    text = re.sub(r"\s*<br ?/?>\s*", " ", cell)
    if "`" not in text:
        text = text.replace("\\|", "|")  # outside of tables a pipe has no meaning
    text = re.sub(r"\{(?=[^{}]*\}\s*$)", "&#123;", text)  # which would begin attributes
    # Python-Markdown and Pandoc take marks away at the end even if they follow text directly
    escaped = re.sub(r"\\.|#(?=(?:\\?#)*$)", lambda found: "\\#" if found[0] == "#" else found[0], text)
    return f"{'#' * level} {escaped}"
