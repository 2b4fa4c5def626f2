"""What a run does, counted and never timed: how often a source is read, a document parsed, a file listed."""

from __future__ import annotations

import subprocess
import tracemalloc
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.pipelines import regenerate as generate
from mdtables.sources import csv_file
from mdtables.workspace import files, git
from tests.conftest import Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each of a few costly functions was called."""
    counted: Counter[str] = Counter()

    def count(module: object, name: str, called: str = "") -> None:
        original = getattr(module, name)

        def counting(*words: object, **named: object) -> object:
            counted[called or name] += 1
            return original(*words, **named)

        monkeypatch.setattr(module, name, counting)

    count(files, "read")
    count(files, "read_at")
    count(csv_file, "read", "read a CSV")
    count(generate, "parse")
    count(git, "_said")
    return counted


def test_a_source_is_read_once_however_many_documents_use_it(run: Run, write: Write, counts: Counter[str]) -> None:
    write("d.csv", "a\n1\n")
    for number in range(50):
        write(f"{number}.md", sourced("source=d.csv"))
    run("fix", "-q")
    assert counts["read_at"] == 1


@pytest.mark.parametrize(("limits", "times"), [("3 1 2 3", 1), ("2 1 3 4 2", 2), ("1 9 2 3", 2)])
def test_a_source_is_read_twice_at_most_however_many_limits_it_is_shown_with(
    run: Run, write: Write, counts: Counter[str], limits: str, times: int
) -> None:
    write("d.csv", "a\n1\n2\n3\n4\n")
    write("a.md", "".join(sourced(f"source=d.csv limit={limit}") for limit in limits.split()))
    assert run("fix", "-q").status == 0
    assert (counts["read_at"], counts["read a CSV"]) == (1, times)


def test_a_clean_document_is_parsed_once_and_a_stale_one_twice(run: Run, write: Write, counts: Counter[str]) -> None:
    """The second time to see that what is written is what was meant."""
    write("d.csv", "a\n1\n")
    write("a.md", sourced("source=d.csv") * 10)
    run("fix", "-q")
    assert counts["parse"] == 2
    counts.clear()
    run("check", "-q")
    assert counts["parse"] == 1


def test_a_document_without_a_marker_is_read_and_not_parsed(run: Run, write: Write, counts: Counter[str]) -> None:
    for number in range(20):
        write(f"{number}.md", "# Nothing <!-- here -->\n")
    run("check", "-q")
    assert (counts["parse"], counts["_said"]) == (0, 0)


def test_git_is_asked_once(run: Run, write: Write, counts: Counter[str], tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("d.csv", "a\n1\n")
    for number in range(20):
        write(f"{number}/a.md", sourced("source=/d.csv"))
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    run("fix", "-q", "--tracked")
    assert counts["_said"] == 1


def most_memory(run: Run, *words: str) -> int:
    """Bytes of Python objects at the worst moment of a run."""
    tracemalloc.start()
    try:
        run(*words)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("words", "most"), [("fix -q", 1200), ("show d.csv", 600)])
def test_a_row_of_ten_columns_takes_little_memory(run: Run, write: Write, words: str, most: int) -> None:
    """Less than a list of its cells would."""

    def memory(rows: int) -> int:
        write("d.csv", "\n".join([",".join("abcdefghij"), *[",".join(["x" * 8] * 10)] * rows, ""]))
        write("a.md", sourced("source=d.csv"))
        return most_memory(run, *words.split())

    memory(1)  # what is imported, and compiled at its first use
    assert (memory(4100) - memory(100)) / 4000 < most


def test_rows_that_limit_leaves_out_are_not_kept(run: Run, write: Write) -> None:
    """What is there is the file, as bytes and as text."""
    data = "\n".join([",".join("abcdefghij"), *[",".join(["x" * 8] * 10)] * 20_000, ""])
    write("d.csv", data)
    run("show", "--limit", "2", "d.csv")
    assert most_memory(run, "show", "--limit", "2", "d.csv") < 2.5 * len(data)
    assert most_memory(run, "show", "d.csv") > 3.5 * len(data)
