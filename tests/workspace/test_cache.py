"""Verdicts of earlier runs save work and change nothing: whatever happens between two runs, both say the same."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.document.parse import parse
from mdtables.pipelines import regenerate as generate
from mdtables.workspace import cache as verdicts
from tests.conftest import ALIGNED, RAGGED, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def repository(tmp_path: Path, write: Write, run: Run) -> Path:
    """A repository with a clean document, its data, and a document without a source."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("data/d.csv", "a,b\n1,é\n")
    write("posts/a.md", sourced("source=../data/d.csv"))
    write("posts/b.md", ALIGNED)
    run("fix", "-q")
    run("check", "-q")
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that were parsed."""
    paths: list[str] = []

    def noting(text: str, path: str) -> object:
        paths.append(path)
        return parse(text, path)

    monkeypatch.setattr(generate, "parse", noting)
    return paths


def test_what_was_clean_and_is_what_it_was_is_not_asked_again(repository: Path, run: Run, asked: list[str]) -> None:
    assert run("check") == Ran(0, "", "2 documents, nothing to do\n")
    assert asked == []
    assert run("check", "--no-cache").status == 0
    assert asked == ["posts/a.md", "posts/b.md"]


def test_a_document_that_is_clean_with_other_data_too_is_asked_once(
    repository: Path, write: Write, run: Run, asked: list[str]
) -> None:
    write("posts/a.md", sourced("source=../data/d.csv limit=1"))
    run("fix", "-q", "--force")
    run("check")
    write("data/d.csv", "a,b\n1,é\n2,below the limit\n")
    run("check")
    asked.clear()
    run("check")
    assert asked == []


@pytest.mark.parametrize(
    "happens",
    [
        lambda root: (root / "data/d.csv").write_text("a,b\n1,x\n"),
        lambda root: (root / "data/d.csv").unlink(),
        lambda root: (root / "posts/a.md").write_text((root / "posts/a.md").read_text() + RAGGED),
        lambda root: (root / "mdtables.toml").write_text("style = 'compact'\n"),
        lambda root: (root / "posts/pyproject.toml").write_text("[tool.mdtables]\nchecksum = false\n"),
        lambda root: (root / "posts/mdtables.toml").write_text("nonsense = 1\n"),
        lambda root: (root / "posts/.git").mkdir(),
        lambda root: (root / "posts").rename(root / "pages") and (root / "pages/d.csv").touch(),
        lambda root: (
            (root / "data").rename(root / "old"),
            (root / "new").mkdir(),
            (root / "new/d.csv").write_text("a,b\n2,é\n"),
            (root / "data").symlink_to("new"),
        ),
        lambda root: ((root / "data/d.csv").unlink(), (root / "data/d.csv").symlink_to("/etc/hostname")),
    ],
    ids=["data", "no data", "text", "configuration", "nearer", "broken", "root", "moved", "link", "link out"],
)
def test_after_something_happened_a_run_says_what_it_would_have_said(
    happens: Callable[[Path], object], repository: Path, run: Run
) -> None:
    happens(repository)
    assert run("check") == run("check", "--no-cache")
    assert run("check") == run("check", "--no-cache")


def test_whatever_happens_in_whatever_order(repository: Path, write: Write, run: Run) -> None:
    """Two hundred things at random, each followed by a run with the verdicts and one without."""
    choose = random.Random(5)
    data = repository / "data/d.csv"

    def link() -> None:
        data.unlink(missing_ok=True)
        write("data/e.csv", f"a,b\n{choose.randint(1, 3)},2\n")
        data.symlink_to("e.csv")

    def plain() -> None:
        data.unlink(missing_ok=True)
        write("data/d.csv", f"a,b\n{choose.randint(1, 3)},2\n")

    def configure() -> None:
        folder = choose.choice(["", "posts/"])
        (repository / folder / "mdtables.toml").unlink(missing_ok=True)
        if choose.random() < 0.7:
            write(
                f"{folder}mdtables.toml", choose.choice(["", "style='compact'\n", "checksum=false\n", "cells='text'\n"])
            )

    things: list[Callable[[], object]] = [
        link,
        plain,
        configure,
        lambda: data.unlink(missing_ok=True),
        lambda: run("fix", "-q", "--force"),
        lambda: run("fix", "-q"),
        lambda: write("posts/a.md", sourced(f"source=../data/{choose.choice(['d', 'e'])}.csv")),
        lambda: write("posts/b.md", choose.choice([ALIGNED, RAGGED, sourced("source=/data/d.csv limit=1")])),
    ]
    clean = 0
    for _ in range(200):
        choose.choice(things)()
        with_verdicts = run("check")
        assert with_verdicts == run("check", "--no-cache")
        clean += with_verdicts.status == 0
    assert clean > 20


def test_another_version_asks_again(
    repository: Path, run: Run, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = verdicts._code()
    monkeypatch.setattr(verdicts, "_code", lambda: code + "changed")
    run("check")
    assert asked == ["posts/a.md", "posts/b.md"]


def test_the_code_is_told_by_its_files() -> None:
    assert "cache.py" in verdicts._code()
    assert "wcwidth" in verdicts._code()


def test_a_source_that_is_not_tracked_is_told_of_in_each_run(repository: Path, run: Run) -> None:
    subprocess.run(["git", "add", "posts"], cwd=repository, check=True)
    assert "untracked" in run("check", "--tracked").out
    assert run("check").status == 0
    assert "untracked" in run("check", "--tracked").out


@pytest.mark.parametrize("content", [b"", b"\0\n", b"nonsense", b"\xff\0a\tb\n", b"x" * 100_000])
def test_a_file_that_holds_no_verdicts_is_as_good_as_none(
    content: bytes, repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    run("check", "-q")
    (kept,) = (cache / "mdtables").iterdir()
    kept.write_bytes(content)
    assert run("check").status == 0
    kept.unlink()
    kept.mkdir()
    assert run("check").status == 0
    shutil.rmtree(cache)
    cache.write_text("a file where a folder should be")
    assert run("check").status == 0


@pytest.mark.parametrize("home", ["", "relative"])
def test_without_a_place_for_it_nothing_is_kept(
    home: str, repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setenv("HOME", home or "nowhere")
    before = sorted(repository.iterdir())
    assert run("check").status == 0
    assert sorted(repository.iterdir()) == before


def test_who_wants_to_hear_of_clean_documents_does(repository: Path, run: Run) -> None:
    assert run("check", "-v").out == "unchanged posts/a.md\nunchanged posts/b.md\n"
    assert '"regions"' in run("check", "--output-format", "json").out
    assert "clean" in run("list").out
