"""Outcomes -> words, a diff, JSON or annotations, and the exit status. Prints nothing and knows no disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mdtables.edits import in_short, in_words
from mdtables.model import Diagnostic, Location, Table
from mdtables.outcome import Outcome, RegionOutcome

CLEAN, STALE, BROKEN = 0, 1, 2
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "place": "\x1b[1m", "hint": "\x1b[36m"}


def exit_status(outcomes: Iterable[Outcome], *, stale_is_failure: bool) -> int:
    """0 nothing to do or done, 1 something is (or was) stale, 2 something is broken; 2 wins over 1."""
    status = CLEAN
    for outcome in outcomes:
        if outcome.failed:
            return BROKEN
        if outcome.stale and stale_is_failure:
            status = STALE
    return status


def diagnostics_of(outcomes: Iterable[Outcome]) -> list[Diagnostic]:
    """Every diagnostic of a run, each once; a problem of the data that several regions met names them all."""
    unique: dict[tuple[str, str, Location], Diagnostic] = {}
    for outcome in outcomes:
        for found in outcome.diagnostics:
            key = (found.code, found.message, found.location)
            before = unique.get(key)
            asked_by = dict.fromkeys([*(before.asked_by if before else ()), *found.asked_by])
            unique[key] = replace(found, asked_by=tuple(asked_by))
    return list(unique.values())


def printable(text: str) -> str:
    """The text with the characters that a terminal would obey, or that are half a character, spelled out."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


_LONGEST_LINE = 400


def _readable(text: str) -> str:
    """What `printable` makes of a text, without the middle of lines that would fill a screen: a cell may have 1 MB."""
    cut = _LONGEST_LINE // 2
    lines = text.split("\n")
    return printable("\n".join(n if len(n) <= _LONGEST_LINE else f"{n[:cut]} … {n[-cut:]}" for n in lines))


def as_text(found: Diagnostic, *, colour: bool = False) -> str:
    """`place: severity[code]: message`, and below it who asked and the way out."""

    def paint(kind: str, text: str) -> str:
        return f"{_COLOURS[kind]}{text}\x1b[0m" if colour else text

    place = paint("place", printable(str(found.location)))
    head = f"{place}: {paint(found.severity, f'{found.severity}[{found.code}]')}: {_readable(found.message)}"
    below = [f"  asked for by {printable(', '.join(map(str, found.asked_by)))}"] if found.asked_by else []
    below += [f"  {paint('hint', 'hint')}: {_readable(found.hint)}"] if found.hint else []
    return "\n".join([head, *below])


def summary(outcomes: Sequence[Outcome], documents: int, *, wrote: bool) -> str:
    """One line that counts documents, and one that says what to run, where something is left to do."""
    failed = [o for o in outcomes if o.failed]
    stale = [o for o in outcomes if o.stale and not o.failed]
    counts = [
        (len(stale), "fixed" if wrote else "stale"),
        (documents - len(stale) - len(failed), "unchanged"),
        (len(failed), "with errors, not written" if wrote else "with errors"),
    ]
    told = [f"{count} {what}" for count, what in counts if count]
    line = f"{documents} document{'s' if documents != 1 else ''}: {', '.join(told) or 'nothing to do'}"
    if stale and not wrote:
        return f"{line}\nrun: mdtables fix {' '.join(_shell_word(o.path) for o in stale[:10])}" + (
            " …" if len(stale) > 10 else ""
        )
    return line


def _shell_word(path: str) -> str:
    from shlex import quote

    return printable(quote(path))


def changes(outcome: Outcome) -> list[str]:
    """A line for each stale sourced region: what would change, in the words of the data."""
    return [
        f"{printable(outcome.path)}:{region.location.line}: {_readable(_change(region))}"
        for region in outcome.regions
        if region.state == "stale" and region.options.source
    ]


def _changes(outcome: Outcome, region: RegionOutcome) -> list[str]:
    """The old table of a difference is the standing one, in the document, or where that was edited the source's."""
    if not region.difference:
        return []
    edited_source = region.options.source if region.state == "edited" else None
    return in_words(region.difference, edited_source.path if edited_source else outcome.path)


def _change(region: RegionOutcome) -> str:
    if region.standing is None or region.difference is None:
        rows = len(region.generated.rows) if region.generated else 0
        return f"+{rows} row{'s' * (rows != 1)}" if region.standing is None else "only its layout"
    return in_short(region.difference) if region.difference else "only how its cells are written"


def diff(outcome: Outcome) -> str:
    """A unified diff of a document; nothing if it would not change."""
    if not outcome.stale:
        return ""
    return diff_of(printable(outcome.path), outcome.old, outcome.new, "fixed")


def diff_of(name: str, before: str, after: str, what: str = "pulled") -> str:
    """A unified diff of two texts of one file."""
    from difflib import unified_diff

    old, new = (_lines(text) for text in (before, after))
    lines = unified_diff(old, new, f"{name} (as it stands)", f"{name} ({what})")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def new_file(path: str, data: bytes) -> str:
    """A unified diff of a file that is not there yet."""
    lines = _lines(data.decode())
    return f"--- /dev/null\n+++ {path}\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}" for line in lines)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def as_json(outcomes: Sequence[Outcome], documents: int, *, wrote: bool, with_diff: bool) -> str:
    """One object: counts, and for each document that has a region its diagnostics and regions."""
    return json.dumps(
        {
            "documents_seen": documents,
            "fixed" if wrote else "stale": sum(o.stale and not o.failed for o in outcomes),
            "errors": sum(d.severity == "error" for d in diagnostics_of(outcomes)),
            "documents": [_document(o) | ({"diff": diff(o)} if with_diff else {}) for o in outcomes],
        },
        indent=2,
    )


def _document(outcome: Outcome) -> dict[str, object]:
    return {
        "path": outcome.path,
        "stale": outcome.stale,
        "diagnostics": [
            {
                "code": d.code,
                "severity": d.severity,
                "message": d.message,
                "hint": d.hint,
                **_place(d.location),
                "asked_by": [_place(place) for place in d.asked_by],
            }
            for d in outcome.diagnostics
        ],
        "regions": [
            {
                "line": r.location.line,
                "source": str(r.options.source) if r.options.source else None,
                "state": r.state,
                "change": in_short(r.difference) if r.difference else None,
                "changes": _changes(outcome, r),
                "rows": len(r.generated.rows) if r.generated else len(r.standing.rows) if r.standing else None,
            }
            for r in outcome.regions
        ],
    }


def _place(location: Location) -> dict[str, object]:
    return {"path": location.path, "line": location.line or None, "column": location.column or None}


def as_github(outcomes: Sequence[Outcome], *, with_stale: bool) -> str:
    """GitHub's workflow commands: an annotation for every diagnostic, and for every region that is still stale."""
    lines = [
        _annotation(d.severity, d.location, d.code, "\n".join(filter(None, [d.message, d.hint])))
        for d in diagnostics_of(outcomes)
    ]
    for outcome in outcomes:
        if with_stale and outcome.stale:
            message = f"this table is stale; run: mdtables fix {_shell_word(outcome.path)}"
            stale = [r for r in outcome.regions if r.state == "stale"]
            lines += [_annotation("error", region.location, "stale", message) for region in stale]
    return "".join(line + "\n" for line in lines)


def _annotation(severity: str, place: Location, title: str, message: str) -> str:
    def escaped(text: str, also: str = "") -> str:
        for character in "%\n" + also:
            text = text.replace(character, f"%{ord(character):02X}")
        return text

    where = f"file={escaped(printable(place.path), ':,')}"
    where += f",line={place.line}" if place.line else ""
    where += f",col={place.column}" if place.column else ""
    return f"::{severity} {where},title=mdtables {title}::{escaped(_readable(message))}"


def region_list(outcomes: Sequence[Outcome]) -> str:
    """Every region with its place, its source and its state, as a table for a terminal."""
    rows = [
        [printable(f"{o.path}:{r.location.line}"), printable(str(r.options.source or "(bare)")), r.state]
        for o in outcomes
        for r in o.regions
    ]
    return tabulated(Table(["Region", "Source", "State"], [list(row) for row in rows]), "simple", "") if rows else ""


def formats() -> list[str]:
    from tabulate import tabulate_formats

    return list(tabulate_formats)


def tabulated(table: Table, form: str, null: str) -> str:
    """A table in one of tabulate's formats; values as they are, nothing taken for a number."""
    from tabulate import tabulate

    align = {"none": "left", "left": "left", "right": "right", "center": "center"}
    rows = [[null if cell is None else printable(cell) for cell in row] for row in table.rows]
    text = tabulate(
        rows,
        headers=[printable(name) for name in table.header],
        tablefmt=form,
        disable_numparse=True,
        colalign=[align[a] for a in table.align] if rows and table.align else None,
    )
    return text + "\n"
