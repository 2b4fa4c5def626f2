"""Source table -> the table that a region shows: where, pivot, sort, limit, groups, columns, alignments.

With provenance: which row and which columns each cell came from. Knows no encodings and no disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from mdtables.model.diagnostics import Diagnostic, Locate
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.option_values import AlignRule, Pivot
from mdtables.model.options import Options
from mdtables.model.table import Alignment, Group, Pivoted, Row, Shaped, ShownColumn, Table, TextMap
from mdtables.tables.columns import Maps, Names, chosen
from mdtables.tables.compute import computed
from mdtables.tables.numbers import are_numbers, is_missing
from mdtables.tables.packed import Rows, ragged_row
from mdtables.tables.texts import Misfit, mapped

if TYPE_CHECKING:
    from mdtables.model.conditions import Condition
    from mdtables.model.templates import Template
    from mdtables.tables.group import Counts

DEFAULT_LEVEL = 2
"""The level of the headings of groups in a document that has no heading above."""

_MOST_COLUMNS = 10_000  # in a region: renderers take minutes for more


def shape(table: Table, options: Options, locate: Locate, level: int = DEFAULT_LEVEL) -> Shaped:
    """Return what a region with these options shows of a source. Raise MdtablesError.

    `level` is that of headings where the option `heading` does not have one.
    """
    _check_rectangular(table, locate)
    every = len(table.rows)
    source = _Source(table, options, locate, every)
    rows: Sequence[int] = range(every)
    if options.where:
        rows = source.where(options.where)
    pivoted = None
    hides_columns = False
    if options.pivot:
        wide, pivoted = source.pivoted(options.pivot, rows)
        hides_columns = len(pivoted.columns) + 2 < source.names.own
        source, rows = _Source(wide, options, locate, every, source.warnings), range(len(wide.rows))
    group = source.group_column()
    header, shown, texts = source.columns(group)
    steady = [column for column in shown if not column.has_row_number]
    first = next((column.inputs[0] for column in (*steady, *shown) if column.inputs), -1)
    key = source.names.index(options.key, "key") if options.key else first
    source.check_usable([*(index for column in shown for index in column.inputs), key, group])
    rows = source.ordered(rows)[: options.limit]
    groups: Sequence[Group] = ()
    if options.group:
        rows, groups = source.groups(rows, group, texts)
    inputs = _rows_at(source.table, rows)
    made, misfits = _made(inputs, header, shown, options, locate)
    return Shaped(
        made._replace(caption=source.sentence("caption", rows), note=source.sentence("note", rows)),
        inputs,
        rows,
        shown,
        hides_columns or source.hides_values(shown, group),
        _identifying(shown, key),
        key,
        source.table,
        pivoted,
        groups,
        group,
        source.heading(group) if groups else None,
        (options.heading.level if options.heading else 0) or level,
        [*source.warnings, *_unformatted(inputs, misfits, locate)],
    )


def _made(
    inputs: Table, header: Sequence[str], shown: Sequence[ShownColumn], options: Options, locate: Locate
) -> tuple[Table, list[Misfit]]:
    """Return the table that columns make of the rows that are shown, and values that their formats are not for."""
    misfits = list[Misfit]()
    rows = computed(inputs, shown, options.list, misfits)
    made = inputs._replace(header=header, rows=rows, unusable={}, named_only=0, lists=())
    return made._replace(align=alignments(made, options.align, locate)), misfits


def _identifying(shown: Sequence[ShownColumn], key: int) -> int:
    """Return the index of the column whose cells identify rows; one that changes with their places does not."""
    showing = (index for index, column in enumerate(shown) if key in column.inputs and not column.has_row_number)
    return next(showing, -1 if shown[0].has_row_number else 0)


def rows_needed(options: Options) -> int | None:
    """Return how many of the source's first rows a region needs, or None if it needs all of them."""
    counts = options.caption or options.note or options.heading
    needs_all = options.sort or options.where or options.pivot or counts
    return None if needs_all else options.limit


def _check_rectangular(table: Table, locate: Locate) -> None:
    """Raise MdtablesError for a table without columns or with a ragged row: it may come from any program."""
    ragged = ragged_row(table.rows, len(table.header))
    if not table.header or ragged is not None:
        what = "has no columns" if not table.header else f"has a row {ragged} that is not as long as the header"
        raise failure("source-shape", f"the source {what}", at=locate("source"))


class _Source:
    """A table, as it is read or pivoted, and what options ask of it. Every method raises MdtablesError."""

    def __init__(
        self, table: Table, options: Options, locate: Locate, every: int, warnings: Sequence[Diagnostic] = ()
    ) -> None:
        self.table, self.options, self.locate, self.every = table, options, locate, every
        self.names = Names(table, locate)
        self.warnings = list(warnings)
        self._met: dict[Condition, set[int]] = {}

    def group_column(self) -> int:
        """Return the index of the column of `group`, -1 for none."""
        if self.options.group:
            return self.names.index(self.options.group, "group")
        if self.options.heading:
            hint = "name the column whose values are the headings: group=…"
            raise failure("misplaced-option", 'option "heading" requires a group', at=self.locate("heading"), hint=hint)
        return -1

    def columns(self, group: int) -> tuple[list[str], list[ShownColumn], TextMap | None]:
        """Return headers, how each column is made, and the texts to show instead of values of the group."""
        options = self.options
        found = chosen(self.names, options.columns, group)
        if len(found) > _MOST_COLUMNS:
            message = f"{len(found)} columns, more than the {_MOST_COLUMNS} that a table can have"
            hint = "choose some of them with columns=…"
            raise failure("source-shape", message, at=self.locate("source"), hint=hint)
        if not found:
            message = f'there are no columns left to show beside "{options.group}"'
            raise failure("source-shape", message, at=self.locate("group"), hint="name them: columns=…")
        maps = Maps(options.map, options.columns, self.names)
        shown = [maps.for_column(column, inputs) for column, inputs in found]
        return [column.header for column, _ in found], shown, maps.of.get(group, maps.every)

    def where(self, condition: Condition, option: str = "where") -> list[int]:
        """Return the rows that meet a condition; collect a warning for each column that it does not fit."""
        from mdtables.tables.where import misfits, names_of, rows_where

        columns = {name: self.names.index(name, option) for name in names_of(condition)}
        self.check_usable(columns.values())
        self.warnings += misfits(self.table, condition, columns, option, self.locate(option))
        return rows_where(self.table, condition, columns, self.options.list)

    def pivoted(self, by: Pivot, rows: Sequence[int]) -> tuple[Table, Pivoted]:
        """Return the table with columns made of values; without `key` all other columns tell rows apart."""
        from mdtables.tables.pivot import pivot

        names, values = self.names.index(by.names, "pivot"), self.names.index(by.values, "pivot")
        self.check_usable([names, values])
        if names in self.table.lists:
            message = f'pivot: the values of "{by.names}" are lists, which cannot be the names of columns'
            raise failure(
                "source-shape", message, at=self.locate("pivot", by.names), hint="name a column of single values"
            )
        rest = [index for index in range(self.names.own) if index not in (names, values, *self.table.unusable)]
        if self.options.key:
            rest = [self.names.index(self.options.key, "key")]
            self.check_usable(rest)
        return pivot(self.table, rows, rest, names, values, self.locate)

    def check_usable(self, columns: Iterable[int]) -> None:
        """Raise MdtablesError with what is wrong with these columns."""
        if not self.table.unusable:
            return
        problems = [found for column in dict.fromkeys(columns) for found in self.table.unusable.get(column, ())]
        if problems:
            in_order = sorted(dict.fromkeys(problems), key=lambda found: found.at.line)
            raise MdtablesError(*(found.used_at(self.locate()) for found in in_order))

    def ordered(self, rows: Sequence[int]) -> Sequence[int]:
        """Return rows in the order of `sort`; a column named again changes nothing."""
        if not self.options.sort:
            return rows
        from mdtables.tables.order import ordered

        keys = {self.names.index(key.name, "sort"): key for key in reversed(self.options.sort)}
        indexes = [self.names.index(key.name, "sort") for key in self.options.sort]
        indexes = list(dict.fromkeys(indexes))
        self.check_usable(indexes)
        columns = self._columns(indexes)
        return ordered(rows, [(keys[index], values) for index, values in zip(indexes, columns, strict=True)])

    def _columns(self, indexes: Sequence[int]) -> list[list[str]]:
        """Return the cells of columns; of lists, with their elements joined."""
        columns = Rows.view(len(self.table.header), self.table.rows).columns_at(indexes)
        lists = (index in self.table.lists for index in indexes)
        return [
            [each or "" for each in mapped(values, None, self.options.list)] if is_list else values
            for values, is_list in zip(columns, lists, strict=True)
        ]

    def groups(self, rows: Sequence[int], column: int, texts: TextMap | None) -> tuple[Sequence[int], Sequence[Group]]:
        """Return rows in the order of their groups, and the groups."""
        from mdtables.tables.group import check_values, group_of, grouped

        values = self._columns([column])[0]
        if not self.options.null:
            check_values(self.table, rows, column, values, self.locate)
        members = grouped(rows, values)
        found: list[Group] = []
        first = 0
        counts = self._counts("heading")
        for value, own in members.items():
            found.append(group_of(first, value, own, self.options.heading, texts, self.options.null, counts))
            first += len(own)
        return [row for own in members.values() for row in own], found

    def heading(self, column: int) -> Template:
        """Return the template of the headings of groups."""
        from mdtables.tables.group import heading_template

        return heading_template(self.options.heading, self.table.header[column], self.locate)

    def sentence(self, option: str, rows: Sequence[int]) -> str:
        """Return the text of `caption` or `note`."""
        text = self.options.caption if option == "caption" else self.options.note
        if text is None:
            return ""
        from mdtables.tables.group import sentence

        return sentence(text, rows, self._counts(option))

    def _counts(self, option: str) -> Counts:
        """Return what counts rows and values for an option; which rows meet a condition is found out once."""
        from mdtables.tables.group import Counts

        def where(condition: Condition, rows: Sequence[int]) -> int:
            if condition not in self._met:
                self._met[condition] = set(self.where(condition, option))
            return len(self._met[condition].intersection(rows))

        values: dict[str, list[str]] = {}

        def distinct(name: str, rows: Sequence[int]) -> int:
            if name not in values:
                column = self.names.index(name, option)
                self.check_usable([column])
                values[name] = self._columns([column])[0]
            return len({values[name][row] for row in rows} - {""})

        return Counts(self.every, where, distinct)

    def hides_values(self, shown: Sequence[ShownColumn], group: int) -> bool:
        """Return True if a new row could have values that are not shown, nor known by `where`."""
        known = {column.inputs[0] for column in shown if column.is_plain} | {group}
        if others := [column for column in shown if not column.is_plain]:
            from mdtables.tables.fill import wholly_shown

            known.update(index for column in others for index in wholly_shown(column))
        if self.options.where and not self.options.pivot:
            from mdtables.model.conditions import pinned

            known.update(self.names.index(name, "where") for name, _ in pinned(self.options.where))
        return not known.issuperset(range(self.names.own))


def _rows_at(table: Table, indexes: Sequence[int]) -> Table:
    """Return a table with only these rows, in this order."""
    if isinstance(indexes, range) and indexes.start == 0:
        if len(indexes) == len(table.rows):
            return table
        rows: Sequence[Row] = table.rows[: len(indexes)]
    else:
        rows = Rows.view(len(table.header), table.rows).at(indexes)
    return table._replace(
        rows=rows,
        lines=[table.lines[index] for index in indexes] if table.lines else (),
        paths=[table.paths[index] for index in indexes] if table.paths else (),
    )


def _unformatted(inputs: Table, misfits: Sequence[Misfit], locate: Locate) -> Iterator[Diagnostic]:
    """Yield a warning for each column with values that their format is not for, at the first of these."""
    by_column: dict[int, list[Misfit]] = {}
    for misfit in misfits:
        by_column.setdefault(misfit[1], []).append(misfit)
    for column, ((row, _, value), *others) in by_column.items():
        more = f" ({len(others)} more like it)" if others else ""
        message = f'"{value}" in "{inputs.header[column]}" does not fit its format{more}'
        hint = "it is shown unchanged; formats apply to numbers like 1234.5 and to dates like 2026-01-31"
        problem = Diagnostic("value-type", message, at=inputs.place_of(row, locate("columns")), hint=hint)
        yield problem.used_at(locate("columns")) if inputs.lines else problem


def alignments(table: Table, rules: Sequence[AlignRule], locate: Locate) -> list[Alignment]:
    """Return an alignment for each column, by the rules, else `auto`. Raise MdtablesError if the rules do not fit."""
    found: list[str] = ["auto"] * len(table.header)
    if len(rules) == 1 and rules[0].header is None:
        found = [rules[0].alignment] * len(table.header)
    elif rules and rules[0].header is None:
        if len(rules) != len(table.header):
            message = f"{len(rules)} alignments for {len(table.header)} columns"
            hint = "align takes one alignment for all columns, or one for each"
            raise failure("option-value", message, at=locate("align"), hint=hint)
        found = [rule.alignment for rule in rules]
    else:
        names = Names(table, locate)
        for rule in rules:
            found[names.index(str(rule.header), "align")] = rule.alignment
    automatic = (index for index, word in enumerate(found) if word == "auto")
    auto: dict[int, Alignment] = dict.fromkeys(_numeric(table.rows, len(found), automatic), "right")
    return [auto.get(i, "none") if word == "auto" else word for i, word in enumerate(found)]  # type: ignore[misc]


def _numeric(rows: Sequence[Row], width: int, columns: Iterable[int]) -> set[int]:
    """Return those of these columns that contain a number, and otherwise only numbers and missing values."""
    left, found = set(columns), set[int]()
    for cells in Rows.view(width, rows).chunks():
        if not left:
            break
        for column in list(left):
            values = cells[column::width]
            joined = "".join(values)
            if not is_missing(joined):
                found.add(column)
            # most numbers are whole: checking their digits together takes a quarter of the time
            if not (joined.isascii() and joined.isdigit()) and not are_numbers(values):
                left.discard(column)
    return left & found
