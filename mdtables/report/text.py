"""Outcomes -> words and a diff, for a person at a terminal. Prints nothing and knows no disk."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mdtables.model.diagnostics import Diagnostic
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.report.escape import printable, readable, shell_word
from mdtables.tables.diff import in_short

_MOST_PATHS = 10  # in a command to paste
_PATTERN = re.compile(r"^:|[*?\[\\]")  # what git would take for more than a name
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "place": "\x1b[1m", "hint": "\x1b[36m"}


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
    some = f"{documents} document{'s' if documents != 1 else ''}"
    line = f"{some}: {', '.join(told)}" if stale or failed else f"{some}, nothing to do"
    if stale and not wrote:
        return f"{line}\nrun: mdtables fix {' '.join(shell_word(o.path) for o in stale[:_MOST_PATHS])}" + (
            " …" if len(stale) > _MOST_PATHS else ""
        )
    return line


def what_next(paths: Sequence[str], *, all_is_well: bool) -> str:
    """One line that says how to commit the documents at these paths, which were rewritten."""
    if not paths:
        return ""
    is_plain = all(path.isprintable() and not _PATTERN.search(path) for path in paths)
    what = " ".join(map(shell_word, paths)) if is_plain and len(paths) <= _MOST_PATHS else "them"
    then = "then commit again" if all_is_well else "mend what is broken above, then commit again"
    return f"{len(paths)} document{'s' * (len(paths) != 1)} regenerated: git add {what}, {then}\n"


def changes(outcome: Outcome) -> list[str]:
    """A line for each stale sourced region: what would change, in the words of the data."""
    return [
        f"{printable(outcome.path)}:{region.location.line}: {readable(_change(region))}"
        for region in outcome.regions
        if region.state == "stale" and region.options.source
    ]


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
