"""The options on a region's start marker: their values, their problems, and the location of each."""

from __future__ import annotations

import re
from typing import Any

from mdtables.document import marker
from mdtables.document.candidates import Marker
from mdtables.model.diagnostics import Diagnostic, Locate, Location, unknown_word
from mdtables.model.errors import OptionError
from mdtables.model.failures import Collector, failure
from mdtables.model.options import SPECS, Options, option_meant, with_values
from mdtables.text.edits import END_OF_LINE


def read_options(start: Marker, base: Options) -> tuple[Options, list[Diagnostic]]:
    """Return the options on a start marker, over those of `base`, and every problem with them.

    An option that cannot be parsed keeps its default.
    """
    seen: dict[str, tuple[int, int]] = {}
    values: dict[str, Any] = {}
    problems = Collector()
    try:
        for name, value, begin, end in marker.attributes(start.text, start.prefix):
            if name in seen:
                message = f'option "{name}" is given twice'
                problems.add(Diagnostic("repeated-option", message, at=_span(start, begin, end), hint="keep one"))
            else:
                seen[name] = begin, end
                _read_option(name, value, values, problems, start, (begin, end))
            if problems.is_full:
                break
    except marker.MarkerSyntaxError as wrong:
        end = max(wrong.offset, len(start.text.rstrip()))
        problems.add(Diagnostic("marker", str(wrong), at=_span(start, wrong.offset, end)))
    if "source" in seen:
        return with_values(base, values), problems.diagnostics
    hint = 'without source="…" a region is only aligned; it takes ' + ", ".join(n for n in SPECS if SPECS[n].bare)
    for name in [n for n in values if not SPECS[n].bare]:
        message = f'option "{name}" requires a source'
        problems.add(Diagnostic("misplaced-option", message, at=_span(start, *seen[name]), hint=hint))
        del values[name]
    # the project's default for `align` is for generated tables: a hand-written one keeps its own alignments
    return with_values(Options(style=base.style, max_width=base.max_width), values), problems.diagnostics


def _read_option(
    name: str, text: str | None, values: dict[str, Any], problems: Collector, start: Marker, extent: tuple[int, int]
) -> None:
    if name not in SPECS:
        at = _span(start, extent[0], extent[0] + len(name))
        message = f'unknown option "{name}"'
        problems.add(
            unknown_word("unknown-option", message, option_meant(name), SPECS, at=at, is_word=True, what="options")
        )
    elif text is None:
        message = f'option "{name}" requires a value: {name}="…"'
        problems.add(Diagnostic("option-value", message, at=_span(start, *extent)))
    else:
        try:
            values[name] = SPECS[name].parse(text)
        except ValueError as reason:
            message = f'invalid {name}="{text}": {reason}'
            problems.add(Diagnostic("option-value", message, at=_span(start, *_part(start, extent, text, reason))))


def _part(start: Marker, extent: tuple[int, int], value: str, reason: ValueError) -> tuple[int, int]:
    """Return the span of what is wrong in a value, if it is known, else that of the option."""
    end = extent[1]
    written = start.text[extent[0] : end].partition("=")[2]
    raw = written.strip(" \t\r\n>")
    is_quoted = raw[:1] in ('"', "'")
    text, offsets = marker.joined_lines(raw[is_quoted : len(raw) - is_quoted], start.prefix)
    if not isinstance(reason, OptionError) or text != value:
        return extent
    at = end - len(raw) + is_quoted
    first, last = at + offsets[reason.start], at + offsets[max(reason.end, reason.start)]
    return first, min(max(last, first + 1), end)


def checksum_on(end: Marker) -> str:
    """Return the checksum on an end marker, or "". Raise MdtablesError if its text is anything else."""
    try:
        return marker.checksum_of(end.text)
    except marker.MarkerSyntaxError as wrong:
        extent = wrong.offset, max(wrong.offset, len(end.text.rstrip()))
        raise failure("marker", str(wrong), at=_span(end, *extent)) from None


def locate_on(start: Marker) -> Locate:
    """Return what finds the options of a start marker in their document."""

    def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
        try:
            attributes = marker.attributes(start.text, start.prefix)
            found = next(((value, begin, end) for name, value, begin, end in attributes if name == option), None)
        except marker.MarkerSyntaxError:
            found = None
        if found is None:
            return start.place
        value, begin, end = found
        if span and value:
            begin, end = _part(start, (begin, end), value, OptionError("", *span))
            return _span(start, begin, end)
        first = begin + len(option)
        # a value may go on in the next line of a quote; all of its marks are taken, as a word may be a `>` itself
        spelled = r"(?:[ \t]*\r?\n[ \t>]*(?![ \t>])|[ \t]+(?![ \t]))".join(map(re.escape, word.split()))
        spans = [match.span() for match in re.finditer(rf"(?<!\w){spelled}(?!\w)", start.text[first:end])]
        if word and len(spans) == 1:
            begin, end = first + spans[0][0], first + spans[0][1]
        return _span(start, begin, end)

    return locate


def _span(of: Marker, begin: int, end: int) -> Location:
    """Return the span between two offsets in the text of a marker."""
    line, column = _position(of, begin)
    end_line, end_column = _position(of, end)
    return Location(of.place.path, line, column, end_line, end_column)


def _position(of: Marker, offset: int) -> tuple[int, int]:
    """Return the line and the column of an offset in a marker's text; only the marker itself is looked at."""
    before = END_OF_LINE.sub("\n", of.opening + of.text[:offset])
    _, broken, last = before.rpartition("\n")
    return of.place.line + before.count("\n"), len(last) + (1 if broken else of.place.column)
