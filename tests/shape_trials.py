"""Random edits of tables that templates, maps, conditions, groups and pivots make, pulled into their data.

The edit is made in the data first; what the table would be then is put into the document by hand, and pulled. So it is
known what the data must be afterwards: exactly that, or as it was if the edit is refused. `python -m tests.shape_trials
COUNT [SEED]` runs many; the tests run some.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import NamedTuple

from mdtables import regenerate
from mdtables.cells.encode import encode
from mdtables.commands.pull import pull
from mdtables.commands.session import start
from mdtables.model.conditions import condition_of
from mdtables.model.diagnostics import Locate
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.sources import FORMATS
from mdtables.tables.where import rows_where
from tests.trials import run_many

WORDS = ["alpha", "beta", "x y", "Zoë", "日本", "v-1", "a.b", "it's", "C#", "50%"]
ODD = [
    "a|b",
    "[x]",
    "a]b",
    "a)b(",
    "*a*",
    "a*b",
    "_u_",
    "`c`",
    "<b>",
    "&amp;",
    "$5",
    "a\\b",
    "{x}",
    "x (y)",
    "#1",
    "-",
    "~a",
]
ADDRESSES = ["https://e.com/a", "https://e.com/?q=a b", "p/a_(b).md", "x.html#y", "", "https://e.com/a|b"]
STATES = ["open", "done", "yes", "no", "other"]
COLUMNS = [
    "[{name}]({url}) as Link, {n:,} as N, state as State",
    "`{name}` as Name, ![{state}](https://e.com/{state}.svg) as Badge, n",
    "name, [{state}]({url}) as S, {n:.1f} as F",
    "**{name}** as N, {state} – {n} as T",
    "[`{name}`]({url|state}) as N, n, state",
    "{#} as No, name, <b title='{state}'>{n}</b> as H",
    "name, {day:%d %B %Y} as Day, [x](https://e.com/{name}/{n}) as X",
    "{name}{state} as Both, n",
    "name, state as State, n, url, day",
    "*, [{name}](u/{name}) as U",
]
PLACES = [  # what a random template is made of
    *(
        "{name}",
        "{name}",
        "{state}",
        "{n}",
        "{url}",
        "{day}",
        "{n:,}",
        "{n:.2f}",
        "{day:%d %B %Y}",
        "{url|state}",
        "{#}",
    ),
    *("[{name}]({url})", "[{state}](https://e.com/{name}?q={n})", "![{name}](b/{state}.svg)", "[`{n}`](a/{day})"),
    *("`{name}`", "`{state} {n}`", "**{name}**", "*{state}*", "<b title='{name}'>{n}</b>", "<kbd>{state}</kbd>"),
    *("[x](https://e.com '{name}')", "<img src='{url}'>"),
]
BETWEEN = ["", " ", " – ", "-", "/", " by ", ": ", "<br>", " (", "|", "x"]
ENDS = ["", "", "", "v", "~", " MB", ")", "!", "."]
MAPS = ["", "open=🟢, done=✅", "state: yes=✔, no=✘, *=?", "State: open=x, done=x", "state: open=*o*, done= d"]
WHERES = ["", "state != 'no'", "state = 'open'", "n >= 100 or state in ('done', 'yes')", "name is not empty"]
SORTS = ["", "name", "-n", "state(done, *), name:i", "name:natural"]


class Trial(NamedTuple):
    """A file with a table, and the options of a region that shows it."""

    name: str
    header: list[str]
    rows: list[list[str]]
    options: str


def run(seed: int, folder: Path) -> str:
    """Run one trial; return what came of it."""
    chance = random.Random(seed)
    trial = random_trial(chance)
    wanted = random_edit(chance, trial)
    before, after = (generated(trial, rows) for rows in (trial.rows, wanted))
    if before is None or after is None or before == after or not is_visible(trial, wanted) or has_twins(trial, before):
        return "nothing to edit"
    data, document = folder / trial.name, folder / "a.md"
    (folder / "mdtables.toml").touch()
    text = written(trial, trial.rows)
    data.write_bytes(text.encode())
    end = re.compile(r"<!-- TABLE_GENERATE_END.*")
    edited = end.sub(lambda _: end.findall(before)[0], after)  # the checksum of what mdtables wrote
    document.write_text(edited)
    pulled, outcomes = pull([str(document)], start(str(folder)), write=True)
    found = data.read_bytes().decode()
    problems = [each.message for outcome in outcomes for each in outcome.diagnostics if each.is_error]
    why = (seed, trial, wanted, before, edited, found, problems)
    if not pulled:
        assert found == text, why
        assert problems, why
        return "refused"
    assert not start(str(folder)).check(str(document), document.read_bytes()).stale, why
    assert same(trial, read(trial, found), wanted), why
    return "pulled"


def has_twins(trial: Trial, document: str) -> bool:
    """Return True if rows look the same, but for their numbers: an edit of one of them may be that of the other."""
    rows = [line for line in table_of(document) if line.startswith("|") and line.strip("| ")]
    if "{#}" in trial.options:
        rows = [re.sub(r"\d+", "", line) for line in rows]
    return len(rows) > len(set(rows))


def is_visible(trial: Trial, wanted: list[list[str]]) -> bool:
    """Return True if every row that is edited, added or removed is shown, before and after."""
    hidden = [
        [row for number, row in enumerate(rows) if number not in shown(trial, rows)] for rows in (trial.rows, wanted)
    ]
    return sorted(hidden[0]) == sorted(hidden[1])


def shown(trial: Trial, rows: list[list[str]]) -> set[int]:
    """Return the indexes of the rows that meet the condition."""
    found = re.search('where="([^"]*)"', trial.options)
    if not found:
        return set(range(len(rows)))
    return set(
        rows_where(Table(trial.header, rows), condition_of(found[1]), {n: i for i, n in enumerate(trial.header)}, "")
    )


def same(trial: Trial, found: list[list[str]], wanted: list[list[str]]) -> bool:
    """Return True if the data shows what was wanted, and has nothing but old cells and those that were wanted."""
    trial = trial._replace(rows=_unescaped(trial.rows))
    found, wanted = _unescaped(found), _unescaped(wanted)
    if "pivot" in trial.options:  # a cell that was emptied is a row without a value
        found, wanted = ([row for row in rows if row[2]] for rows in (found, wanted))
        cells = ([[encode(value, "markdown") for value in row] for row in rows] for rows in (found, wanted))
        one, other = map(sorted, cells)
        return one == other
    if len(found) != len(wanted) or table_of(generated(trial, found)) != table_of(generated(trial, wanted)):
        return False
    kept = [row for row in wanted if row in trial.rows]
    others = [row for row in wanted if row not in trial.rows]
    new = list(found)
    for row in kept:
        if row not in new:
            return False
        new.remove(row)
    hidden = [c for c, name in enumerate(trial.header) if name not in trial.options and "*," not in trial.options]
    for _ in others:
        olds = [{"", *(old[column] for old in trial.rows)} for column in hidden]
        match = next((each for each in new if all(each[c] in old for c, old in zip(hidden, olds, strict=True))), None)
        if match is None:
            return False
        new.remove(match)
    return True


def _unescaped(rows: list[list[str]]) -> list[list[str]]:
    """Return rows in which a character has one spelling: `&amp;` in a cell may mean `&` as well."""
    return [[unescape(cell) for cell in row] for row in rows]


def table_of(document: str | None) -> list[str]:
    """Return the lines of a document, without numbers and checksums, which depend on the place of rows."""
    lines = re.sub(r"checksum=.*|(?m:^\| +\d+ +\|)", "", document or "").split("\n")
    return sorted(re.sub(r"[ :-]+", " ", unescape(line)) for line in lines)


def generated(trial: Trial, rows: list[list[str]]) -> str | None:
    """Return the document that mdtables makes of some rows, None where it cannot."""
    table = FORMATS[Path(trial.name).suffix].load().read(written(trial, rows).encode(), trial.name, Options(), None)

    def load(options: Options, locate: Locate) -> tuple[Table, Sequence[object]]:
        return table, ()

    marked = f"# T\n\n<!-- TABLE_GENERATE_START source={trial.name} {trial.options} -->\n<!-- TABLE_GENERATE_END -->\n"
    outcome = regenerate(marked, "a.md", load)  # type: ignore[arg-type]  # no warnings
    return None if outcome.failed else outcome.new


def written(trial: Trial, rows: list[list[str]]) -> str:
    if trial.name.endswith(".json"):
        return json.dumps([dict(zip(trial.header, row, strict=True)) for row in rows], indent=1, ensure_ascii=False)
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([trial.header, *rows])
    return made.getvalue()


def read(trial: Trial, text: str) -> list[list[str]]:
    if trial.name.endswith(".json"):
        return [[row.get(name) or "" for name in trial.header] for row in json.loads(text)]
    return list(csv.reader(io.StringIO(text)))[1:]


def random_trial(chance: random.Random) -> Trial:
    name = chance.choice(["d.csv", "d.json"])
    if chance.random() < 0.2:
        return _pivoted(chance, name)
    header = ["name", "url", "n", "state", "day"]
    keys = chance.sample([*WORDS, *ODD], chance.randint(2, 6))
    rows = [[key, *_values(chance)] for key in keys]
    options = {
        "columns": chance.choice(COLUMNS) if chance.random() < 0.4 else random_columns(chance),
        "map": chance.choice(MAPS),
        "where": chance.choice(WHERES),
        "sort": chance.choice(SORTS),
        "group": chance.choice(["", "", "state"]),
        "caption": chance.choice(
            ["", "{rows} of {all}, {rows where n > 9} of them large", "{distinct n} in {distinct name}"]
        ),
        "note": chance.choice(["", "That is {all}."]),
        "null": chance.choice(["", "–"]),
        "cells": chance.choice(["markdown", "text"]),
    }
    if options["group"]:
        options["heading"] = chance.choice(["{state} ({rows})", "### {state}"])
    return Trial(name, header, rows, " ".join(f'{key}="{value}"' for key, value in options.items() if value))


def random_columns(chance: random.Random) -> str:
    """Return a value of `columns` with one or two random templates."""
    columns = [f"{random_template(chance)} as C{number}" for number in range(chance.randint(1, 2))]
    columns += chance.sample(["name", "state as State", "n", "url", "day"], chance.randint(0, 3))
    chance.shuffle(columns)
    return ", ".join(columns)


def random_template(chance: random.Random) -> str:
    places = [chance.choice(PLACES) for _ in range(chance.randint(1, 3))]
    made = places[0] + "".join(chance.choice(BETWEEN) + place for place in places[1:])
    return chance.choice(["", "", "x ", "("]) + made + chance.choice(ENDS)


def _values(chance: random.Random) -> list[str]:
    number = chance.choice(["1", "12", "1234", "1234567", "0.5", "7.25", "n/a", ""])
    day = chance.choice(["2020-01-02", "2021-12-31", "soon", ""])
    return [chance.choice(ADDRESSES), number, chance.choice(STATES), day]


def _pivoted(chance: random.Random, name: str) -> Trial:
    rows = [
        [feature, engine, chance.choice(["yes", "no", "1", "a|b"])]
        for feature in chance.sample(WORDS, 3)
        for engine in ("chrome", "firefox", "web kit")
        if chance.random() < 0.7
    ]
    chance.shuffle(rows)
    options = f'pivot="engine: support" map="{chance.choice(["yes=✅, no=❌", "yes=x, no=y"])}" null="?"'
    return Trial(name, ["feature", "engine", "support"], rows or [["a", "chrome", "yes"]], options)


def random_edit(chance: random.Random, trial: Trial) -> list[list[str]]:
    """Return the rows with a few cells changed, a row added, or a row removed."""
    rows = [list(row) for row in trial.rows]
    what = chance.random()
    if what < 0.15 and len(rows) > 1:
        rows.pop(chance.randrange(len(rows)))
    elif what < 0.3:
        new = [f"new {chance.randrange(9)}", *_values(chance)] if len(trial.header) > 3 else ["new", "chrome", "yes"]
        rows.insert(chance.randrange(len(rows) + 1), new)
    else:
        for _ in range(chance.randint(1, 3)):
            row, column = chance.randrange(len(rows)), chance.randrange(len(trial.header))
            rows[row][column] = _other(chance, trial, column)
    return rows


def _other(chance: random.Random, trial: Trial, column: int) -> str:
    if trial.header[column] in ("url", "n", "state", "day"):
        return _values(chance)[["url", "n", "state", "day"].index(trial.header[column])]
    if trial.header[column] == "support":
        return chance.choice(["yes", "no", "2", ""])
    if trial.header[column] == "engine":
        return chance.choice(["chrome", "firefox", "web kit"])
    return chance.choice([*WORDS, *ODD, "new"])


if __name__ == "__main__":
    sys.exit(run_many(run))
