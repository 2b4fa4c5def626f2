"""A hand-edited cell -> the values of the columns it is made of: by a map, by a template, or as they are.

What has more than one meaning is refused, with the place in the data to edit instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NoReturn

from mdtables.cells.composed import ComposedColumn, composed_columns
from mdtables.cells.encode import encode
from mdtables.cells.match import Part, Reading, readings_of, values_in
from mdtables.cells.values import Before, Spelling, show_same, value_of
from mdtables.model.diagnostics import Location, located_at
from mdtables.model.options import BREAK, Options
from mdtables.model.table import LIST_SEPARATOR, Shaped, ShownColumn, TextMap
from mdtables.model.templates import Format, Placeholder
from mdtables.records import NamedTuple
from mdtables.tables.fill import fill
from mdtables.tables.formats import formatted, respelled, unformatted
from mdtables.tables.numbers import strict_number
from mdtables.tables.texts import elements_of, instead

Values = dict[int, str | None]
"""Values by the index of their column in the table that a region is made of."""


class RefusedEditError(Exception):
    """An edit that cannot be inverted: why, and what to do instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class _Slot(NamedTuple):
    """A placeholder with the columns it names, and the texts that are shown instead of their values."""

    placeholder: Placeholder
    inputs: Sequence[int]
    maps: Sequence[TextMap | None]


class Inverter:
    """Inverts the cells of one region. In values that are lists, elements are joined as they are shown."""

    def __init__(self, shaped: Shaped, options: Options) -> None:
        self.shaped, self.options, self.inputs = shaped, options, shaped.inputs
        self.spelling = Spelling(options.cells, options.templates, shaped.table.folders)
        self._occurring: dict[int, set[str]] = {}

    def changed(self, row: int, column: int, old: str, new: str | None) -> Values:
        """Return the values that the edit of a cell changes. Raise RefusedEditError."""
        shown = self.shaped.columns[column]
        if shown.template:
            return self._of_template(column, new or "", row)
        before = Before(self.shaped.table.rows[row][column] or "", old)
        return {shown.inputs[0]: self._plain(new, shown, before)}

    def added(self, column: int, cell: str | None) -> Values:
        """Return the values that a cell of a new row shows. Raise RefusedEditError."""
        shown = self.shaped.columns[column]
        if shown.template:
            return self._of_template(column, cell or "", None)
        return {shown.inputs[0]: self._plain(cell, shown, None)}

    def _plain(self, cell: str | None, shown: ShownColumn, before: Before | None) -> str | None:
        """Return the value of a column that is shown alone."""
        column, texts, separator = shown.inputs[0], shown.maps[0], self.options.list
        value = self._elements(self._decoded(cell, before), column)
        if texts is None:
            return value
        if column in self.inputs.lists and value and separator in value:
            if any(separator in text for text in texts.texts.values()):
                self._refuse(f'a text in map=… contains "{separator}", which separates elements', [column], None)
            return separator.join(self.unmapped(part, texts, column) or "" for part in value.split(separator))
        return self.unmapped(value, texts, column)

    def _is_missing(self, cell: str) -> bool:
        """Return True if a cell shows that there is no value."""
        null, options = self.options.null, self.options
        spellings = (encode(null, options.cells, options.templates, dollars=dollars) for dollars in (True, False))
        return not cell or bool(null and (cell == null or cell in spellings))

    def _decoded(self, cell: str | None, before: Before | None) -> str | None:
        """Return the value that a cell shows; None if it shows that the value is missing."""
        if not cell:
            return ""
        if self._is_missing(cell):
            return None
        value = value_of(cell, self.spelling, before)
        if value is None:
            hint = "edit the source itself"
            if self.options.cells == "text":
                hint = 'write \\* for a star: with cells="text" a cell shows its characters'
            raise RefusedEditError(f"this cell cannot be stored as a value: {cell}", hint)
        return value

    def _elements(self, value: str | None, column: int) -> str | None:
        """Return a value; of a list that is joined by line breaks, with the text that separates its elements."""
        if not value or column not in self.inputs.lists or not BREAK.search(self.options.list):
            return value
        before, after = map(re.escape, BREAK.split(self.options.list, maxsplit=1))
        pattern = rf"(?:{before})?(?:\n|{BREAK.pattern})(?:{after})?"
        return re.sub(pattern, lambda _: self.options.list, value, flags=re.IGNORECASE)

    def unmapped(self, shown: str | None, texts: TextMap, column: int) -> str | None:
        """Return the one value that is shown as a text. Raise RefusedEditError for several, or for none."""
        if shown is None:
            return None
        occurring = self._values_of(column)
        keys = [value for value, text in texts.texts.items() if self._look_alike(text, shown)]
        own = [shown] if shown not in texts.texts and (texts.rest is None or not shown) else []  # it shows itself
        found = [value for value in [*keys, *own] if value in occurring] or keys or own
        if found == own and shown not in occurring:
            self._check_is_no_part_of_a_text(shown, texts, column)
        if len(found) == 1:
            return found[0]
        name = self.inputs.header[column]
        if found:
            self._refuse(f'"{shown}" is shown for several values of "{name}": {", ".join(found)}', [column], None)
        what = (
            "is shown for all other values"
            if texts.rest and self._look_alike(texts.rest, shown)
            else "is not shown for any value"
        )
        return self._refuse(f'"{shown}" {what} of "{name}"', [column], None)

    def _check_is_no_part_of_a_text(self, shown: str, texts: TextMap, column: int) -> None:
        """Refuse a new value that is a part of what the map shows for another: `yes` where it shows `✅ yes`."""
        whole = next((text for text in texts.texts.values() if shown.lower() in text.lower().split()), None)
        if shown and whole is not None:
            name = self.inputs.header[column]
            self._refuse(
                f'"{shown}" is not shown for any value of "{name}"', [column], None, f"write it as shown: {whole}"
            )

    def _look_alike(self, text: str, shown: str) -> bool:
        """Return True if two texts are the same to a reader."""
        if text == shown or not (text and shown):
            return text == shown
        one, other = (self.spelling.encode(each) for each in (text, shown))
        return show_same(one, other, is_mdx=self.spelling.is_mdx)

    def _values_of(self, column: int) -> set[str]:
        if column not in self._occurring:
            cells = {row[column] or "" for row in self.shaped.whole.rows}
            self._occurring[column] = {each for cell in cells for each in elements_of(cell)}
        return self._occurring[column]

    @cached_property
    def _composed(self) -> Mapping[int, ComposedColumn]:
        return composed_columns(self.shaped, self.options, located_at(Location("")))

    def _refuse(self, message: str, columns: Sequence[int], row: int | None, hint: str = "") -> NoReturn:
        names = ", ".join(f'"{self.inputs.header[column]}"' for column in dict.fromkeys(columns))
        place = self.inputs.place_of(row, Location("")) if row is not None else Location("")
        raise RefusedEditError(message, hint or f"edit {names} {f'at {place}' if place.path else 'in the source'}")

    def _of_template(self, column: int, cell: str, row: int | None) -> Values:
        """Return the values that a cell of a template shows; of one that was edited, those that changed."""
        shown = self.shaped.columns[column]
        own = [index for index in shown.inputs if index in self.inputs.lists]
        if self._is_missing(cell):
            if row is None or len(set(shown.inputs)) == 1:
                return dict.fromkeys(shown.inputs)
            self._refuse("a cell that shows several values was emptied", shown.inputs, row)
        if own:
            return self._of_list(column, cell, row, own)
        old = None if row is None else [each or "" for each in self.inputs.rows[row]]
        return self._solved(column, cell, row, old)

    def _of_list(self, column: int, cell: str, row: int | None, own: Sequence[int]) -> Values:
        """Return the list whose elements a template shows one by one; its other values must stay."""
        shown, composed = self.shaped.columns[column], self._composed[column]
        if row is None or len(set(own)) > 1:
            self._refuse("a template shows the elements of a list here", shown.inputs, row)
        old = [each or "" for each in self.inputs.rows[row]]
        elements = old[own[0]].split(LIST_SEPARATOR)
        known: dict[str, str] = {}
        for element in elements:
            single = [element if index == own[0] else value for index, value in enumerate(old)]
            known.setdefault(composed.of_row(single, row), element)
        found = []
        for part in cell.split(composed.separator):
            if part not in known:
                values = self._solved(column, part, row, [*old[: own[0]], elements[0], *old[own[0] + 1 :]])
                if set(values) - {own[0]}:
                    self._refuse("a value was edited in one element of a list only", shown.inputs, row)
                known[part] = values.get(own[0], elements[0]) or ""
            found.append(known[part])
        if any(self.options.list in element for element in found):
            self._refuse(f'an element of this list contains "{self.options.list}" itself', own, row)
        return {own[0]: self.options.list.join(found)}

    def _solved(self, column: int, cell: str, row: int | None, old: Sequence[str] | None) -> Values:
        """Return the values that make the template's cell this one. Raise RefusedEditError."""
        shown, composed = self.shaped.columns[column], self._composed[column]
        solution = _Solution(self, shown, composed, row, old)
        found = []
        for reading in readings_of(cell, composed.composer):
            values = solution.first(reading, cell)
            if values is not None:
                found.append(values)
        if len(found) == 1:
            return found[0]
        template = shown.template.text if shown.template else ""
        message, hint = solution.why or (f"the template {template} cannot make this cell in exactly one way", "")
        return self._refuse(f"{message}: {cell}", shown.inputs, row, hint)

    def unformatted(self, text: str, form: Format, old: str | None) -> str:
        """Return the value that is written so in a format. Raise RefusedEditError if digits of it are not shown."""
        if old and (shown := formatted(old, form)) is not None:
            again = unformatted(shown, form)
            same = again is not None and (
                again == old or ((n := strict_number(old)) is not None and n == strict_number(again))
            )
            if not same:
                raise RefusedEditError(f'the value is {old}, and "{shown}" shows only a part of it', "")
        value = unformatted(text, form)
        if value is None and (right := respelled(text, form)) is not None:
            raise RefusedEditError(f'this column shows "{text}" as "{right}"', f'write "{right}" in the table')
        if value is None and (not old or formatted(old, form) is not None):
            raise RefusedEditError(f'"{text}" does not fit the format of this column', "")
        return text if value is None else value


class _Solution:
    """Looks for the values of one cell of a template. `old` are the values of its row before, None for a new one."""

    def __init__(
        self,
        inverter: Inverter,
        shown: ShownColumn,
        composed: ComposedColumn,
        row: int | None,
        old: Sequence[str] | None,
    ) -> None:
        self.inverter, self.shown, self.composed, self.row, self.old = inverter, shown, composed, row, old
        self.why: tuple[str, str] | None = None  # there is no solution, and a hint
        assert shown.template
        own = iter(zip(shown.inputs, shown.maps, strict=True))
        self.slots: list[_Slot] = []
        for placeholder in shown.template.placeholders:
            named = [] if placeholder.is_row_number else [next(own) for _ in placeholder.names]
            self.slots.append(_Slot(placeholder, [index for index, _ in named], [texts for _, texts in named]))
        self.texts: list[str] | None = None  # of the placeholders, before
        if old is not None:
            filled = fill(shown, [[cell] for cell in old], (), row or 0)
            self.texts = [values[0] for values in composed.rebased(filled.values)]

    def first(self, reading: Reading, cell: str) -> Values | None:
        """Return the values that make this cell, read in one way; None if there are none."""
        found: dict[int, list[str]] = {}
        for part in reading:
            for number, choices in self._choices(part).items():
                found[number] = [each for each in found.get(number, choices) if each in choices]
        if not all(found.values()):
            return None
        texts = [found[number][0] if number in found else self._unseen(number) for number in range(len(self.slots))]
        try:
            values = self._raw(texts)
        except RefusedEditError as refused:
            self.why = refused.message, refused.hint
            return None
        return values if values is not None and self._makes(values, texts, cell) else None

    def _unseen(self, number: int) -> str:
        """Return the text of a placeholder in a link that is not there: its address is empty, all else stays."""
        in_address = any(number in link.address for link in self.composed.composer.places.links)
        return "" if in_address or self.texts is None else self.texts[number]

    def _choices(self, part: Part) -> dict[int, list[str]]:
        """Return what each placeholder in a part of a cell may show, what keeps most of its text before first."""
        composer, (unit, text, _) = self.composed.composer, part
        numbers = [part for part in unit.parts if isinstance(part, int)]
        old_piece = composer.piece(unit, self.texts) if self.texts is not None else ""
        if self.texts is not None and old_piece == text:
            return {number: [self.texts[number]] for number in numbers}
        if len(numbers) != 1 or part.may_be_broken:
            return {number: [] for number in numbers}
        texts = [""] * len(self.slots)
        found = []
        before = Before(self.texts[numbers[0]], old_piece) if self.texts is not None else None
        for value in values_in(text, unit, before):
            texts[numbers[0]] = value
            try:
                piece = composer.piece(unit, texts)
            except ValueError:  # a pipe in a template that must stay live
                continue
            if show_same(piece, text, is_mdx=self.inverter.spelling.is_mdx):
                found.append(value)
        return {numbers[0]: found}

    def _raw(self, texts: Sequence[str]) -> Values | None:
        """Return the values that placeholders show as these texts; None if they disagree. Raise RefusedEditError."""
        values: Values = {}
        for number, (slot, text) in enumerate(zip(self.slots, texts, strict=True)):
            if slot.placeholder.is_row_number:
                continue
            if self.texts is not None and self.texts[number] == text:
                found: Values = {index: self.old[index] for index in slot.inputs} if self.old else {}
            else:
                found = self._of_slot(slot, self.composed.as_in_data(text, number))
            for index, value in found.items():
                if values.setdefault(index, value) != value:
                    return None
        return {index: value for index, value in values.items() if self.old is None or value != self.old[index]}

    def _of_slot(self, slot: _Slot, text: str) -> Values:
        place = 0
        if len(slot.inputs) > 1:
            if self.old is None and not text:
                return dict.fromkeys(slot.inputs)
            old = self.old or []
            shown = (
                [(instead(old[i], m) if m else old[i]) for i, m in zip(slot.inputs, slot.maps, strict=True)]
                if old
                else []
            )
            place = next((number for number, value in enumerate(shown) if value), -1)
            if place != 0 or not text:
                names = " or ".join(f'"{name}"' for name in slot.placeholder.names)
                raise RefusedEditError(f"this may belong to {names}", "")
        index, texts = slot.inputs[place], slot.maps[place]
        before = self.old[index] if self.old else None
        if text and slot.placeholder.format:
            shown_before = (instead(before, texts) if texts else before) or ""
            text = self.inverter.unformatted(text, slot.placeholder.format, shown_before)
        return {index: self.inverter.unmapped(text, texts, index) if texts and text else text}

    def _makes(self, values: Values, texts: Sequence[str], cell: str) -> bool:
        """Return True if a row with these values has a cell that shows the same as this one."""
        row = list(self.old) if self.old else [""] * len(self.inverter.inputs.header)
        for index, value in values.items():
            row[index] = value or ""
        numbers = [text for slot, text in zip(self.slots, texts, strict=True) if slot.placeholder.is_row_number]
        at = int(numbers[0]) - 1 if numbers and numbers[0].isascii() and numbers[0].isdigit() else self.row or 0
        try:
            made = self.composed.of_row(row, at)
        except ValueError:
            return False
        return show_same(made, cell, is_mdx=self.inverter.spelling.is_mdx)
