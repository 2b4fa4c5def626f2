"""The nouns: where things are, what is wrong, what a table is.

Knows no text format, no disk and no terminal, and imports nothing from this package.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]

# Every diagnostic there is: its word, how bad it is, and what it means. The docs show this table.
CODES: dict[str, tuple[Severity, str]] = {
    "ambiguous-row": ("error", "GitHub and other renderers would split a hand-written row differently"),
    "config": ("error", "the configuration cannot be read, or says something that means nothing"),
    "conflict": (
        "error",
        "git's conflict lines stand in a source or in a document where generating cannot resolve them",
    ),
    "container": ("error", "a start marker and its end marker lie in different block quotes"),
    "delimiter-in-body": ("warning", "a second delimiter row among the rows of a hand-written table"),
    "excluded": ("warning", "a named path is left out by `exclude`"),
    "hand-edit": ("error", "the table of a sourced region is not the one mdtables wrote"),
    "long-row": ("error", "a row of a hand-written table has more cells than its header, with text in them"),
    "lookalike": ("warning", "a comment that resembles a marker but is not spelled like one"),
    "marker": ("error", "a marker is not closed, or its text is not a list of options"),
    "nested-region": ("error", "a second start marker before the end marker"),
    "no-document": ("error", "a path that is named does not exist, or is no document"),
    "no-rows": ("warning", "a table has a header and no rows: Jekyll shows it as text"),
    "no-table": ("warning", "a bare region holds no table"),
    "not-utf8": ("error", "a document is not UTF-8 text"),
    "not-invertible": ("error", "a hand edit that cannot be taken back into its source"),
    "no-value": ("error", "a table cannot be moved into a data file, since it would not say the same"),
    "nul": ("error", "a source holds a NUL character, which no renderer shows"),
    "one-column": ("warning", "a source has one column, and looks as if another character separated its fields"),
    "option-place": ("error", "an option stands where it means nothing"),
    "option-value": ("error", "the value of an option cannot be read"),
    "read-back": ("error", "a generated table does not read back as it should: a bug in mdtables"),
    "region-content": ("error", "a sourced region holds something other than one table"),
    "repeated-column": ("error", "two columns have the same name"),
    "repeated-option": ("error", "an option is given twice"),
    "row-length": ("error", "a row of a source has more or fewer fields than its header"),
    "shared-line": ("warning", "a marker shares its line with text, so it is none"),
    "short-row": ("warning", "a row of a hand-written table has one cell where its header has more"),
    "source-encoding": ("error", "a source is not text in the encoding it should be in"),
    "source-format": ("error", "no reader for this kind of source"),
    "source-missing": ("error", "a source, or the part of it that is named, is not there"),
    "source-outside": ("error", "a source lies outside the project"),
    "source-shape": ("error", "a source is well formed but holds no table, or one of too many columns"),
    "source-syntax": ("error", "a source is not well-formed CSV or YAML"),
    "template-pipe": ("error", "a pipe inside `{{ }}` or `{% %}`, which no table can hold"),
    "text-below-table": ("warning", "text directly below a table, which GitHub shows as a row"),
    "unclosed-region": ("error", "a start marker without an end marker"),
    "unknown-column": ("error", "an option names a column that is not there"),
    "unknown-option": ("error", "an option that mdtables does not have"),
    "unknown-table": ("error", "no hand-written table, or more than one, is called what was asked for"),
    "unopened-region": ("error", "an end marker without a start marker"),
    "unreadable": ("error", "a file cannot be read, or git cannot say what was asked of it"),
    "unsettled": ("error", "fixed as it should be, a region would not be one any more"),
    "untracked": ("warning", "git does not track a source, or a document that is named beside `--tracked`"),
    "unused": ("warning", "no document uses a data file that was named"),
    "unwritable": ("error", "a document cannot be written"),
}


class Location(NamedTuple):
    """A place in a file. Lines, and columns in code points, count from 1; 0 means the whole file, or the whole line."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])


class Diagnostic(NamedTuple):
    """One problem: its code, what is wrong, where, and the way out.

    The codes of mdtables are the keys of CODES; a code of somebody's own is an error. `asked_by` are the start markers
    of the regions that met the problem, where it lies in the data and not in the document.
    """

    code: str
    message: str
    location: Location
    hint: str = ""
    asked_by: tuple[Location, ...] = ()

    @property
    def severity(self) -> Severity:
        return CODES[self.code][0] if self.code in CODES else "error"


class MdtablesError(Exception):
    """What the core raises: one or more diagnostics, each with its place."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{d.location}: {d.message}" for d in diagnostics))
        self.diagnostics = diagnostics
