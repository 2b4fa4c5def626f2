"""Merging: a real git with mdtables as its merge driver, and the merge function on its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mdtables.cli import main
from mdtables.commands.merge_driver import merge_driver
from mdtables.model.policy import Policy
from mdtables.pipelines.merge import merged
from mdtables.workspace.config import Projects
from tests import merge_trials
from tests.conftest import sourced

ROWS = [f"course {n},{n}" for n in range(20)]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with a CSV of 20 rows, a document that shows it, and the driver set up as documented."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": os.devnull}.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.replace("AUTHOR", "COMMITTER"), value)
    run("init", "-q", "-b", "main")
    command = tmp_path / ".git" / "bin" / "mdtables"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m mdtables "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    assert main(["merge-driver", "--install"]) == 0
    (tmp_path / "d.csv").write_text("\n".join(["course,year", *ROWS, ""]))
    (tmp_path / "a.md").write_text("# Top\n\n" + sourced("source=d.csv") + "\nBottom.\n")
    commit("base")
    return tmp_path


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False)


def commit(message: str) -> None:
    main(["fix", "-q"])
    run("add", ".")
    assert run("commit", "-qm", message).returncode == 0


def on_a_branch(folder: Path, name: str, data: tuple[str, str], text: tuple[str, str] = ("", "")) -> None:
    run("switch", "-qc", name, "main")
    for path, swap in (("d.csv", data), ("a.md", text)):
        file = folder / path
        file.write_text(file.read_text().replace(*swap) if swap[0] else file.read_text())
    commit(name)


def test_changes_in_distant_rows_merge_cleanly(git: Path) -> None:
    on_a_branch(git, "one", ("course 2,2\n", "a much longer course,2\n"), ("# Top", "# The top"))
    on_a_branch(git, "two", ("course 17,17\n", "course 17,1717\ncourse new,1\n"), ("Bottom.", "The bottom."))
    merge = run("merge", "-q", "--no-edit", "one")
    assert merge.returncode == 0, merge.stdout + merge.stderr
    text = (git / "a.md").read_text()
    for part in (
        "# The top\n",
        "| a much longer course |",
        "| course 17            | 1717 |",
        "| course new ",
        "The bottom.",
    ):
        assert part in text
    assert main(["check"]) == 0


def test_fix_resolves_a_cell_conflict_from_the_source(git: Path) -> None:
    on_a_branch(git, "one", ("course 2,2\n", "course 2,3\n"))
    on_a_branch(git, "two", ("course 2,2\n", "course 2,4\n"))
    assert run("merge", "-q", "one").returncode == 1
    assert "<<<<<<<" in (git / "a.md").read_text()
    assert main(["fix"]) == 2
    (git / "d.csv").write_text("\n".join(["course,year", *ROWS, ""]).replace("course 2,2\n", "course 2,5\n"))
    assert main(["fix"]) == 0
    assert "<<<<<<<" not in (git / "a.md").read_text()
    assert main(["check"]) == 0


def test_fix_resolves_conflicts_without_the_driver(git: Path) -> None:
    run("config", "--remove-section", "merge.mdtables")
    on_a_branch(git, "one", ("course 2,2\n", "a much longer course,2\n"))
    on_a_branch(git, "two", ("course 17,17\n", "course 17,1717\ncourse new,1\n"))
    assert run("merge", "-q", "one").returncode == 1
    assert "<<<<<<<" in (git / "a.md").read_text()
    assert "<<<<<<<" not in (git / "d.csv").read_text()
    assert main(["fix"]) == 0
    text = (git / "a.md").read_text()
    assert "| a much longer course |    2 |" in text
    assert "| course 17            | 1717 |" in text
    assert main(["check"]) == 0


def test_hand_edit_on_one_side_stays_a_conflict(git: Path) -> None:
    on_a_branch(git, "one", ("course 2,2\n", "a much longer course,2\n"))
    run("switch", "-qc", "two", "main")
    text = (git / "a.md").read_text()
    (git / "a.md").write_text(text.replace("| course 9  |    9 |", "| course 9  |   99 |"))
    run("commit", "-qam", "by hand")
    assert run("merge", "-q", "one").returncode == 1
    assert main(["fix"]) == 2
    assert "|   99 |" in (git / "a.md").read_text()


def test_conflict_in_prose_is_left_to_the_author(git: Path) -> None:
    on_a_branch(git, "one", ("course 2,2\n", "course 2,3\n"), ("Bottom.", "One."))
    on_a_branch(git, "two", ("course 9,9\n", "course 9,8\n"), ("Bottom.", "Two."))
    assert run("merge", "-q", "one").returncode == 1
    text = (git / "a.md").read_text()
    assert "<<<<<<< ours\nTwo.\n=======\nOne.\n>>>>>>> theirs\n" in text
    assert "| course 2  |    3 |" in text
    assert "| course 9  |    8 |" in text


def document(*rows: str) -> str:
    return sourced("source=d.csv", "\n| k   | v   |\n| --- | --- |\n" + "".join(f"{row}\n" for row in rows) + "\n")


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "rows"),
    [
        (["|a|1|", "|b|2|"], ["|a|1|"], ["|a|9|", "|b|2|"], ["| a   | 9   |"]),
        (["|a|1|", "|b|2|"], ["|a|1|", "|b|2|", "|c|3|"], ["|b|2|"], ["| b   | 2   |", "| c   | 3   |"]),
        (["|a|1|"], ["|a|1|", "|x|1|"], ["|y|1|", "|a|1|"], ["| y   | 1   |", "| a   | 1   |", "| x   | 1   |"]),
        (["|a|*1*|"], ["|a|_1_|"], ["|a|2|"], ["| a   | 2   |"]),
    ],
)
def test_rows_are_merged_by_their_key(base: list[str], ours: list[str], theirs: list[str], rows: list[str]) -> None:
    texts = merged(document(*base), document(*ours), document(*theirs), Policy(checksum=False))
    assert len(set(texts)) == 1
    assert texts[0].splitlines()[4:-2] == rows


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        (["|a|1|"], ["|a|2|"], ["|a|3|"]),
        (["|a|1|", "|b|1|"], ["|b|1|"], ["|a|2|", "|b|1|"]),
        (["|a|1|", "|b|1|"], ["|a|2|", "|b|1|"], ["|b|1|"]),
        (["|b|1|"], ["|b|1|", "|a|1|"], ["|b|1|", "|a|2|"]),
        (["|a|1|", "|a|1|"], ["|a|1|", "|a|2|"], ["|a|1|", "|a|1|", "|b|1|"]),
    ],
)
def test_contradictory_changes_are_left_unmerged(base: list[str], ours: list[str], theirs: list[str]) -> None:
    texts = (document(*base), document(*ours), document(*theirs))
    assert merged(*texts, Policy(checksum=False)) == texts


def test_region_deleted_on_one_side_is_left_to_git() -> None:
    two = document("|a|1|") + "\n" + document("|a|1|")
    texts = (two, document("|a|1|"), document("|a|2|") + "\n" + document("|a|1|"))
    assert merged(*texts, Policy(checksum=False)) == texts


def test_attribute_line_added_on_one_side_is_left_to_git() -> None:
    base, ours = document("|a|1|"), document("|a|2|")
    theirs = document("|a|1|", "{: .wide}")
    assert merged(base, ours, theirs, Policy(checksum=False)) == (base, ours, theirs)


@pytest.mark.parametrize("failure", ["exit 127", "exit 1", "exit 2", "kill -9 $$"])
def test_driver_that_fails_leaves_the_merge_to_git(failure: str, git: Path) -> None:
    on_a_branch(git, "one", ("", ""), ("# Top", "# Theirs"))
    on_a_branch(git, "two", ("", ""), ("Bottom.", "Ours."))
    (git / ".git" / "bin" / "mdtables").write_text(f"#!/bin/sh\n{failure}\n")
    merge = run("merge", "-q", "--no-edit", "one")
    assert merge.returncode == 0, merge.stdout + merge.stderr
    text = (git / "a.md").read_text()
    assert "# Theirs" in text
    assert "Ours." in text


@pytest.mark.parametrize("failure", ["exit 127", "exit 1", "exit 2", "kill -9 $$"])
def test_driver_that_fails_leaves_the_conflicts_that_git_makes(failure: str, git: Path) -> None:
    on_a_branch(git, "one", ("", ""), ("# Top", "# Theirs"))
    on_a_branch(git, "two", ("", ""), ("# Top", "# Ours"))
    (git / ".git" / "bin" / "mdtables").write_text(f"#!/bin/sh\n{failure}\n")
    assert run("merge", "-q", "--no-edit", "one").returncode == 1
    assert "<<<<<<< ours\n# Ours\n=======\n# Theirs\n>>>>>>> theirs\n" in (git / "a.md").read_text()


def test_unknown_configuration_key_leaves_the_merge_to_git(git: Path) -> None:
    (git / "mdtables.toml").write_text("unknown = 1\n")
    run("add", ".")
    run("commit", "-qm", "newer configuration")
    run("switch", "-qc", "one", "main")
    (git / "b.md").write_text("".join(f"line {n}\n" for n in range(9)))
    run("add", ".")
    run("commit", "-qm", "b")
    run("switch", "-qc", "two", "one")
    for branch, line in (("one", "line 0"), ("two", "line 8")):
        run("switch", "-q", branch)
        (git / "b.md").write_text((git / "b.md").read_text().replace(line, f"{line} of {branch}"))
        run("commit", "-qam", branch)
    merge = run("merge", "-q", "--no-edit", "one")
    assert merge.returncode == 0
    assert 'error[config]: unknown key "unknown"' in merge.stderr
    assert {"line 0 of one", "line 8 of two"} <= set((git / "b.md").read_text().splitlines())


def test_crash_and_timeout_leave_the_merge_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (("o", "1\n2\n3\n4\n5\n"), ("a", "1x\n2\n3\n4\n5\n"), ("b", "1\n2\n3\n4\n5y\n")):
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in "oab"]
    monkeypatch.setattr("mdtables.commands.merge_driver._SECONDS", 1)
    monkeypatch.setattr("mdtables.commands.merge_driver.merged", lambda *_: time.sleep(5))
    result = merge_driver(names[0], names[1], names[2], "d.md", lambda: Projects(str(tmp_path)))
    assert result.clean
    assert "TimeLimitError" in result.problems[0].message
    assert (tmp_path / "a").read_text() == "1x\n2\n3\n4\n5y\n"


@pytest.mark.parametrize("document", ["a.md", "z.md"])  # git merges a.md before the data, and z.md after it
def test_rows_that_both_branches_append_to_the_data_are_merged_there_and_in_documents(git: Path, document: str) -> None:
    if document != "a.md":
        (git / "a.md").rename(git / document)
        commit("renamed")
    for name in ("one", "two"):
        run("switch", "-qc", name, "main")
        with (git / "d.csv").open("a") as file:
            file.write(f"{name},1\n")
        commit(name)
    merge = run("merge", "-q", "--no-edit", "one")
    assert merge.returncode == 0, merge.stdout + merge.stderr
    assert (git / "d.csv").read_text() == "\n".join(["course,year", *ROWS, "two,1", "one,1", ""])
    assert main(["check"]) == 0


def test_only_a_cell_that_both_changed_is_in_conflict(tmp_path: Path) -> None:
    def rows(b: str, c: str) -> str:
        return f"- id: 1\n  b: x\n  c: {c}\n- id: 2\n  b: {b}\n  c: z\n"

    texts = {"o": rows("x", "y"), "a": rows("ours", "Y"), "b": rows("theirs", "y") + "- id: 3\n  b: n\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in "oab"]
    assert not merge_driver(names[0], names[1], names[2], "d.yaml", lambda: Projects(str(tmp_path))).clean
    conflict = "<<<<<<< ours\n  b: ours\n=======\n  b: theirs\n>>>>>>> theirs\n"
    wanted = f"- id: 1\n  b: x\n  c: Y\n- id: 2\n{conflict}  c: z\n- id: 3\n  b: n\n"
    assert (tmp_path / "a").read_text() == wanted


@pytest.mark.parametrize("name", [".gitattributes", ".git/config"])
def test_install_writes_through_no_link(name: str, git: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = git / "elsewhere"
    target.write_bytes((git / name).read_bytes() if (git / name).exists() else b"mine")
    (git / name).unlink(missing_ok=True)
    (git / name).symlink_to(target)
    before = target.read_bytes()
    assert main(["merge-driver", "--install"]) == 2
    assert f"{name}: error[unwritable]: a symbolic link to {target}" in capsys.readouterr().err
    assert target.read_bytes() == before


def test_install_adds_what_is_missing_once(git: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (git / ".gitattributes").write_text("*.png binary\n*.csv merge=union")
    assert main(["merge-driver", "--install"]) == 0
    assert ".gitattributes: added *.md merge=mdtables\n" in capsys.readouterr().out
    text = (git / ".gitattributes").read_text()
    assert text.startswith("*.md merge=mdtables\n")
    assert text.endswith("*.tsv merge=mdtables\n*.png binary\n*.csv merge=union")  # later lines win
    assert "*.csv merge=mdtables" not in text
    assert main(["merge-driver", "--install"]) == 0
    assert capsys.readouterr().out == ".gitattributes: kept *.csv merge=union, which takes precedence\n"
    (git / ".gitattributes").unlink()
    (git / "d.yaml").write_text("- a: 1\n")
    (git / "packages/a").mkdir(parents=True)
    (git / "packages/a/package.json").write_text("{}")
    (git / "b.md").write_text(sourced("source=d.yaml") + sourced("source=packages/*/package.json"))
    assert main(["merge-driver", "--install"]) == 0
    added = capsys.readouterr().out
    assert ".gitattributes: added /d.yaml merge=mdtables\n" in added
    assert ".gitattributes: added /packages/*/package.json merge=mdtables\n" in added
    assert "/packages/a" not in added
    assert main(["merge-driver", "--install"]) == 0
    assert capsys.readouterr().out == "nothing to do: git already uses the merge driver\n"


@pytest.mark.parametrize("seed", range(60))
def test_random_merge_loses_nothing_and_doubles_nothing(seed: int, tmp_path: Path) -> None:
    assert merge_trials.run(seed, tmp_path) in ("merged", "conflict")


@pytest.mark.parametrize(
    ("suffix", "base", "ours", "theirs"),
    [
        # both moved a row
        (".csv", "n,v\na,1\nb,2\nc,3\nd,4\n", "n,v\nb,9\na,1\nc,3\nd,4\n", "n,v\na,1\nc,3\nb,2\nd,4\n"),
        # both renamed a row; one renamed it and the other removed it
        (".csv", "n,v\na,1\nb,2\nc,3\n", "n,v\na,1\nb,2\nC,3\n", "n,v\na,1\nb,2\nCC,3\n"),
        (".csv", "n,v\na,1\nc,3\nd,1\ne,1\n", "n,v\na,1\nC,3\nd,1\ne,1\n", "n,v\na,1\nd,1\ne,1\n"),
        # rows are identified by another key on each side
        (".yaml", "- id: 1\n  t: A\n- id: 2\n  t: B\n", "- id: 1\n  t: A\n", "- t: A\n  id: 1\n- id: 2\n  t: B\n"),
        # an alias would lose its anchor
        (
            ".yaml",
            "- &a\n  n: 1\n  v: x\n- &b\n  n: 2\n  v: y\n",
            "- &a\n  n: 1\n  v: x\n- &b\n  n: 2\n  v: y\n- n: 3\n  v: *a\n",
            "- &b\n  n: 2\n  v: y\n",
        ),
        # running numbers that rows no longer have
        (
            ".csv",
            "no,task,status\n1,Paint,open\n2,Sweep,open\n3,Cook,open\n",
            "no,task,status\n1,Plan,open\n2,Paint,open\n3,Sweep,open\n4,Cook,open\n",
            "no,task,status\n1,Paint,open\n2,Sweep,done\n3,Cook,open\n",
        ),
        # one key added on both sides of the only row
        (
            ".json",
            '{\n  "k0": {\n    "a": "1"\n  }\n}\n',
            '{\n  "n1": {\n    "a": "ours"\n  },\n  "k0": {\n    "a": "1"\n  }\n}\n',
            '{\n  "k0": {\n    "a": "1"\n  },\n  "n1": {\n    "a": "theirs"\n  }\n}\n',
        ),
        # an alias that would stand for another value
        (
            ".yaml",
            "- id: a\n  n: &x 1\n- id: b\n  n: *x\n",
            "- id: a\n  n: &x 1\n- id: b\n  n: *x\n- id: c\n  n: &x 7\n",
            "- id: a\n  n: &x 1\n- id: b\n  n: *x\n- id: d\n  n: *x\n",
        ),
        # a block scalar that keeps the blank lines below it
        (
            ".yaml",
            "- id: a\n  n: |+\n    t\n\n- id: c\n  n: 2\n",
            "- id: a\n  n: |+\n    t\n\n- id: c\n  n: 2\n- id: d\n  n: |+\n    t\n\n",
            "- id: a\n  n: |+\n    t\n\n- id: c\n  n: 2\n- id: e\n  n: 5\n",
        ),
        # one key added on both sides of the only row of a table in a mapping
        (
            ".yaml",
            "m:\n  a:\n    u: 1\n",
            "m:\n  k:\n    u: 2\n  a:\n    u: 1\n",
            "m:\n  a:\n    u: 1\n  k:\n    u: 3\n",
        ),
        # the second document of a file
        (
            ".yaml",
            "kind: A\nports:\n  - name: http\n    port: 80\n",
            "kind: A\nports:\n  - name: http\n    port: 80\n  - name: metrics\n    port: 9000\n",
            "kind: A\nports:\n  - name: http\n    port: 80\n---\nkind: B\nports:\n  - name: http\n    port: 8080\n",
        ),
    ],
)
def test_merge_in_which_rows_cannot_be_told_apart_is_a_conflict(
    suffix: str, base: str, ours: str, theirs: str, tmp_path: Path
) -> None:
    for name, text in (("o", base), ("a", ours), ("b", theirs)):
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in "oab"]
    result = merge_driver(names[0], names[1], names[2], f"d{suffix}", lambda: Projects(str(tmp_path)))
    assert not result.clean
    assert not result.problems
    assert "<<<<<<<" in (tmp_path / "a").read_text()


def test_row_moved_on_one_side_and_edited_on_the_other_is_merged(tmp_path: Path) -> None:
    texts = {"o": "n,v\na,1\nb,2\nc,3\n", "a": "n,v\nc,3\na,1\nb,2\n", "b": "n,v\na,1\nb,2\nc,4\nd,5\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in "oab"]
    assert merge_driver(names[0], names[1], names[2], "d.csv", lambda: Projects(str(tmp_path))).clean
    assert (tmp_path / "a").read_text() == "n,v\nc,4\nd,5\na,1\nb,2\n"


def test_renamed_row_of_a_table_that_the_other_side_removed_is_left_to_git() -> None:
    texts = (document("|a|1|", "|b|2|", "|c|3|"), document("|a|1|", "|B|2|", "|c|3|"), document("|a|1|", "|c|3|"))
    assert merged(*texts, Policy(checksum=False)) == texts


def test_data_is_merged_as_the_regions_that_use_it_read_it(git: Path) -> None:
    (git / "e.csv").write_text("group;id;v\nx;1;a\nx;2;b\n")
    (git / "w.yaml").write_text("shelves:\n  fiction:\n    rows:\n    - t: A\n      n: 1\n    - t: B\n      n: 2\n")
    regions = sourced('source=e.csv delimiter=";" key=id') + sourced('source="w.yaml#shelves.fiction.rows"')
    (git / "b.md").write_text(regions)
    assert main(["merge-driver", "--install"]) == 0
    commit("data")
    for name, number in (("one", 1), ("two", 2)):
        run("switch", "-qc", name, "main")
        (git / "e.csv").write_text(
            (git / "e.csv").read_text().replace(f";{number};", f";{number};{name}") + f"x;{name};c\n"
        )
        (git / "w.yaml").write_text((git / "w.yaml").read_text() + f"    - t: {name}\n      n: 3\n")
        commit(name)
    merge = run("merge", "-q", "--no-edit", "one")
    assert merge.returncode == 0, merge.stdout + merge.stderr
    assert (git / "e.csv").read_text() == "group;id;v\nx;1;onea\nx;2;twob\nx;two;c\nx;one;c\n"
    assert (git / "w.yaml").read_text().endswith("    - t: two\n      n: 3\n    - t: one\n      n: 3\n")
    assert main(["check"]) == 0


def test_region_of_an_mdx_document_is_merged(git: Path) -> None:
    (git / "m.mdx").write_text('{/* TABLE_GENERATE_START source="d.csv" */}\n{/* TABLE_GENERATE_END */}\n')
    commit("mdx")
    on_a_branch(git, "one", ("course 2,2\n", "a much longer course,2\n"))
    on_a_branch(git, "two", ("course 17,17\n", "course 17,1717\ncourse new,1\n"))
    merge = run("merge", "-q", "--no-edit", "one")
    assert merge.returncode == 0, merge.stdout + merge.stderr
    assert main(["check"]) == 0


def test_region_that_was_moved_into_a_list_is_left_to_git(git: Path) -> None:
    base = (git / "a.md").read_text()
    region = base[base.index("<!--") : base.index("\nBottom")]
    moved = base.replace(
        region, "- item\n\n" + "".join(f"  {line}\n" if line else "\n" for line in region.splitlines())
    )
    ours = base.replace("| course 3  |    3 |", "| course 3  |   33 |")
    texts = (base, ours, moved)
    assert merged(*texts, Policy(checksum=False)) == texts


def test_limit_applies_to_merged_rows() -> None:
    def limited(*rows: str) -> str:
        return document(*rows).replace("source=d.csv", "source=d.csv limit=2")

    texts = limited("|a|1|", "|b|2|"), limited("|x|0|", "|a|1|"), limited("|a|9|", "|b|2|")
    assert merged(*texts, Policy(checksum=False))[0].splitlines()[4:-2] == ["| x   | 0   |", "| a   | 9   |"]


def test_a_list_of_rows_and_other_values_is_merged_as_text(tmp_path: Path) -> None:
    texts = [f"- id: a\n  v: {a}\n- plain\n- id: b\n  v: {b}\n" for a, b in (("1", "2"), ("3", "2"), ("1", "4"))]
    names = [str(tmp_path / name) for name in ("base", "ours", "theirs")]
    for name, text in zip(names, texts, strict=True):
        Path(name).write_text(text)
    result = merge_driver(names[0], names[1], names[2], "d.yaml", lambda: Projects(str(tmp_path)))
    assert (result.clean, result.problems) == (True, ())
    assert Path(names[1]).read_text() == "- id: a\n  v: 3\n- plain\n- id: b\n  v: 4\n"
