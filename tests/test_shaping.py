"""Regions that filter, compute and group: written, checked, pulled, extracted and merged as people see them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from mdtables import regenerate
from mdtables.cells.canonical import canonical
from mdtables.cells.templates import Composer
from mdtables.integrations.mkdocs.page_tables import ATTRIBUTE, with_accessible_tables
from mdtables.model.diagnostics import Location
from mdtables.model.options import SPECS, Options
from mdtables.model.table import Table
from mdtables.model.templates import template_of
from mdtables.pipelines.merge import merged
from mdtables.tables.formats import formatted, unformatted
from mdtables.tables.merge_order import merged_order
from mdtables.tables.shape import shape
from tests import merge_trials, shape_trials
from tests.conftest import Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str], Path]

TOOLS = """\
name,url,repo,stars,status,category,share
ruff,https://astral.sh/ruff,,31000,stable,Linters,0.125
black,,https://github.com/psf/black,39000,stable,Formatters,0.5
pylint,https://pylint.org,,5000,beta,Linters,0.25
"""
LINKS = 'source="d.csv" columns="[{name}]({url|repo}) as Tool, {stars:,} as Stars, status as Status"'


def edited(run: Run, write: Write, data: str, options: str, *swaps: tuple[str, str], name: str = "d.csv") -> Ran:
    """Fix a document with this region, edit it by hand, and pull."""
    write(name, data)
    document = write("a.md", f"# T\n\n{sourced(options)}")
    assert run("fix", "a.md").status == 0
    text = document.read_text()
    for old, new in swaps:
        assert old in text, text
        text = text.replace(old, new)
    document.write_text(text)
    return run("pull", "a.md")


@pytest.mark.parametrize("seed", range(300))
def test_random_edits_are_in_the_data_or_refused(seed: int, tmp_path: Path) -> None:
    shape_trials.run(seed, tmp_path)


# --- pull through templates, maps, conditions -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (("[ruff](https://astral.sh/ruff)", "[Ruff](https://astral.sh/ruff)"), ("ruff,", "Ruff,")),
        (("https://astral.sh/ruff", "https://x.y/r%20s"), ("https://astral.sh/ruff", "https://x.y/r%20s")),
        (("31,000", "31,001"), ("31000", "31001")),
    ],
)
def test_edit_of_a_template_changes_one_value(
    swap: tuple[str, str], expected: tuple[str, str], run: Run, write: Write, tmp_path: Path
) -> None:
    done = edited(run, write, TOOLS, f'{LINKS} where="stars > 100"', swap)
    assert done.status == 0, done.err + done.out
    assert (tmp_path / "d.csv").read_text() == TOOLS.replace(*expected, 1)
    assert run("check", "a.md").status == 0


REFUSED = {
    "cannot make this cell in exactly one way": (
        LINKS,
        ("[ruff](https://astral.sh/ruff)", "[ruff](https://astral.sh/ruff"),
    ),
    'may belong to "url" or "repo"': (LINKS, ("https://github.com/psf/black", "https://x.y")),
    'this column shows "6000" as "6,000"': (LINKS, ("5,000", "6000")),
    'this column shows "1%" as "1.00%"': ('source="d.csv" columns="name, {share:.2%} as S"', ("50.00%", "1%")),
    '"many" does not fit the format': (LINKS, ("5,000", "many")),
    'value is 0.125, and "12%" shows only a part': (
        'source="d.csv" columns="name, {share:.0%} as S"',
        ("12%", "13%"),
    ),
    "edit it at d.csv:2": (f"{LINKS} where=\"status = 'stable'\"", ("stable |", "beta |")),
    "is shown for several values": ('source="d.csv" key=url map="name: ruff=x, black=x"', ("| pylint ", "| x ")),
    "is shown for all other values": ('source="d.csv" map="status: stable=✅, *=?"', ("| ✅     |", "| ?     |")),
    "the number of a row was edited": ('source="d.csv" columns="{#} as No, name"', ("|   2 |", "|   7 |")),
    "the caption was edited": (f'{LINKS} caption="{{rows}} tools"', ("3 tools", "4 tools")),
    'the heading "## Linter" was added or edited': (f'{LINKS} group="category"', ("## Linters", "## Linter")),
}


@pytest.mark.parametrize("message", REFUSED)
def test_edit_with_more_than_one_meaning_is_refused(message: str, run: Run, write: Write, tmp_path: Path) -> None:
    options, swap = REFUSED[message]
    done = edited(run, write, TOOLS, options, swap)
    assert done.status == 2
    assert message in done.err + done.out
    assert (tmp_path / "d.csv").read_text() == TOOLS


KEPT = [
    ("**{u}**", r"C:\dir x", ("x", "z"), r"C:\dir z"),
    ("**{u}**", r"x*y_\z<q&amp;", ("x", "w"), r"w*y_\z<q&amp;"),
    ("({u})", "l1\nl2 x", ("x", "z"), "l1\nl2 z"),
    ("({u})", "l1  l2 x", ("x", "z"), "l1  l2 z"),
    ("[{u}](y)", r"an \[em\] x", ("] x", "] z"), r"an \[em\] z"),
    ("[{k}](https://e/{u}?q={k})", "x#y", ("y?", "q?"), "x#q"),
    ("[{k}](https://e/{u})", "x y", ("y)", "q)"), "x q"),
    ("[k]({u} '{k}')", "a", ("[k](a 'k1')", "k"), ""),
    ("![i](b.svg?x={u})", "x y&z", ("z)", "w)"), "x y&w"),
    ("<a href='{u}'>{k}</a>", "x y", ("y'", "z'"), "x z"),
    ("{u} MB", "2", ("2 MB", "5 MB"), "5"),
    ("v {u}", "2", ("v 2", "v 5"), "5"),
    ("{u} - {k}", "2", ("2 - ", "5 - "), "5"),
    ("{k} by {u}", "2", ("by 2", "by 5"), "5"),
]


@pytest.mark.parametrize(("template", "value", "swap", "expected"), KEPT)
def test_edit_of_a_template_keeps_the_spelling_of_what_was_not_edited(
    template: str, value: str, swap: tuple[str, str], expected: str, run: Run, write: Write, tmp_path: Path
) -> None:
    def data(value: str) -> str:
        return json.dumps([{"k": "k1", "u": value}], indent=2)

    done = edited(run, write, data(value), f'source="d.json" columns="{template} as X, k"', swap, name="d.json")
    assert done.status == 0, done.err + done.out
    assert json.loads((tmp_path / "d.json").read_text()) == json.loads(data(expected))


@pytest.mark.parametrize("swap", [("[a]", "[b]"), ("(data/x.md)", "(data/y.md)"), ("(data/x.md)", "(z.md)")])
def test_address_from_another_folder_is_pulled_as_it_is_in_the_data(
    swap: tuple[str, str], run: Run, write: Write, tmp_path: Path
) -> None:
    options = 'source="data/d.csv" columns="[{k}]({u}) as L, n" links=rebase key=n'
    done = edited(run, write, "k,u,n\na,x.md,1\n", options, swap, name="data/d.csv")
    assert done.status == 0, done.err + done.out
    expected = {"[b]": "b,x.md,1", "(data/y.md)": "a,y.md,1", "(z.md)": "a,../z.md,1"}[swap[1]]
    assert (tmp_path / "data/d.csv").read_text() == f"k,u,n\n{expected}\n"


def test_cell_that_could_be_divided_in_two_ways_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    data = "id,a,c\nk,,two words\n"
    done = edited(run, write, data, 'source=d.csv columns="id, {a} {c} as X"', ("two words", "twoN w   "))
    assert (done.status, (tmp_path / "d.csv").read_text()) == (2, data)


def test_new_row_gets_what_the_condition_fixes(run: Run, write: Write, tmp_path: Path) -> None:
    options = 'source="d.csv" columns="name, stars" where="status = \'stable\' and category = \'Linters\'"'
    done = edited(
        run,
        write,
        "name,stars,status,category\nruff,1,stable,Linters\n",
        options,
        ("|     1 |\n", "|     1 |\n| new | 2 |\n"),
    )
    assert done.status == 0, done.out + done.err
    assert (tmp_path / "d.csv").read_text().endswith("\nnew,2,stable,Linters\n")


def test_row_with_the_key_of_a_hidden_one_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    data = "k,a\n1,A\n3,E\n"
    done = edited(run, write, data, "source=d.csv where=\"a != 'E'\"", ("A   |\n", "A   |\n|   3 | X |\n"))
    assert (done.status, (tmp_path / "d.csv").read_text()) == (2, data)
    assert "d.csv:3" in done.out + done.err


def test_number_of_a_row_does_not_tell_which_row_it_is(run: Run, write: Write, tmp_path: Path) -> None:
    data = "k,a\nx,p\ny,q\nz,r\n"
    swaps = ("| 2: q |\n", ""), ("3: r", "2: r")
    done = edited(run, write, data, 'source=d.csv columns="{#}: {a} as X"', *swaps)
    assert (done.status, (tmp_path / "d.csv").read_text()) == (2, data)
    assert "no column identifies rows uniquely" in done.out
    swaps = ("1: p", "1: q"), ("2: q", "2: p")
    assert edited(run, write, data, 'source=d.csv columns="{#}: {a} as X"', *swaps).status == 2
    assert (tmp_path / "d.csv").read_text() == data
    assert edited(run, write, data, 'source=d.csv columns="{#}: {a} as X, k"', ("3: r", "3: R")).status == 0
    assert (tmp_path / "d.csv").read_text() == data.replace("z,r", "z,R")


def test_elements_of_a_list_are_pulled_one_by_one(run: Run, write: Write, tmp_path: Path) -> None:
    data = json.dumps([{"name": "a", "tags": ["cli", "web"]}, {"name": "b", "tags": ["x"]}])
    options = 'source="d.json" columns="name, [{tags}](https://e.com/{tags}) as Tags" list=" · "'
    swap = ("[web](https://e.com/web)", "[api](https://e.com/api) · [web](https://e.com/web)")
    assert edited(run, write, data, options, swap, name="d.json").status == 0
    assert json.loads((tmp_path / "d.json").read_text())[0]["tags"] == ["cli", "api", "web"]


def test_value_that_stands_twice_is_edited_in_both_places(run: Run, write: Write, tmp_path: Path) -> None:
    options = 'source="d.csv" columns="name, ![{status}](https://e.com/{status}.svg) as Badge"'
    one = ("![beta](https://e.com/beta.svg)", "![gone](https://e.com/beta.svg)")
    assert edited(run, write, TOOLS, options, one).status == 2
    both = ("![beta](https://e.com/beta.svg)", "![gone](https://e.com/gone.svg)")
    assert edited(run, write, TOOLS, options, both).status == 0
    assert (tmp_path / "d.csv").read_text() == TOOLS.replace("beta", "gone")


def test_template_that_shows_the_key_may_show_another_address(run: Run, write: Write, tmp_path: Path) -> None:
    options = 'source="d.csv" columns="[{name}]({url}) as Tool, stars"'
    done = edited(run, write, TOOLS, options, ("https://pylint.org", "https://pylint.dev"))
    assert done.status == 0, done.out + done.err
    assert (tmp_path / "d.csv").read_text() == TOOLS.replace("https://pylint.org", "https://pylint.dev")


# --- groups and pivots ------------------------------------------------------------------------------------------------

GROUPED = 'source="d.csv" group="category" columns="name, stars" heading="{category} ({rows})"'


def test_row_below_another_heading_has_that_value(run: Run, write: Write, tmp_path: Path) -> None:
    done = edited(
        run,
        write,
        TOOLS,
        GROUPED,
        ("| pylint |  5000 |\n", ""),
        ("| black | 39000 |\n", "| black | 39000 |\n| pylint | 5000 |\n"),
    )
    assert done.status == 0, done.out + done.err
    assert (tmp_path / "d.csv").read_text() == TOOLS.replace("beta,Linters", "beta,Formatters")
    assert "## Formatters (2)" in (tmp_path / "a.md").read_text()


def test_new_row_below_a_heading_goes_below_its_neighbour(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    data = "name,cat\na,x\nb,y\nc,x\n"
    done = edited(run, write, data, "source=d.csv group=cat", ("| a    |\n", "| a    |\n| n |\n"))
    assert done.status == 0, done.out + done.err
    assert (tmp_path / "d.csv").read_text() == "name,cat\na,x\nn,x\nb,y\nc,x\n"


@pytest.mark.parametrize(
    "swap",
    [
        ("## Linters (2)", "## Linters (3)"),
        ("## Linters (2)", "Prose.\n\n## Linters (2)"),
        ("| pylint |  5000 |\n", ""),
    ],
)
def test_hand_edit_of_a_grouped_region_is_never_overwritten(
    swap: tuple[str, str], run: Run, write: Write, tmp_path: Path
) -> None:
    write("d.csv", TOOLS)
    document = write("a.md", f"# T\n\n{sourced(GROUPED)}")
    run("fix", "a.md")
    document.write_text(document.read_text().replace(*swap))
    before = document.read_text()
    for data in (TOOLS, TOOLS + "new,,,1,beta,Linters,1\n"):
        write("d.csv", data)
        assert run("fix", "a.md").status == 2
        assert document.read_text() == before


def test_group_that_leaves_no_columns_is_an_error(run: Run, write: Write) -> None:
    write("d.csv", "a\n1\n")
    write("a.md", sourced("source=d.csv group=a"))
    assert 'there are no columns left to show beside "a"' in run("fix", "a.md").out


@pytest.mark.parametrize(
    ("above", "mark"),
    [
        ("# T", "##"),
        ("T\n===", "##"),
        ("# T\n\nU\n---", "###"),
        ("# T\n\n> quote\n---", "##"),
        ("# T\n\n* item\n---", "##"),
        ("# T\n\n> U\n> ---", "###"),
        ("# T\n\n1. item\n===", "##"),
    ],
)
def test_level_of_groups_is_below_that_of_the_heading_above(above: str, mark: str, run: Run, write: Write) -> None:
    write("d.csv", "a,b\n1,x\n")
    document = write("a.md", f"{above}\n\n{sourced('source=d.csv group=b')}")
    assert run("fix", "a.md").status == 0
    assert f"\n{mark} x\n" in document.read_text()


@pytest.mark.parametrize("option", ["key", "sort", "group", "columns"])
def test_column_of_many_marks_is_unknown_at_once(option: str, run: Run, write: Write) -> None:
    write("d.csv", "a\n1\n")
    write("a.md", sourced(f'source=d.csv {option}="{"> " * 1000}x"'))
    assert "unknown-column" in run("fix", "a.md").out


@pytest.mark.parametrize("options", [GROUPED, "source=d.csv", 'source=d.csv caption="{rows} rows" note="Done."'])
@pytest.mark.parametrize("later", [GROUPED, "source=d.csv", 'source=d.csv caption="{all}"'])
def test_options_can_change_while_nothing_was_edited(options: str, later: str, run: Run, write: Write) -> None:
    write("d.csv", TOOLS)
    document = write("a.md", f"# T\n\n{sourced(options)}")
    assert run("fix", "a.md").status == 0
    document.write_text(document.read_text().replace(f"START {options} ", f"START {later} "))
    assert run("fix", "a.md").status == 0
    once = document.read_text()
    document.write_text(f"# T\n\n{sourced(later)}")
    assert run("fix", "a.md").status == 0
    assert document.read_text() == once


PIVOT = 'source="d.csv" pivot="engine: support" null="?"'
SUPPORT = "feature,engine,support\ngrid,A,yes\ngrid,B,no\nflex,A,yes\n"


@pytest.mark.parametrize(
    ("swap", "expected"),
    [
        (("| no  |", "| maybe |"), SUPPORT.replace("no", "maybe")),
        (("| ?   |", "| yes |"), SUPPORT + "flex,B,yes\n"),
        (("| no  |", "| ?  |"), SUPPORT.replace("no", "")),
        (("| grid    |", "| Grid |"), SUPPORT.replace("grid", "Grid")),
        (("| flex    | yes | ?   |\n", ""), SUPPORT.replace("flex,A,yes\n", "")),
        (("| ?   |\n", "| ?   |\n| new | ? | yes |\n"), SUPPORT + "new,B,yes\n"),
    ],
)
def test_edit_of_a_pivoted_table_is_one_value_or_row(
    swap: tuple[str, str], expected: str, run: Run, write: Write, tmp_path: Path
) -> None:
    done = edited(run, write, SUPPORT, PIVOT, swap)
    assert done.status == 0, done.out + done.err
    assert (tmp_path / "d.csv").read_text() == expected


def test_pivot_that_would_get_two_values_from_a_hidden_row_is_refused(run: Run, write: Write, tmp_path: Path) -> None:
    options = f"{PIVOT} where=\"support != 'no'\""
    data = SUPPORT + "flex,B,yes\n"
    done = edited(run, write, data, options, ("| ?   |", "| yes |"))
    assert (done.status, (tmp_path / "d.csv").read_text()) == (2, data)


# --- extract and merge ------------------------------------------------------------------------------------------------

SECTIONS = """\
# All

## Tools

### A

| n   |   v |
| --- | --: |
| a   |   1 |

### B *c*

| n   |   v |
| --- | --: |
| b   |   2 |
"""


@pytest.mark.parametrize("words", [["--table", "tools"], ["--all"], ["--table", "5"]])
def test_section_of_equal_tables_becomes_one_file(words: list[str], run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    document = write("a.md", SECTIONS)
    assert run("extract", "a.md", *words).status == 0
    assert (tmp_path / "data/tools.csv").read_text() == "section,n,v\nA,a,1\nB *c*,b,2\n"
    text = document.read_text()
    assert [line for line in text.splitlines() if "TABLE_GENERATE" not in line and line] == [
        line for line in SECTIONS.splitlines() if line
    ]
    assert run("check", "a.md").status == 0


def test_bare_region_with_equal_tables_becomes_one_file(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    head, _, body = SECTIONS.partition("### A")
    write("a.md", f"{head}<!-- TABLE_GENERATE_START -->\n\n### A{body}\n<!-- TABLE_GENERATE_END -->\n")
    assert run("extract", "a.md").status == 0
    assert (tmp_path / "data/tools.csv").read_text() == "section,n,v\nA,a,1\nB *c*,b,2\n"
    assert run("check", "a.md").status == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("| b   |   2 |\n", "| b   |   2 |\n{: .x}\n"),
        ("### B *c*", "Text.\n\n### B *c*"),
        ("### B *c*", "#### B *c*"),
        ("| n   |   v |\n| --- | --: |\n| b", "| N   |   v |\n| --- | --: |\n| b"),
        ("| --- | --: |\n| b", "| --- | --- |\n| b"),
        ("### B *c*", "### A"),
    ],
)
def test_tables_that_differ_are_no_section(old: str, new: str, run: Run, write: Write) -> None:
    write("mdtables.toml", "")
    write("a.md", SECTIONS.replace(old, new, 1))
    assert "tables with the same columns" not in run("extract", "--list", "a.md").out


def test_number_sign_at_the_end_of_a_heading_is_part_of_it(run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    document = write("a.md", SECTIONS.replace("### A", "### C#"))
    assert run("extract", "a.md", "--table", "tools").status == 0
    assert (tmp_path / "data/tools.csv").read_text() == "section,n,v\nC#,a,1\nB *c*,b,2\n"
    assert run("check", "a.md").status == 0
    assert "### C#" in document.read_text()


@pytest.mark.parametrize("heading", ["## A {#x}", "## A ##", "## {{ A }}"])
def test_heading_that_would_be_written_differently_is_not_extracted(heading: str, run: Run, write: Write) -> None:
    write("mdtables.toml", "")
    table = "\n\n| n   |\n| --- |\n| a   |\n\n"
    document = write("a.md", f"# T\n\n{heading}{table}## B{table.replace('a', 'b')}")
    before = document.read_text()
    assert run("extract", "a.md", "--all").status == 2
    assert document.read_text() == before


def grouped(rows: list[tuple[str, str]], caption: str = "{rows} tools") -> str:
    table = Table(["name", "cat"], [list(row) for row in rows])
    options = f'source=d.csv group=cat heading="## {{cat}} ({{rows}})" caption="{caption}"'
    return regenerate(f"# T\n\n{sourced(options)}", "a.md", lambda _, __: (table, ())).new


def test_two_branches_that_add_rows_to_one_group_are_merged_and_counted() -> None:
    base = [("a", "x"), ("b", "x"), ("c", "y")]
    three = merged(grouped(base), grouped([*base[:2], ("n", "x"), base[2]]), grouped([("m", "x"), *base]))
    assert three[0] == three[1] == three[2] == grouped([("m", "x"), *base[:2], ("n", "x"), base[2]])


def test_row_that_one_branch_moves_to_another_group_is_merged_with_an_edit_elsewhere() -> None:
    base = [("a", "x"), ("b", "x"), ("c", "y")]
    ours, theirs = [("b", "x"), ("c", "y"), ("a", "y")], [*base, ("d", "y")]
    three = merged(grouped(base), grouped(ours), grouped(theirs))
    assert "## x (1)" in three[1]
    assert "## y (3)" in three[1]
    assert three[0] == three[1] == three[2]


def test_conflict_in_a_group_is_left_to_git() -> None:
    base = [("a", "x"), ("b", "x"), ("c", "y")]
    texts = grouped(base), grouped([("a", "y"), *base[1:]]), grouped([("a", "z"), *base[1:]])
    assert merged(*texts) == texts


MERGED = [
    'columns="{#} as No, id, b"',
    'columns="id, {#} as No, {b} ({c}) as X"',
    'group=c null="none"',
    'group=c null="none" heading="{c}: {rows} of {all}"',
    'group=c null="none" heading="### {rows where b = \'x\'} + {rows} {c}"',
    'caption="{rows} of {all}" note="with {rows where b = \'x\'}"',
    'where="b != \'x\'" caption="{rows} of {all}"',
    "where=\"b = 'x'\"",
]


def region_of(rows: Iterable[dict[str, str]], options: str, above: str = "") -> str:
    table = Table(["id", "b", "c"], [list(row.values()) for row in rows])
    text = f"{above}{sourced(f'source=d.csv align=left {options}')}"
    return regenerate(text, "a.md", lambda *_: (table, [])).new


@pytest.mark.parametrize("options", MERGED)
@pytest.mark.parametrize("seed", range(40))
def test_merged_region_is_what_the_merged_data_make(seed: int, options: str) -> None:
    chance = random.Random(seed)
    base = {f"r{n}": merge_trials.new_row(chance, f"r{n}") for n in range(chance.randint(1, 7))}
    ours, theirs = merge_trials.changed(chance, base, "o"), merge_trials.changed(chance, base, "t")
    both, conflict = merge_trials.oracle(base, ours, theirs)
    heads = [chance.choice(["#", "#", "##"]) for _ in range(2)]

    def made(rows: merge_trials.Rows, head: str) -> str:
        return region_of(rows.values(), options, f"{head} T\n\n")

    three = merged(made(base, "#"), made(ours, heads[0]), made(theirs, heads[1]))
    regions = {text.partition("\n")[2] for text in three}
    if conflict or len(regions) > 1 or changed_alike(base, ours, theirs):
        return
    head = heads[1] if heads[0] == "#" else heads[0]
    cells = [{key: list(row.values()) for key, row in rows.items()} for rows in (base, ours, theirs)]
    order = merged_order(cells[0], cells[1], cells[2], lambda key: ours.get(key, theirs.get(key)) == base[key])
    expected = made({key: both[key] for key in order or both if key in both}, head).partition("\n")[2]
    assert sorted(regions.pop().splitlines()[:-1]) == sorted(expected.splitlines()[:-1]), (base, ours, theirs)


def changed_alike(base: merge_trials.Rows, *sides: merge_trials.Rows) -> bool:
    """Whether both sides made a change that a count of what is not shown would count twice."""
    ours, theirs = ({key for key in {**base, **side} if base.get(key) != side.get(key)} for side in sides)
    return not ours.isdisjoint(theirs)


def test_merged_regions_are_not_all_left_to_git() -> None:
    rows = [{"id": name, "b": "x", "c": "g"} for name in "abc"]

    def made(*rows: dict[str, str]) -> str:
        table = Table(["id", "b", "c"], [list(row.values()) for row in rows])
        return regenerate(
            sourced(f'source=d.csv {MERGED[4]} caption="{{rows}} of {{all}}"'), "a.md", lambda *_: (table, [])
        ).new

    assert set(merged(made(rows[0]), made(*rows[:2]), made(rows[0], rows[2]))) == {made(*rows)}


# --- grammar and pieces -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "form", "shown"),
    [
        ("1234567.10", ",", "1,234,567.10"),
        ("12345678901234567890123456789012345.6", ",.1f", "12,345,678,901,234,567,890,123,456,789,012,345.6"),
        ("0.12345", ".1%", "12.3%"),
        ("5", "+.2f", "+5.00"),
        ("1e3", ",", "1,000"),
        ("1e999999", ",", None),
        ("n/a", ".1f", None),
        ("", ".1f", ""),
        ("2026-01-02", "%-d %B %Y", "2 January 2026"),
        ("2024-02-29T08:05:00Z", "%a %e %b %y, %H:%M", "Thu 29 Feb 24, 08:05"),
        ("2025-11-20 10:00:00 +0100", "%-d %b %Y", "20 Nov 2025"),  # as Jekyll writes it
        ("2025-11-20 10:00 ", "%d", None),
        ("2023-02-29", "%d", None),
        ("2026-01-02", "%H", None),
    ],
)
def test_formats_are_exact_and_total(text: str, form: str, shown: str | None) -> None:
    (placeholder,) = template_of(f"{{x:{form}}}").placeholders
    assert placeholder.format
    assert formatted(text, placeholder.format) == shown
    if shown:
        back = unformatted(shown, placeholder.format)
        assert back is None or formatted(back, placeholder.format) == shown


@pytest.mark.parametrize(
    "template",
    ["[{a}]({b})", "`{a}` in {b}", "{a}", "x {a}: [y](https://e.com/{b}?q={a})", "**{a}** {b}", "![{a}](i/{a}.png)"],
)
def test_plain_values_make_the_cells_that_reading_each_of_them_makes(template: str) -> None:
    composer, chance = Composer(template_of(template), "markdown", "escape"), random.Random(template)
    plain = composer.plain([["a", "bc", "x-1", "1.5"] for _ in composer.is_row_number])
    assert plain
    assert composer.canonical(plain)
    for _ in range(3000):
        marks = chance.choice(["ab1 ", "ab1 ./-", "ab1 ./-_%:?#&()+,~=@", "ab |\\<>\"'`*_[]{}é\n"])
        value = "".join(chance.choice(marks) for _ in range(chance.randint(1, 8)))
        if (plain := composer.plain([[value]] * len(composer.is_row_number))) is not None:
            (cell,) = composer.plain_cells(plain)
            assert [cell] == composer.cells([[value]] * len(composer.is_row_number), dollars=False)
            assert composer.canonical(plain) in ([canonical(cell)], None)


def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
    return Location("a.md", 1)


def test_template_of_a_number_is_aligned_as_a_number() -> None:
    options = Options(columns=SPECS["columns"].parse("{n:,} as N, [{n}](u) as L"))
    assert shape(Table(["n"], [["1000"], [""]]), options, locate).table.align == ["right", "none"]


@pytest.mark.parametrize("template", ["{a}", "{a}{b}", "x {a}", "[{a}]({b})", "{#} {a}"])
def test_cell_whose_values_are_all_missing_is_missing(template: str) -> None:
    options = Options(columns=SPECS["columns"].parse(f"{template} as T"), null="–")
    table = shape(Table(["a", "b"], [[None, ""], ["x", None]]), options, locate).table
    assert [row[0] is None for row in table.rows] == [True, False]


TABLE_IN_A_PAGE = '<table>\n<thead>\n<tr>\n<th>a</th>\n<th style="text-align: right;">b</th>\n</tr>\n</thead></table>'


def in_a_region(html: str, options: str = "source=d.csv") -> str:
    return f"<!-- TABLE_GENERATE_START {options} -->{html}<!-- TABLE_GENERATE_END -->"


def test_tables_of_regions_with_a_source_are_sortable_and_no_others() -> None:
    nested = "<table>\n<thead><tr><th>x</th></tr></thead><td><table></table></td></table>"
    html = f"<p>c</p><h2>A</h2>{nested}<h2>B</h2>{TABLE_IN_A_PAGE}"
    page = f"{TABLE_IN_A_PAGE}{in_a_region(html)}{TABLE_IN_A_PAGE}"
    assert with_accessible_tables(page, sortable=True).count(ATTRIBUTE) == 2
    by_hand = f"{in_a_region(html, '')}{in_a_region('<table class=x><thead></thead></table>')}"
    assert with_accessible_tables(by_hand, sortable=True) == by_hand


def test_headers_are_those_of_columns() -> None:
    html = with_accessible_tables(in_a_region(TABLE_IN_A_PAGE), sortable=False)
    assert '<th scope="col">a</th>\n<th scope="col" style="text-align: right;">b</th>' in html
    assert ATTRIBUTE not in html


@pytest.mark.parametrize(
    "header",
    [
        '<th scope="row">x</th>',
        '<th><abbr title="a <th > b">x</abbr></th>',
        "<th><!-- <th> -->x</th>",
        "<th><table><thead><tr><th>y</th></tr></thead></table></th>",
    ],
)
def test_nothing_but_headers_gets_a_scope(header: str) -> None:
    page = in_a_region(f"<table>\n<thead>\n<tr>\n{header}\n</tr>\n</thead></table>")
    made = with_accessible_tables(page, sortable=False)
    expected = page if "scope=" in header or "<table>" in header else page.replace("\n<th>", '\n<th scope="col">')
    assert made == expected


def test_caption_of_one_table_becomes_its_caption() -> None:
    options = 'source=d.csv caption="{rows} tools"'
    html = with_accessible_tables(in_a_region(f"\n<p>3 <em>tools</em></p>\n{TABLE_IN_A_PAGE}", options), sortable=False)
    assert f"{options} --><table>\n<caption>3 <em>tools</em></caption>\n<thead>" in html
    for other in (f"<p>3</p><h2>A</h2>{TABLE_IN_A_PAGE}", f"<p>3</p><p>x</p>{TABLE_IN_A_PAGE}"):
        assert "<caption>" not in with_accessible_tables(in_a_region(other, options), sortable=False)
    assert "<caption>" not in with_accessible_tables(in_a_region(f"<p>3</p>{TABLE_IN_A_PAGE}"), sortable=False)
