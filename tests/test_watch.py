"""`mdtables watch`: what makes it fix a document, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.commands.session import Session, start
from mdtables.commands.watch import Watch

SOURCED = '<!-- TABLE_GENERATE_START source="data/t.csv" -->\n<!-- TABLE_GENERATE_END -->\n'
PATTERN = '<!-- TABLE_GENERATE_START source="notes/*.md" columns="title" -->\n<!-- TABLE_GENERATE_END -->\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/t.csv").write_text("a,b\n1,2\n")
    (tmp_path / "a.md").write_text(SOURCED)
    (tmp_path / "plain.md").write_text("Nothing here.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def watch(folder: Path) -> Watch:
    def open_session() -> Session:
        return start(str(folder), write=True)

    watch = Watch(["."], open_session)
    watch.begin()
    looks(watch)  # what was fixed has changed, and is looked at again
    return watch


def looks(watch: Watch, count: int = 6) -> list[str]:
    """Look a few times, and return the documents that were fixed."""
    outcomes = [outcome for _ in range(count) for outcome in watch.look()]
    return [outcome.path for outcome in outcomes if outcome.stale and not outcome.failed]


def written(path: Path, text: str) -> None:
    """Write a file, so that its time differs."""
    path.write_text(text)
    os.utime(path, ns=(time.time_ns(), time.time_ns()))


def replaced(path: Path, text: str) -> None:
    """Write a file as most editors do: another one takes its place."""
    other = path.with_name(f".{path.name}.swp")
    other.write_text(text)
    os.replace(other, path)


def test_everything_is_fixed_at_the_beginning_and_then_nothing(watch: Watch, folder: Path) -> None:
    assert "|   1 |   2 |" in (folder / "a.md").read_text()
    assert watch.documents == 2
    assert looks(watch) == []


@pytest.mark.parametrize("write", [written, replaced])
def test_change_of_a_document_or_its_data_is_fixed(
    write: Callable[[Path, str], None], watch: Watch, folder: Path
) -> None:
    write(folder / "data/t.csv", "a,b\n1,2\n3,4\n")
    assert looks(watch) == ["a.md"]
    assert "|   3 |   4 |" in (folder / "a.md").read_text()
    write(folder / "a.md", (folder / "a.md").read_text().replace("|   3 |", "| 3 |"))
    assert looks(watch) == ["a.md"]
    write(folder / "plain.md", SOURCED)
    assert looks(watch) == ["plain.md"]


def test_file_that_is_gone_for_a_moment_is_no_change(watch: Watch, folder: Path) -> None:
    before = (folder / "data/t.csv").read_text()
    (folder / "data/t.csv").unlink()
    assert watch.look() == []
    (folder / "data/t.csv").write_text(before)
    assert looks(watch) == []


def test_data_that_is_deleted_is_an_error_until_it_is_back(watch: Watch, folder: Path) -> None:
    (folder / "data/t.csv").unlink()
    found = [outcome for _ in range(3) for outcome in watch.look()]
    assert [outcome.failed for outcome in found] == [True]
    (folder / "data/t.csv").write_text("a,b\n5,6\n")
    assert looks(watch) == ["a.md"]


def test_new_document_and_a_new_file_of_a_pattern_are_noticed(watch: Watch, folder: Path) -> None:
    (folder / "posts/new").mkdir(parents=True)
    assert looks(watch) == []
    (folder / "posts/new/b.md").write_text(SOURCED.replace("data/", "/data/"))
    assert looks(watch) == ["posts/new/b.md"]
    (folder / "notes").mkdir()
    (folder / "notes/one.md").write_text("---\ntitle: One\n---\n")
    (folder / "list.md").write_text(PATTERN)
    assert looks(watch) == ["list.md"]
    (folder / "notes/two.md").write_text("---\ntitle: Two\n---\n")
    assert looks(watch) == ["list.md"]
    assert "| Two   |" in (folder / "list.md").read_text()
    (folder / "notes/one.md").rename(folder / "notes/three.md")
    (folder / "notes/two.md").unlink()
    assert looks(watch) == ["list.md"]


def test_document_that_is_renamed_or_deleted_is_followed(watch: Watch, folder: Path) -> None:
    (folder / "a.md").rename(folder / "b.md")
    assert looks(watch) == []
    written(folder / "data/t.csv", "a,b\n7,8\n")
    assert looks(watch) == ["b.md"]
    (folder / "b.md").unlink()
    written(folder / "data/t.csv", "a,b\n9,9\n")
    assert looks(watch) == []


def test_folder_that_goes_and_comes_back_is_watched_again(watch: Watch, folder: Path) -> None:
    (folder / "data").rename(folder / "elsewhere")
    looks(watch)
    (folder / "elsewhere").rename(folder / "data")
    looks(watch)
    written(folder / "data/t.csv", "a,b\n7,8\n")
    assert looks(watch) == ["a.md"]


def test_document_is_not_fixed_while_it_has_an_error(watch: Watch, folder: Path) -> None:
    broken = f"{SOURCED}\n<!-- TABLE_GENERATE_START -->\n"
    written(folder / "a.md", broken)
    assert looks(watch) == []
    assert (folder / "a.md").read_text() == broken
    written(folder / "a.md", broken + "\n| a |\n| - |\n\n<!-- TABLE_GENERATE_END -->\n")
    assert looks(watch) == ["a.md"]


def test_change_of_the_configuration_counts(watch: Watch, folder: Path) -> None:
    (folder / "mdtables.toml").write_text('align = "center"\n')
    assert looks(watch) == ["a.md"]
    assert ":-:" in (folder / "a.md").read_text()


def test_configuration_that_is_repaired_counts(folder: Path) -> None:
    (folder / "mdtables.toml").write_text("align = [broken\n")
    watch = Watch(["."], lambda: start(str(folder), write=True))
    assert [outcome.failed for outcome in watch.begin()] == [True]
    written(folder / "mdtables.toml", 'align = "center"\n')
    assert looks(watch) == ["a.md"]


def test_table_that_was_edited_by_hand_is_not_overwritten(watch: Watch, folder: Path) -> None:
    edited = (folder / "a.md").read_text().replace("|   2 |", "|  99 |")
    written(folder / "a.md", edited)
    assert looks(watch) == []
    assert (folder / "a.md").read_text() == edited


def test_command_says_a_line_for_each_change_until_it_is_interrupted(folder: Path) -> None:
    # a shell without job control lets what it starts ignore the interrupt, so it is set back
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv = ['mdtables', 'watch']"
    )
    words = [sys.executable, "-c", f"{code}; from mdtables.cli import run_and_stop; run_and_stop()"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stderr
            assert "watching 2 documents" in process.stderr.readline()
            assert "fixed a.md" in process.stdout.readline()
            written(folder / "data/t.csv", "a,b\n1,2\n3,4\n")
            assert "fixed a.md: +1 row, -0 rows" in process.stdout.readline()
            written(folder / "data/t.csv", "a,b\n1,2,3\n")
            assert "data/t.csv:2: error[row-length]" in process.stdout.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()  # else a failure would wait for ever


def test_watching_nothing_that_exists_waits_for_it(folder: Path) -> None:
    watch = Watch(["later"], lambda: start(str(folder), write=True))
    watch.begin()
    assert watch.documents == 0
    (folder / "later").mkdir()
    (folder / "later/a.md").write_text(SOURCED.replace("data/", "/data/"))
    assert looks(watch) == ["later/a.md"]
    shutil.rmtree(folder / "later")
    assert looks(watch) == []
