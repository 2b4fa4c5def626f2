"""Which columns of a table options name, and what to write instead of a name that it does not have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from mdtables.model.diagnostics import Diagnostic, Locate, unknown_word
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.names import quoted
from mdtables.model.option_values import Column, MapRule
from mdtables.model.table import ShownColumn, Table, TextMap

_DIRECTION = r"(?is)(.*\S)\s+(asc|desc)(?:ending)?"
_OTHER_AS = r"(?s)(.*?\S)\s*(?:\s(?:AS|As|aS)\s|:|=)\s*(\S.*)"


class Names:
    """The columns of a table by their names, with runs of blanks as one; of a repeated one, the first."""

    def __init__(self, table: Table, locate: Locate) -> None:
        self.header, self.locate = table.header, locate
        self.own = len(table.header) - table.named_only
        self.indexes: dict[str, int] = {}
        for index, name in enumerate(table.header):
            self.indexes.setdefault(" ".join(name.split()), index)

    def index(self, name: str, option: str, hint: str = "") -> int:
        """Return the index of the column that an option names. Raise MdtablesError."""
        name = " ".join(name.split())
        if name not in self.indexes:
            raise MdtablesError(self._unknown(name, option, hint or self._other_spelling(name, option)))
        return self.indexes[name]

    def has(self, name: str) -> bool:
        return " ".join(name.split()) in self.indexes

    def _unknown(self, name: str, option: str, hint: str) -> Diagnostic:
        message = f'{option}: there is no column "{name}"'
        at = self.locate(option, name)
        if hint:
            return Diagnostic("unknown-column", message, at=at, hint=hint)
        is_word = at != self.locate(option)
        return unknown_word("unknown-column", message, name, self.indexes, at=at, is_word=is_word, what="columns")

    def _other_spelling(self, name: str, option: str) -> str:
        """Return what to write for what means something in SQL or in other tools."""
        if option == "sort" and (found := re.fullmatch(_DIRECTION, name)) and self.has(found[1]):
            sign = "-" if found[2].lower() == "desc" else ""
            return f"write {sign}{found[1]}: a - before the name sorts descending"
        if option == "columns" and (found := re.fullmatch(_OTHER_AS, name)) and self.has(found[1]):
            is_format = re.fullmatch(r"[+,]*(?:\.\d+)?[f%]?|%.*", found[2])
            return f"write {{{found[1]}:{found[2]}}} as Header" if is_format else f"write {found[1]} as {found[2]}"
        return ""


def chosen(names: Names, columns: Sequence[Column], hidden: int) -> list[tuple[Column, Sequence[int]]]:
    """Return each column to show, with the indexes of those that it is made of; `*` is those not named elsewhere.

    Without `columns`, they are the source's own. The column with the index `hidden` is shown only where it is named.
    Raise MdtablesError.
    """
    inputs = [[names.index(name, "columns", _hint(name, column, columns, names)) for name in column.names]
              for column in columns]  # fmt: skip
    named = {index for each in inputs for index in each} | {hidden}
    rest = [(Column(names.header[i], names.header[i]), [i]) for i in range(names.own) if i not in named]
    found: list[tuple[Column, Sequence[int]]] = [] if columns else list(rest)
    for column, each in zip(columns, inputs, strict=True):
        found += rest if column.rest else [(column, each)]
    if columns:
        _check_headers(found, columns, names.locate)
    return found


def _hint(name: str, column: Column, columns: Sequence[Column], names: Names) -> str:
    """Return what to write instead of a name in a template that is not that of a column."""
    if column.template and names.has(column.template.text):
        return f"for the column of this name, write {{{quoted(column.template.text)}}}"
    other = next((each for each in columns if each.header == name and not each.rest), None)
    if other is None or other is column or names.has(name):
        return ""
    if column.template is None:
        return f'"{name}" is the header of "{other.name}"'
    if other.template is None:
        return f'"{name}" is the header of "{other.name}": write {{{other.name}}}'
    return f'"{name}" is a header, and its cells are made by a template: name the columns in that'


def _check_headers(found: Iterable[tuple[Column, Sequence[int]]], columns: Sequence[Column], locate: Locate) -> None:
    numbered = {column.header for column in columns if _is_numbered(column)}
    repeated = Counter(column.header for column, _ in found if column.header not in numbered)
    name, times = repeated.most_common(1)[0] if repeated else ("", 0)
    if times > 1:
        message = f'columns: two columns have the header "{name}"'
        raise failure("repeated-column", message, at=locate("columns", name), hint="rename one: column as Header")


def _is_numbered(column: Column) -> bool:
    """Return True for a column like `name 2 as name`: a header is repeated on purpose, as data cannot."""
    name, _, number = column.name.rpartition(" ")
    return number.isdigit() and (name == column.header or not column.header)


class Maps:
    """The texts to show instead of values, by the column they are for."""

    def __init__(self, rules: Sequence[MapRule], columns: Sequence[Column], names: Names) -> None:
        self.every: TextMap | None = None
        self.of: dict[int, TextMap] = {}
        for rule in rules:
            texts = TextMap(dict(rule.texts), rule.rest)
            if rule.column is None:
                self.every = texts
                continue
            index = _mapped_column(rule, rule.column, columns, names)
            if index is not None:
                self.of[index] = texts

    def for_column(self, column: Column, inputs: Sequence[int]) -> ShownColumn:
        """Return how a column is made; texts for all columns are not those of the values in a template."""
        every = self.every if column.template is None else None
        return ShownColumn(inputs, [self.of.get(index, every) for index in inputs], column.template)


def _mapped_column(rule: MapRule, name: str, columns: Sequence[Column], names: Names) -> int | None:
    """Return the column that a map names, by its header or by its own name.

    That of an optional one need not be there. Raise MdtablesError.
    """
    shown = next((each for each in columns if each.header == name and not each.rest), None)
    if shown and shown.template is None:
        return names.index(shown.name, "columns")
    if rule.optional and not names.has(name):
        return None
    hint = ""
    if shown and not names.has(name):
        hint = f'the cells of "{name}" are made by a template: name a column in that'
    return names.index(name, "map", hint)


def shown_as(name: str, columns: Sequence[Column]) -> str:
    """Return the header under which `columns` shows the source's column of this name, alone or in a template."""
    alone = next(
        (each.header for each in columns if each.template is None and not each.rest and each.name == name), None
    )
    within = next((each.header for each in columns if name in each.names), None)
    return alone or within or name
