"""The cache of clean documents saves work and never changes a result, whatever happens between two runs."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.document.parse import parse
from mdtables.pipelines import regenerate as generate
from mdtables.workspace import cache as cache_module
from tests.conftest import ALIGNED, RAGGED, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def repository(tmp_path: Path, write: Write, run: Run) -> Path:
    """Make a repository with a clean document, its data, and a document without a source."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("data/d.csv", "a,b\n1,é\n")
    write("posts/a.md", sourced("source=../data/d.csv"))
    write("posts/b.md", ALIGNED)
    run("fix", "-q")
    run("check", "-q")
    return tmp_path


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that collects the paths of the documents parsed."""
    paths: list[str] = []

    def noting(text: str, path: str) -> object:
        paths.append(path)
        return parse(text, path)

    monkeypatch.setattr(generate, "parse", noting)
    return paths


def test_unchanged_clean_documents_are_skipped(repository: Path, run: Run, parsed: list[str]) -> None:
    assert run("check") == Ran(0, "", "2 documents, nothing to do\n")
    assert parsed == []
    assert run("check", "--no-cache").status == 0
    assert parsed == ["posts/a.md", "posts/b.md"]


def test_document_clean_with_changed_data_is_parsed_once(
    repository: Path, write: Write, run: Run, parsed: list[str]
) -> None:
    write("posts/a.md", sourced("source=../data/d.csv limit=1"))
    run("fix", "-q", "--force")
    run("check")
    write("data/d.csv", "a,b\n1,é\n2,below the limit\n")
    run("check")
    parsed.clear()
    run("check")
    assert parsed == []


@pytest.mark.parametrize(
    "change",
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
    ids=[
        "data changed",
        "data deleted",
        "document changed",
        "configuration added",
        "nearer configuration",
        "broken configuration",
        "nearer git root",
        "folder moved",
        "data folder linked",
        "data linked out of the project",
    ],
)
def test_result_after_a_change_equals_an_uncached_run(
    change: Callable[[Path], object], repository: Path, run: Run
) -> None:
    change(repository)
    assert run("check") == run("check", "--no-cache")
    assert run("check") == run("check", "--no-cache")


@pytest.mark.slow
def test_random_changes_give_the_same_result_as_uncached(repository: Path, write: Write, run: Run) -> None:
    """Make 200 random changes, each followed by a run with the cache and one without it."""
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

    random_changes: list[Callable[[], object]] = [
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
        choose.choice(random_changes)()
        with_cache = run("check")
        assert with_cache == run("check", "--no-cache")
        clean += with_cache.status == 0
    assert clean > 20


def test_another_version_ignores_cached_results(
    repository: Path, run: Run, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = cache_module._code()
    monkeypatch.setattr(cache_module, "_code", lambda: code + "changed")
    run("check")
    assert parsed == ["posts/a.md", "posts/b.md"]


def test_code_digest_covers_files_and_dependencies() -> None:
    assert "cache.py" in cache_module._code()
    assert "wcwidth" in cache_module._code()


def test_untracked_source_is_reported_in_every_run(repository: Path, run: Run) -> None:
    subprocess.run(["git", "add", "posts"], cwd=repository, check=True)
    assert "untracked" in run("check", "--tracked").out
    assert run("check").status == 0
    assert "untracked" in run("check", "--tracked").out


@pytest.mark.parametrize("content", [b"", b"\0\n", b"nonsense", b"\xff\0a\tb\n", b"x" * 100_000])
def test_damaged_cache_is_ignored(
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
def test_without_a_cache_folder_nothing_is_written(
    home: str, repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setenv("HOME", home or "nowhere")
    before = sorted(repository.iterdir())
    assert run("check").status == 0
    assert sorted(repository.iterdir()) == before


def test_clean_documents_are_listed_on_request(repository: Path, run: Run) -> None:
    assert run("check", "-v").out == "unchanged posts/a.md\nunchanged posts/b.md\n"
    assert '"regions"' in run("check", "--output-format", "json").out
    assert "clean" in run("list").out


def test_cache_of_a_deleted_repository_is_deleted(
    tmp_path: Path, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    caches = tmp_path / "caches"
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))
    for name in ("one", "two"):
        subprocess.run(["git", "init", "-q", str(tmp_path / name)], check=True)
        write(f"{name}/a.md", ALIGNED)
        monkeypatch.chdir(tmp_path / name)
        run("check", "-q")
    assert len(list(caches.rglob("*.txt"))) == 2
    shutil.rmtree(tmp_path / "one")
    write("two/a.md", ALIGNED + "\n")
    run("check", "-q")
    (left,) = caches.rglob("*.txt")
    assert str(tmp_path / "two") in left.read_text()


def test_a_folder_before_dots_may_become_a_link(run: Run, repository: Path) -> None:
    """To the system, `..` after a link is the folder above the link's target."""
    for folder in ("sub", "other/sub2"):
        (repository / folder).mkdir(parents=True)
    (repository / "x.csv").write_text("a\n1\n")
    (repository / "other/x.csv").write_text("a\n2\n")
    (repository / "l.md").write_text(sourced("source=link/../x.csv"))
    link = repository / "link"
    link.symlink_to("sub")
    assert run("fix", "l.md").status == 0
    assert run("check", "l.md").status == 0
    link.unlink()
    link.symlink_to("other/sub2")
    assert run("check", "l.md").status == run("check", "--no-cache", "l.md").status == 1
    assert run("list", "--uses", "link").out.count("l.md") == 1
    assert run("list", "--uses", "other/x.csv").out.count("l.md") == 1


def test_what_is_after_the_first_rows_does_not_matter(
    repository: Path, write: Write, run: Run, parsed: list[str]
) -> None:
    rows = [f"{number},{'x' * 50}" for number in range(5000)]
    data = write("large.csv", "\n".join(["a,b", *rows, ""]))
    document = write("first.md", sourced("source=large.csv limit=3"))
    assert run("fix", "first.md").status == 0
    assert run("check", "first.md").status == 0
    parsed.clear()
    data.write_text(data.read_text() + "not,a,row\n")
    assert run("check", "first.md").status == 0
    assert parsed == []
    data.write_text(data.read_text().replace("\n1,x", "\none,x"))
    assert run("check", "first.md").status == 1
    document.write_text(document.read_text().replace("limit=3", "limit=5000"))
    assert run("fix", "first.md").status == 0
    document.write_text(document.read_text().replace("limit=5000", "limit=5001"))
    assert "error[row-length]" in run("check", "first.md").out


def in_another_run(repository: Path, run: Run, parsed: list[str]) -> list[str]:
    """Return the documents that are not skipped."""
    parsed.clear()
    assert run("check", "--output-format", "github") == Ran(0, "", "")
    return parsed


def test_reports_for_github_use_the_cache(repository: Path, run: Run, parsed: list[str]) -> None:
    assert in_another_run(repository, run, parsed) == []
    data = repository / "data/d.csv"
    data.write_text("a,b\n2,e\n")
    assert "::error file=posts/a.md" in run("check", "--output-format", "github").out


def test_times_of_files_do_not_matter(repository: Path, run: Run, parsed: list[str]) -> None:
    """A checkout gives every file a new time, and a machine's clock may be wrong."""
    for time in (0, 1, 2**31, 2**33):
        for path in repository.rglob("*"):
            if path.is_file() and ".git" not in path.parts:
                os.utime(path, (time, time))
        assert in_another_run(repository, run, parsed) == []


def test_another_checkout_is_checked_by_itself(
    repository: Path, run: Run, parsed: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A restored cache serves a checkout at the same path, and no other."""
    caches = Path(os.environ["XDG_CACHE_HOME"]) / "mdtables"
    (kept,) = caches.iterdir()
    saved = kept.read_bytes()
    other = tmp_path / "other"
    shutil.copytree(repository, other, ignore=shutil.ignore_patterns("other"))
    monkeypatch.chdir(other)
    assert in_another_run(other, run, parsed) == ["posts/a.md", "posts/b.md"]
    kept.write_bytes(saved)
    for path in caches.iterdir():
        path.write_bytes(saved)  # as if it were the cache of this checkout
    assert in_another_run(other, run, parsed) == ["posts/a.md", "posts/b.md"]
    shutil.rmtree(other)
    monkeypatch.chdir(tmp_path)
    for path in caches.iterdir():
        path.write_bytes(saved[:-1] if path == kept else b"")
    assert in_another_run(repository, run, parsed) == ["posts/a.md", "posts/b.md"]


def installed(folder: Path, code: str) -> list[str]:
    """Install a package as pip does, and return what the cache knows of it."""
    package = folder / "some"
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").write_text(code)
    record = folder / "some-1.0.dist-info/RECORD"
    record.parent.mkdir(exist_ok=True)
    digest = hashlib.sha256(code.encode()).hexdigest()
    record.write_text(f"some/__init__.py,sha256={digest},{len(code)}\nsome/__pycache__/x.pyc,,\n")
    return cache_module._package(str(package))


def test_code_is_the_same_wherever_and_whenever_it_was_installed(tmp_path: Path) -> None:
    one, other = installed(tmp_path / "one", "a = 1\n"), installed(tmp_path / "two", "a = 1\n")
    os.utime(tmp_path / "two/some/__init__.py", (1, 1))
    assert one == other == cache_module._package(str(tmp_path / "two/some"))
    assert installed(tmp_path / "one", "a = 2\n") != one


def test_code_that_no_installer_recorded_is_known_by_its_time(tmp_path: Path) -> None:
    one = installed(tmp_path, "a = 1\n")
    (tmp_path / "some-1.0.dist-info/RECORD").write_text("some.pth,,\n")  # an editable installation
    edited = cache_module._package(str(tmp_path / "some"))
    os.utime(tmp_path / "some/__init__.py", (1, 1))
    assert len({tuple(one), tuple(edited), tuple(cache_module._package(str(tmp_path / "some")))}) == 3


def test_folder_named_like_a_library_is_no_obstacle(
    repository: Path, write: Write, run: Run, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("yaml/__init__.py", "")
    monkeypatch.setattr("sys.path", ["", *sys.path])
    assert run("check").status == 0
    assert in_another_run(repository, run, parsed) == []
