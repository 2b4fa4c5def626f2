"""Readers see the same cells in the hosts of the second circle, too; what each changes is known.

Tests of a missing host are skipped with a note on what it needs. With `MDTABLES_JUDGES=all` small ones must be there,
with `MDTABLES_JUDGES=second-circle` all of them. `MDTABLES_JUDGED` is the number of random tables.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mdtables import Table
from tests.judges import Judge
from tests.judges.page import Page, read
from tests.judges.second_circle import HOSTS, Host
from tests.test_judges import (
    document,
    each_position,
    markdown_problem,
    random_tables,
    random_tables_with_sentinels,
    text_problem,
)

pytestmark = pytest.mark.slow
REQUIRED = os.environ.get("MDTABLES_JUDGES")


def _is_required(host: Host) -> bool:
    return REQUIRED == "second-circle" or (REQUIRED == "all" and host.is_small)


@pytest.fixture(params=HOSTS, ids=lambda host: host.judge.name)
def host(request: pytest.FixtureRequest) -> Host:
    chosen: Host = request.param
    if not chosen.judge.is_there():
        install = f"bash tests/judges/install{'' if chosen.is_small else ' all'}"
        (pytest.fail if _is_required(chosen) else pytest.skip)(
            f"{chosen.judge.name} needs {chosen.judge.needs}: {install}"
        )
    return chosen


CHANGED = [
    ":smile:",
    ":|",
    "a_b_c",
    "a -- b",
    "'a'",
    "a\\\\b",
    "www.e.com",
    "a|b",
    "https://e.com/*%41",
    "https://e.com/a_b__c_",
    "https://e.com>",
]


def failures_of(
    host: Host, tables: Sequence[Table], cells: str, problem: Callable[[Table, Page, Judge], str]
) -> list[tuple[Table, str]]:
    """Return the tables that this host shows differently, each with a description of the problem."""
    pages = host.judge.render([document(table, f"cells={cells}", host.file) for table in tables])
    problems = (problem(table, read(page), host.judge) for table, page in zip(tables, pages, strict=True))
    return [(table, found) for table, found in zip(tables, problems, strict=True) if found]


def _has(pattern: str, table: Table) -> bool:
    cells = [*table.header, *(cell or "" for row in table.rows for cell in row)]
    return bool(pattern) and any(re.search(pattern, cell) for cell in cells)


def test_text_cells_show_the_value_in_every_position(host: Host) -> None:
    found = failures_of(host, each_position(), "text", text_problem)
    assert [problem for table, problem in found if not _has(host.changes, table)] == []


def test_random_text_tables_show_their_values(host: Host) -> None:
    found = failures_of(host, random_tables(), "text", text_problem)
    assert [problem for table, problem in found if not _has(host.changes, table)][:3] == []


def test_host_changes_what_its_entry_lists(host: Host) -> None:
    changed = [value for value in CHANGED if host.changes and re.search(host.changes, value)]
    found = failures_of(host, [Table(["a"], [[value]]) for value in changed], "text", text_problem)
    assert bool(found) == bool(host.changes)


def test_markdown_cells_keep_table_and_neighbouring_cells(host: Host) -> None:
    found = failures_of(host, random_tables_with_sentinels(), "markdown", markdown_problem)
    assert [problem for table, problem in found if not _has(host.in_markdown, table)][:3] == []


@pytest.mark.parametrize("cells", ["text", "markdown"])
def test_a_pipe_in_a_header_keeps_the_columns(cells: str, host: Host) -> None:
    """Three renderers split header cells even at an escaped pipe."""
    table = Table(["a|b", "c", "d|e"], [["1", "2", "3"]])
    page = read(host.judge.render([document(table, f"cells={cells}", host.file)])[0])
    assert page.tables == [[["a|b", "c", "d|e"], ["1", "2", "3"]]]


# --- the table of the docs --------------------------------------------------------------------------------------------


def matrix() -> list[list[str]]:
    """Return a table row per host with how many documents it rendered correctly. A missing host is an error."""
    rows = [["host", "what it is", "values", "text", "markdown", "verdict", "why"]]
    for host in HOSTS:
        right = [
            f"{len(made) - len(failures_of(host, made, cells, problem))} of {len(made)}"
            for made, cells, problem in (
                (each_position(), "text", text_problem),
                (random_tables(), "text", text_problem),
                (random_tables_with_sentinels(), "markdown", markdown_problem),
            )
        ]
        rows.append([host.judge.name, host.judge.what, *right, host.verdict, host.why])
    return rows


if __name__ == "__main__":
    data = Path(__file__).parent.parent / "docs" / "data" / "second-circle.csv"
    rows = matrix()
    with data.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
