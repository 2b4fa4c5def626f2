"""What is wrong, where, and what to do about it. Knows no file format, no disk and no terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, Protocol, Self

from mdtables.model.suggestions import did_you_mean, nearest_word
from mdtables.records import NamedTuple

_PLAIN = r"\w(?:[\w ./-]*\w)?"  # what every option reads as it is spelled, and `--` ends no comment

Severity = Literal["error", "warning"]

Code = Literal[
    "ambiguous-row",
    "block-html",
    "cannot-extract",
    "cannot-pull",
    "circular-source",
    "config",
    "conflict",
    "delimiter-in-body",
    "document-outside",
    "empty-link",
    "excluded",
    "hand-edit",
    "inline-marker",
    "long-row",
    "marker",
    "marker-in-code",
    "mismatched-container",
    "mdx-cell",
    "misplaced-option",
    "misspelled-marker",
    "no-document",
    "no-rows",
    "no-table",
    "not-merged",
    "not-utf8",
    "nul",
    "one-column",
    "option-value",
    "query",
    "query-limit",
    "query-order",
    "refresh",
    "region-content",
    "repeated-column",
    "repeated-option",
    "repeated-value",
    "row-length",
    "self-check",
    "short-row",
    "source-encoding",
    "source-format",
    "source-missing",
    "source-outside",
    "source-shape",
    "source-syntax",
    "split-table",
    "table-size",
    "template-pipe",
    "text-above-table",
    "text-below-table",
    "unclosed-region",
    "unknown-column",
    "unknown-option",
    "unknown-table",
    "unopened-region",
    "unpaired-math",
    "unreadable",
    "unstable-output",
    "untracked",
    "unused",
    "unwritable",
    "value-type",
]

CODES: Mapping[Code, tuple[Severity, str]] = {
    "ambiguous-row": ("error", "renderers disagree on where the cells of a hand-written row end"),
    "block-html": ("warning", "a value contains the HTML of a block, at which Pandoc ends a cell"),
    "cannot-extract": ("error", "a table cannot be extracted without changing its content"),
    "cannot-pull": ("error", "a hand edit cannot be written back to its source"),
    "circular-source": (
        "error",
        "tables in documents are generated from each other in a circle",
    ),
    "config": ("error", "a configuration file is unreadable, or a key or value in it is invalid"),
    "conflict": ("error", "git conflict markers in a source, or in a document where they cannot be resolved"),
    "delimiter-in-body": ("warning", "a second delimiter row among the rows of a hand-written table"),
    "document-outside": ("warning", "a document is a symbolic link that leads out of the project, and was not named"),
    "empty-link": ("warning", "a value contains a link without text"),
    "excluded": ("warning", "a path given on the command line is excluded by `exclude`"),
    "hand-edit": ("error", "the table in a sourced region is not the one that mdtables wrote"),
    "inline-marker": ("warning", "a marker is ignored because it is not alone on its line"),
    "long-row": ("error", "a hand-written row has more non-empty cells than its header"),
    "marker": ("error", "a marker is not closed, or its text is not a list of options"),
    "marker-in-code": ("warning", "markers are ignored because their indentation makes them code"),
    "mdx-cell": ("warning", "a value contains what may end the build of an MDX document, or shows differently there"),
    "mismatched-container": ("error", "a start marker and its end marker are in different block quotes"),
    "misplaced-option": ("error", "an option is not allowed on this region or for this kind of source"),
    "misspelled-marker": ("warning", "a comment looks like a marker but is spelled differently"),
    "no-document": ("error", "a path given on the command line does not exist, or is not a document"),
    "no-rows": ("warning", "a table has a header but no rows: Jekyll shows it as text"),
    "no-table": ("warning", "a bare region contains no table"),
    "not-merged": ("warning", "the merge driver left a merge to git, since its own failed"),
    "not-utf8": ("error", "a document is not UTF-8 text"),
    "nul": ("error", "a source contains a NUL character, which no renderer shows"),
    "one-column": ("error", "a CSV has one column, and its header contains another common delimiter"),
    "option-value": ("error", "the value of an option is invalid"),
    "query": ("error", "a query is not valid SQL, or asks for what a query may not do"),
    "query-limit": ("error", "a query takes too many steps, or too much memory"),
    "query-order": ("warning", "the order of the rows that a query selects is not determined"),
    "refresh": ("error", "a snapshot cannot be made of what it is to be made of"),
    "region-content": ("error", "a sourced region contains something that mdtables did not write"),
    "repeated-column": ("error", "two columns have the same name"),
    "repeated-option": ("error", "an option is given twice"),
    "repeated-value": ("error", "two rows have a value for the same cell of a pivoted table"),
    "row-length": ("error", "a row of a source has more or fewer fields than its header"),
    "self-check": ("error", "a generated table does not read back as the cells it was made of: a bug in mdtables"),
    "short-row": ("warning", "a hand-written row has one cell where its header has more"),
    "source-encoding": ("error", "a source cannot be decoded with its encoding"),
    "source-format": ("error", "mdtables cannot read this kind of file"),
    "source-missing": ("error", "a source, or the part of it that is named, does not exist"),
    "source-outside": ("error", "a source is outside the project"),
    "source-shape": ("error", "a source is well formed but does not contain a table, or has too many columns"),
    "source-syntax": ("error", "a source is not well formed"),
    "split-table": ("warning", "rows of a hand-written table are separated from it by a blank line"),
    "table-size": ("error", "a table, or all tables of a document together, would be too large"),
    "template-pipe": ("error", "a pipe inside `{{ }}` or `{% %}`, which a table cannot contain"),
    "text-above-table": ("warning", "text directly above a table, where some renderers show no table"),
    "text-below-table": ("warning", "text directly below a table, which GitHub shows as a row"),
    "unclosed-region": ("error", "a start marker without an end marker"),
    "unknown-column": ("error", "an option names a column that does not exist"),
    "unknown-option": ("error", "mdtables has no option of this name"),
    "unknown-table": ("error", "no hand-written table, or more than one, matches `--table`"),
    "unopened-region": ("error", "an end marker without a start marker"),
    "unpaired-math": ("warning", "a value contains `$$` that do not come in pairs"),
    "unreadable": ("error", "a file cannot be read, or git failed"),
    "unstable-output": ("error", "fixing the document would change how its regions are parsed"),
    "untracked": ("warning", "git does not track a source, or a document given together with `--tracked`"),
    "unused": ("warning", "no document uses a data file given on the command line"),
    "unwritable": ("error", "a document cannot be written"),
    "value-type": ("warning", "a value is not a number, or not a date, where an option compares or formats one"),
}


class Location(NamedTuple):
    """A span of a file, from its start up to, but not including, its end.

    Lines, and columns in code points, count from 1. Line 0 is the whole file, column 0 the whole line. Without an end
    the span is the place where it starts.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])


class Locate(Protocol):
    """Where an option of a region is: the region's marker, the option on it, or a word or a span in the option's value.

    The nearest place that is known is returned: the option where the word is not found, or more than once; the marker
    where there is no such option on it. So a word was found if its place is not that of the option.
    """

    def __call__(self, option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location: ...


def located_at(at: Location) -> Locate:
    """Return a Locate that knows one place only."""

    def locate(
        option: str = "",  # noqa: ARG001  # every option is at this place
        word: str = "",  # noqa: ARG001
        span: tuple[int, int] | None = None,  # noqa: ARG001
    ) -> Location:
        return at

    return locate


class Related(NamedTuple):
    """Another place that has to do with a problem, and how: a region that uses the source in which it was found."""

    at: Location
    message: str


class Fix(NamedTuple):
    """One way out, which an editor can apply: text edits, or the words of an mdtables command that does it.

    An edit replaces a span by a text. `command` leaves out the name of the program.
    """

    title: str
    edits: Sequence[tuple[Location, str]] = ()
    command: Sequence[str] = ()


class _Fields(NamedTuple):
    code: Code
    message: str
    at: Location
    details: tuple[str, ...]
    hint: str
    related: tuple[Related, ...]
    fixes: tuple[Fix, ...]


class Diagnostic(_Fields):
    """One problem: what is wrong and where, a hint for a person, fixes for an editor, and related places.

    `details` are lines below the message. A line break within one of these texts comes from what it quotes.
    """

    __slots__ = ()

    def __new__(
        cls,
        code: Code,
        message: str,
        *,
        at: Location,
        details: tuple[str, ...] = (),
        hint: str = "",
        related: tuple[Related, ...] = (),
        fixes: tuple[Fix, ...] = (),
    ) -> Self:
        return super().__new__(cls, code, message, at, details, hint, related, fixes)

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, object]]:
        """Return the arguments by name, with which a pickled diagnostic is made again."""
        values = self._asdict()
        return (values.pop("code"), values.pop("message")), values

    @property
    def severity(self) -> Severity:
        """Return the severity of the code; for a code that is not in CODES, return "error"."""
        return CODES[self.code][0] if self.code in CODES else "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def used_at(self, region: Location) -> Self:
        """Return this problem of a source with the region that uses the source."""
        return self._replace(related=(*self.related, Related(region, "used by this region")))


def without(codes: Sequence[str], diagnostics: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
    """Return the diagnostics that have none of these codes."""
    return [found for found in diagnostics if found.code not in codes] if codes else diagnostics


def unknown_word(
    code: Code, message: str, word: str, known: Iterable[str], *, at: Location, is_word: bool, what: str = "known names"
) -> Diagnostic:
    """Return the diagnostic for a word that is not known, with the nearest known one.

    That is an edit if `at` is the span of just this word and the known one needs no quotes in an option's value.
    """
    names = list(known)
    nearest = nearest_word(word, names)
    if is_word and nearest is not None and re.fullmatch(_PLAIN, nearest) and " as " not in nearest:
        return Diagnostic(code, message, at=at, fixes=(Fix(f'did you mean "{nearest}"?', edits=((at, nearest),)),))
    return Diagnostic(code, message, at=at, hint=did_you_mean(word, names, what=what))
