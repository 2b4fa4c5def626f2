"""Fuzz targets: one function for each part that reads user input.

Each takes bytes and raises an error if a promise is broken.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from mdtables.document.hand_written import hand_written
from mdtables.document.parse import parse, tables_of
from mdtables.model.diagnostics import Diagnostic, Locate
from mdtables.model.errors import MdtablesError
from mdtables.model.option_values import Source
from mdtables.model.options import DEFAULTS, SPECS, Options
from mdtables.model.policy import DEFAULT_POLICY
from mdtables.model.table import Changes, Table
from mdtables.pipelines.extract import extract
from mdtables.pipelines.merge import merged
from mdtables.pipelines.outcome import Outcome
from mdtables.pipelines.pull import invert, is_applied
from mdtables.pipelines.regenerate import regenerate
from mdtables.report import text as report_text
from mdtables.report.github import as_github
from mdtables.report.json_report import as_json
from mdtables.report.report import Report
from mdtables.report.sarif import as_sarif
from mdtables.sources import FORMATS, FRONT_MATTER
from mdtables.workspace.config import read_settings
from tests.conftest import text_outside_regions

SEPARATOR = b"\x1d"  # between a document and its source, or the versions of a text
MODULES = {**FORMATS, ".md": FRONT_MATTER}
DOTTED = SPECS["columns"].parse("a, a.b, a.0, a.'b.c'.d")


def document(data: bytes) -> None:
    """Fix a document twice, using one source for all its regions, then extract every table that can be extracted."""
    written, _, source = data.partition(SEPARATOR)
    text = written.decode(errors="replace")

    def load(options: Options, locate: Locate) -> tuple[Table, Sequence[Diagnostic]]:
        assert options.source
        suffix = os.path.splitext(options.source.path)[1]
        module = FORMATS[suffix if suffix in FORMATS else ".csv"].load()
        return module.read(source, options.source.path, options, None), ()

    once = regenerate(text, "a.md", load)
    again = regenerate(once.new, "a.md", load)
    assert text_outside_regions(once.new) == text_outside_regions(text), "a byte outside of the regions changed"
    assert again.new == once.new, "a second run changes something"
    assert again.failed == once.failed, "a second run fails differently"
    _check_outcome(once)
    wanted = [(candidate, f"{number}.csv") for number, candidate in enumerate(hand_written(text, "a.md"))]
    if wanted:
        extraction = extract(wanted, DEFAULT_POLICY, lambda table, _, __: table)
        assert extraction.moved or extraction.problems, "a table is neither moved nor is there a reason"
        if extraction.moved:
            assert parse(extraction.outcome.new, "a.md").regions, "the extracted table's region is gone"


def _check_outcome(outcome: Outcome) -> None:
    assert not (outcome.failed and outcome.stale), "a document with an error would be written"
    for found in outcome.diagnostics:
        assert found.message, f"{found.code} has no message"
        assert found.at.line > 0 or found.at.path != "a.md", f"{found.code} has no location"
        report_text.as_text(found)
    for region in outcome.regions:
        assert region.state != "broken" or outcome.failed, "a broken region without an error"
    report = Report([outcome], 1)
    as_json(report, with_diff=False)
    as_github(report, folder="", with_stale=True, with_diff=True)
    as_sarif(report, folder="", with_stale=True)
    report_text.region_list([outcome])


def edit(data: bytes) -> None:
    """Edit a generated table: `pull` must apply exactly that edit to the source, or refuse it."""
    source, _, edit_text = data.partition(SEPARATOR)
    for suffix in MODULES:
        _edit(source, suffix, edit_text.decode(errors="replace").replace("\0", ""))  # sources may not contain NUL


def _edit(source: bytes, suffix: str, edit_text: str) -> None:
    options, module = Options(source=Source(f"d{suffix}")), MODULES[suffix].load()
    try:
        table = module.read(source, f"d{suffix}", options, None)
    except MdtablesError:
        return
    empty = f'<!-- TABLE_GENERATE_START source="d{suffix}" -->\n<!-- TABLE_GENERATE_END -->\n'
    once = regenerate(empty, "a.md", lambda _, __: (table, ())).new
    at, _, what = edit_text.partition(",")
    place = once.index("-->\n") + 4 + (int(at) if at.isdecimal() and len(at) < 5 else 0)
    outcome = regenerate(once[:place] + what + once[place + len(what) :], "a.md", lambda _, __: (table, ()))
    _check_outcome(outcome)
    if not outcome.only_drifted:
        return
    for region in outcome.regions:
        if region.state == "drifted":
            try:
                changes = invert(table, "d.csv", region)
                edited = module.edit(source, f"d{suffix}", options, changes)
            except MdtablesError:
                continue
            _check_edit(module.read(edited, f"d{suffix}", options, None), table, changes)


def _check_edit(after: Table, table: Table, changes: Changes) -> None:
    """Check that the edited source contains the edit and nothing else, in any order of columns.

    In YAML, columns come in the order in which rows first use them, and a column that no row uses is gone. `pull`
    refuses such edits; then the rows that were not edited must be unchanged.
    """
    if set(after.header) == set(table.header):
        order = [after.header.index(name) for name in table.header]
        rows = [[row[column] for column in order] for row in after.rows]
        assert is_applied(Table(table.header, rows), table, changes, ", "), "another edit than was asked for"
    touched = {row for row, _ in changes.cells} | set(changes.removed)
    kept = [row for number, row in enumerate(_named(table)) if number not in touched]
    found = iter(_named(after))
    assert all(row in found for row in kept), "an unedited row changed"


def _named(table: Table) -> list[dict[str, str]]:
    return [{name: cell for name, cell in zip(table.header, row, strict=True) if cell} for row in table.rows]


def source(data: bytes) -> None:
    """Read the same bytes in every format, with options that change how they are read."""
    for suffix, found in MODULES.items():
        for number, options in enumerate(
            (
                DEFAULTS,
                Options(null="-", key="k", delimiter=";", list="|"),
                Options(header=("a", "b"), encoding="cp1252", columns=DOTTED),
                Options(source=Source(f"d{suffix}", ("a", "0"))),
            )
        ):
            with suppress(MdtablesError):
                table = found.load().read(data, f"d{suffix}", options, None, is_record=number == 1)
                assert all(len(row) == len(table.header) for row in table.rows), "a ragged table"
                assert len(table.lines) == len(table.rows), "a row without a line"


def merge(data: bytes) -> None:
    """Merge three versions of a document: no byte outside regions may change."""
    texts = [each.decode(errors="replace") for each in data.split(SEPARATOR, 2)]
    base, ours, theirs = (texts * 3)[:3]
    for before, after in zip((base, ours, theirs), merged(base, ours, theirs), strict=True):
        assert text_outside_regions(after) == text_outside_regions(before), "a byte outside of the regions changed"
        old, new = parse(before, ""), parse(after, "")
        assert len(old.regions) == len(new.regions), "the number of regions changed"
        for region in new.regions:
            tables_of(new, region)


def configuration(data: bytes) -> None:
    """Read the bytes as mdtables.toml."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "mdtables.toml")
        with open(path, "wb") as file:
            file.write(data)
        with suppress(MdtablesError):
            assert read_settings(path) is not None


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (document, edit, source, merge, configuration)
}
