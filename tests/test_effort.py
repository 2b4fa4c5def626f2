"""The work of a run, counted and never timed: how often a source is read, a document parsed, a table laid out."""

from __future__ import annotations

import subprocess
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.cells import render
from mdtables.pipelines import regenerate
from mdtables.sources import csv_edit, csv_file
from mdtables.workspace import files, git
from tests.conftest import Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count the calls of some costly functions."""
    counted: Counter[str] = Counter()

    def count(module: object, name: str, called: str) -> None:
        original = getattr(module, name)

        def counting(*words: object, **named: object) -> object:
            counted[called] += 1
            return original(*words, **named)

        monkeypatch.setattr(module, name, counting)

    count(files, "read", "file read")
    count(files.CheckedFiles, "read", "source file read")
    count(csv_file, "read", "CSV parsed")
    count(csv_edit, "edit", "CSV edited")
    count(regenerate, "parse", "document parsed")
    count(render, "lay_out", "table laid out")
    count(git, "_output", "git run")
    return counted


def test_source_is_read_once_for_many_documents(run: Run, write: Write, counts: Counter[str]) -> None:
    write("d.csv", "a\n1\n")
    for number in range(50):
        write(f"{number}.md", sourced("source=d.csv"))
    run("fix", "-q")
    assert counts["source file read"] == 1


@pytest.mark.parametrize(("limits", "times"), [("3 1 2 3", 1), ("2 1 3 4 2", 2), ("1 9 2 3", 2)])
def test_source_is_read_at_most_twice_for_many_limits(
    run: Run, write: Write, counts: Counter[str], limits: str, times: int
) -> None:
    write("d.csv", "a\n1\n2\n3\n4\n")
    write("a.md", "".join(sourced(f"source=d.csv limit={limit}") for limit in limits.split()))
    assert run("fix", "-q").status == 0
    assert (counts["source file read"], counts["CSV parsed"]) == (1, times)


def test_clean_document_is_parsed_once_and_stale_one_twice(run: Run, write: Write, counts: Counter[str]) -> None:
    """The second time to check the result before it is written."""
    write("d.csv", "a\n1\n")
    write("a.md", sourced("source=d.csv") * 10)
    run("fix", "-q")
    assert counts["document parsed"] == 2
    counts.clear()
    run("check", "-q")
    assert counts["document parsed"] == 1


def test_document_without_a_marker_is_not_parsed(run: Run, write: Write, counts: Counter[str]) -> None:
    for number in range(20):
        write(f"{number}.md", "# Nothing <!-- here -->\n")
    run("check", "-q")
    assert (counts["document parsed"], counts["git run"]) == (0, 0)


def test_git_runs_once(run: Run, write: Write, counts: Counter[str], tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("d.csv", "a\n1\n")
    for number in range(20):
        write(f"{number}/a.md", sourced("source=/d.csv"))
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    run("fix", "-q", "--tracked")
    assert counts["git run"] == 1


def most_memory(run: Run, *words: str) -> int:
    """Bytes of Python objects at the worst moment of a run."""
    tracemalloc.start()
    try:
        run(*words)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("words", "most"), [("fix -q", 1200), ("show d.csv", 600)])
def test_row_of_ten_columns_takes_little_memory(run: Run, write: Write, words: str, most: int) -> None:
    """It takes less than a list of its cells would."""

    def memory(rows: int) -> int:
        write("d.csv", "\n".join([",".join("abcdefghij"), *[",".join(["x" * 8] * 10)] * rows, ""]))
        write("a.md", sourced("source=d.csv"))
        return most_memory(run, *words.split())

    memory(1)  # imports, and patterns compiled at their first use
    assert (memory(4100) - memory(100)) / 4000 < most


def test_rows_beyond_the_limit_are_not_kept(run: Run, write: Write) -> None:
    """Only the file is in memory, as bytes and as text."""
    data = "\n".join([",".join("abcdefghij"), *[",".join(["x" * 8] * 10)] * 20_000, ""])
    write("d.csv", data)
    run("show", "--limit", "2", "d.csv")
    assert most_memory(run, "show", "--limit", "2", "d.csv") < 2.5 * len(data)
    assert most_memory(run, "show", "d.csv") > 3.5 * len(data)


@pytest.mark.parametrize("edited", [1, 3, 12])
def test_pull_takes_the_same_steps_for_any_number_of_edits(
    run: Run, write: Write, counts: Counter[str], edited: int
) -> None:
    """One pass finds the edits, one checks what they make of the source; the result of that is what is written."""
    write("d.csv", "a,b\n" + "".join(f"{n},x\n" for n in range(edited)))
    document = write("a.md", sourced("source=d.csv") * edited)
    run("fix", "-q")
    head, *regions = document.read_text().split("TABLE_GENERATE_START")
    changed = [
        text.replace(f"|   {n} | x", f"|   {n} | y").replace(f"|  {n} | x", f"|  {n} | y")
        for n, text in enumerate(regions)
    ]
    document.write_text("TABLE_GENERATE_START".join([head, *changed]))
    counts.clear()
    assert run("pull").status == 0
    assert "x" not in document.read_text().replace("TABLE_GENERATE", "").partition("-->")[2].replace("checksum", "")
    assert counts["document parsed"] == 3  # the edited document, the new one, and that again to check it is stable
    assert counts["CSV edited"] == 1
    assert counts["CSV parsed"] == 3  # as it was, as it will be, and that again in the second pass
    assert counts["source file read"] == 1
    assert counts["table laid out"] == 2 * edited


def test_pull_of_many_documents_reads_and_edits_each_source_once(run: Run, write: Write, counts: Counter[str]) -> None:
    documents, sources = 6, 3
    for source in range(sources):
        write(f"{source}.csv", "a,b\n1,x\n2,x\n")
    for number in range(documents):
        write(f"{number}.md", sourced(f"source={number % sources}.csv"))
    run("fix", "-q")
    for number in range(documents):
        path = Path(f"{number}.md")
        row = number // sources + 1  # two documents edit different rows of one source
        path.write_text(path.read_text().replace(f"|   {row} | x", f"|   {row} | y"))
    counts.clear()
    assert run("pull").status == 0
    assert [Path(f"{source}.csv").read_text() for source in range(sources)] == ["a,b\n1,y\n2,y\n"] * sources
    assert (counts["source file read"], counts["CSV edited"]) == (sources, sources)
    assert counts["CSV parsed"] == 3 * sources
    assert counts["document parsed"] == 3 * documents
