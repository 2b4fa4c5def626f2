"""Outcomes -> words and a diff for a person, and the exit status. Prints nothing and knows no disk."""

from __future__ import annotations

import os
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
_MOST_PATHS = 10  # in a command to paste


def readable(text: str) -> str:
    """What `printable` makes of a text, without the middle of lines that would fill a screen: a cell may have 1 MB."""
    cut = _LONGEST_LINE // 2
    lines = text.split("\n")
    return printable("\n".join(n if len(n) <= _LONGEST_LINE else f"{n[:cut]} … {n[-cut:]}" for n in lines))


def as_text(found: Diagnostic, *, colour: bool = False) -> str:
    """`place: severity[code]: message`, and below it who asked and the way out."""

    def paint(kind: str, text: str) -> str:
        return f"{_COLOURS[kind]}{text}\x1b[0m" if colour else text

    place = paint("place", printable(str(found.location)))
    head = f"{place}: {paint(found.severity, f'{found.severity}[{found.code}]')}: {readable(found.message)}"
    below = [f"  asked for by {printable(', '.join(map(str, found.asked_by)))}"] if found.asked_by else []
    below += [f"  {paint('hint', 'hint')}: {readable(found.hint)}"] if found.hint else []
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
        return f"{line}\nrun: mdtables fix {' '.join(shell_word(o.path) for o in stale[:_MOST_PATHS])}" + (
            " …" if len(stale) > _MOST_PATHS else ""
        )
    return line


def what_next(outcomes: Sequence[Outcome], folder: str) -> str:
    """One line that says how to commit the documents that were rewritten, their paths as they are from a folder."""
    paths = [os.path.relpath(o.path, folder) for o in outcomes if o.stale and not o.failed]
    if not paths:
        return ""
    few = len(paths) <= _MOST_PATHS and all(path.isprintable() for path in paths)
    what = " ".join(map(shell_word, paths)) if few else "them"
    return f"{len(paths)} document{'s' * (len(paths) != 1)} regenerated: git add {what}, then commit again\n"


def shell_word(path: str) -> str:
    """A path as a shell takes it."""
    from shlex import quote

    return printable(quote(f"./{path}" if path.startswith("-") else path))


def changes(outcome: Outcome) -> list[str]:
    """A line for each stale sourced region: what would change, in the words of the data."""
    return [
        f"{printable(outcome.path)}:{region.location.line}: {readable(_change(region))}"
        for region in outcome.regions
        if region.state == "stale" and region.options.source
    ]


def changes_in_words(outcome: Outcome, region: RegionOutcome) -> list[str]:
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
