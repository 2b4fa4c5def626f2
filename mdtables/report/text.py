"""A report as text and diffs, for a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mdtables.cells.layout import check_padding
from mdtables.model.diagnostics import Diagnostic, Related
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome, RegionOutcome
from mdtables.report.escape import printable, printable_lines, readable, shell_command, shell_word
from mdtables.report.report import Report
from mdtables.tables.diff import summarize
from mdtables.tables.packed import Rows
from mdtables.text.line_diff import hunks, opcodes

_MOST_PATHS = 10  # in a command to copy
_GIT_PATTERN = re.compile(r"^:|[*?\[\\]")  # git does not take these for plain names
_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[33m", "place": "\x1b[1m", "hint": "\x1b[36m"}


def as_text(found: Diagnostic, *, color: bool = False, program: str = "mdtables") -> str:
    """Return `place: severity[code]: message`, and below it related places, the hint and the fixes.

    `program` is how the reader can run mdtables.
    """

    def paint(kind: str, text: str) -> str:
        return f"{_COLORS[kind]}{text}\x1b[0m" if color else text

    place = paint("place", printable(str(found.at)))
    head = f"{place}: {paint(found.severity, f'{found.severity}[{found.code}]')}: {readable(found.message)}"
    below = [*map(readable, found.details), *(f"  {line}" for line in _related(found.related))]
    below += [f"  {paint('hint', 'hint')}: {readable(line)}" for line in hints(found, program)]
    return "\n".join([head, *below])


def hints(found: Diagnostic, program: str = "mdtables") -> list[str]:
    """Return the hint of a diagnostic and its fixes, a line each."""
    fixes = [f"{fix.title}: {shell_command(program, fix.command)}" if fix.command else fix.title for fix in found.fixes]
    return [*([found.hint] if found.hint else []), *fixes]


def message_with_hints(found: Diagnostic) -> str:
    """Return the message of a diagnostic with its details and its hints, a line each, fit to be shown."""
    return "\n".join(map(readable, [found.message, *found.details, *hints(found)]))


def _related(related: Sequence[Related]) -> list[str]:
    """Return a line for each message, with all of its places."""
    places: dict[str, list[str]] = {}
    for each in related:
        places.setdefault(each.message, []).append(printable(str(each.at)))
    return [readable(f"{message}: {', '.join(found)}") for message, found in places.items()]


def summary(report: Report, program: str = "mdtables") -> str:
    """Return a line that counts documents and, if stale ones were not written, a line with the command to fix them."""
    counts = [
        (len(report.stale), "fixed" if report.wrote else "stale"),
        (report.seen - len(report.stale) - len(report.failed), "unchanged"),
        (len(report.failed), "with errors, not written" if report.wrote else "with errors"),
    ]
    parts = [f"{count} {what}" for count, what in counts if count > 0]
    some = f"{report.seen} document{'s' * (report.seen != 1)}"
    line = f"{some}: {', '.join(parts)}" if report.stale or report.failed else f"{some}, nothing to do"
    if report.stale and not report.wrote:
        paths = " ".join(shell_word(outcome.path) for outcome in report.stale[:_MOST_PATHS])
        return f"{line}\nrun: {program} fix {paths}{' …' if len(report.stale) > _MOST_PATHS else ''}"
    return line


def next_step(rewritten: int, paths: Sequence[str], *, has_errors: bool, has_staged: bool = False) -> str:
    """Return one line that tells how to commit so many rewritten documents, with the files at these paths.

    `has_staged` says that some of these are not documents, but what the stopped commit had staged.
    """
    if not rewritten:
        return ""
    is_plain = all(path.isprintable() and not _GIT_PATTERN.search(path) for path in paths)
    others = "them and all that this commit had staged" if has_staged else "them"
    what = " ".join(map(shell_word, paths)) if is_plain and len(paths) <= _MOST_PATHS else others
    then = "fix the errors above, then commit again" if has_errors else "then commit again"
    return f"{rewritten} document{'s' * (rewritten != 1)} regenerated: git add {what}, {then}\n"


def changes(outcome: Outcome) -> list[str]:
    """Return a line for each stale sourced region: what would change in its data."""
    return [
        f"{printable(outcome.path)}:{region.at.line}: {readable(_change(region))}"
        for region in outcome.regions
        if region.state == "stale" and region.options.source
    ]


def _change(region: RegionOutcome) -> str:
    if region.current is None:
        rows = len(region.generated.rows) if region.generated else 0
        return f"+{rows} row{'s' * (rows != 1)}"
    if region.difference is None:
        return "only the layout"
    return "only the spelling of cells" if region.difference.is_empty else summarize(region.difference)


def diff(outcome: Outcome) -> str:
    """Return a unified diff of a document; "" if it would not change."""
    if not outcome.stale:
        return ""
    return diff_of(printable(outcome.path), outcome.old, outcome.new)


def diff_of(name: str, before: str, after: str) -> str:
    """Return a unified diff of two texts of one file."""
    old, new = (_lines(text) for text in (before, after))
    changed = [line for hunk in _hunks(old, new) for line in hunk]
    if not changed:
        return ""
    lines = [f"--- {name}\n", f"+++ {name}\n", *changed]
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of each hunk: what changed, with three lines of context."""
    for group in hunks(opcodes(old, new)):
        spans = (group[0][1], group[-1][2]), (group[0][3], group[-1][4])
        begins = "{} +{}".format(*(_span(*span) for span in spans))
        lines = [f"@@ -{begins} @@\n"]
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                lines += [f" {line}" for line in old[old_start:old_end]]
            else:
                lines += [f"-{line}" for line in old[old_start:old_end]]
                lines += [f"+{line}" for line in new[new_start:new_end]]
        yield lines


def _span(start: int, end: int) -> str:
    """Return lines as a unified diff counts them: from 1, and from the line above an empty span."""
    count = end - start
    first = start + 1 if count else start
    return str(first) if count == 1 else f"{first},{count}"


def new_file(path: str, data: bytes) -> str:
    """Return a unified diff of a file that does not exist yet."""
    lines = _lines(data.decode())
    return f"--- /dev/null\n+++ {path}\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}" for line in lines)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def region_list(outcomes: Sequence[Outcome], *, with_code: bool = False) -> str:
    """Return every region with its place, its source and its state, as a table for a terminal.

    With `with_code`, the markers that are text because they are in code are listed too.
    """
    rows = [
        [printable(f"{o.path}:{r.at.line}"), printable(str(r.options.source or "(bare)")), r.state]
        for o in outcomes
        for r in o.regions
    ]
    if with_code:
        rows += [[printable(f"{o.path}:{at.line}"), "(marker)", "in code"] for o in outcomes for at in o.in_code]
    return tabulated(Table(["Region", "Source", "State"], [list(row) for row in rows]), "simple", "") if rows else ""


def formats() -> list[str]:
    from tabulate import tabulate_formats

    return list(tabulate_formats)


def tabulated(table: Table, form: str, null: str) -> str:
    """Return a table in one of tabulate's formats, with every value as text. Raise PaddingError."""
    from tabulate import tabulate

    shown = Rows.view(len(table.header), table.rows)
    columns = [
        [name, *cells] for name, cells in zip(table.header, shown.columns_at(range(len(table.header))), strict=True)
    ]
    check_padding([max(map(len, cells)) for cells in columns], shown)
    align = {"none": "left", "left": "left", "right": "right", "center": "center"}
    rows = [[null if cell is None else printable_lines(cell) for cell in row] for row in table.rows]
    text = tabulate(
        rows,
        headers=[printable_lines(name) for name in table.header],
        tablefmt=form,
        disable_numparse=True,
        colalign=[align[a] for a in table.align] if rows and table.align else None,
    )
    return text + "\n"
