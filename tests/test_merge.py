"""Merging: a real git with mdtables as its merge driver, and the merge function on its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mdtables.cli import main
from mdtables.pipelines.merge import merged
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
    driver = f"{shlex.quote(sys.executable)} -m mdtables merge-driver %O %A %B %P"
    run("config", "merge.mdtables.driver", driver)
    (tmp_path / ".gitattributes").write_text("*.md merge=mdtables\n")
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
    run("config", "--unset", "merge.mdtables.driver")
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
    texts = merged(document(*base), document(*ours), document(*theirs))
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
    assert merged(*texts) == texts


def test_region_deleted_on_one_side_is_left_to_git() -> None:
    two = document("|a|1|") + "\n" + document("|a|1|")
    texts = (two, document("|a|1|"), document("|a|2|") + "\n" + document("|a|1|"))
    assert merged(*texts) == texts


def test_attribute_line_added_on_one_side_is_left_to_git() -> None:
    base, ours = document("|a|1|"), document("|a|2|")
    theirs = document("|a|1|", "{: .wide}")
    assert merged(base, ours, theirs) == (base, ours, theirs)
