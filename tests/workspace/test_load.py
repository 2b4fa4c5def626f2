"""Sources are read only from inside the project, and only once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.model.diagnostics import Location, MdtablesError
from mdtables.model.options import SPECS, Options
from mdtables.workspace import files
from mdtables.workspace.config import Settings
from mdtables.workspace.load import Home, Loader, SourceError, resolve
from tests.conftest import Ran, sourced

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for folder in ("project/posts", "project/data", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    return Home(str(tmp_path / "project/posts"), str(tmp_path / "project"))


@pytest.mark.parametrize("path", ["../data/x.csv", "/data/x.csv", "./../data//x.csv", "//data/x.csv"])
def test_source_is_relative_to_document_or_root(path: str, home: Home) -> None:
    assert resolve(path, home) == os.path.realpath(os.path.join(home.root, "data/x.csv"))


@pytest.mark.parametrize("path", ["../../elsewhere/x.csv", "/../elsewhere/x.csv", "../data/../../elsewhere/x.csv"])
def test_path_cannot_leave_the_project(path: str, home: Home) -> None:
    with pytest.raises(SourceError, match="leads out of the project"):
        resolve(path, home)


def test_absolute_path_starts_at_the_root(home: Home) -> None:
    assert resolve("/etc/passwd", home).startswith(os.path.realpath(home.root))


def test_sibling_folder_with_the_same_prefix_is_outside(home: Home, tmp_path: Path) -> None:
    (tmp_path / "project-secret").mkdir()
    with pytest.raises(SourceError, match="leads out"):
        resolve("../../project-secret/x.csv", home)


def test_link_cannot_leave_the_project(home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/x.csv").write_text("a\n1\n")
    os.symlink(tmp_path / "elsewhere", tmp_path / "project/data/link")
    with pytest.raises(SourceError, match="leads out"):
        resolve("/data/link/x.csv", home)


def test_allowed_folder_can_be_read(home: Home, tmp_path: Path) -> None:
    allowed = Home(home.folder, home.root, Settings(allowed_folders=(os.path.realpath(tmp_path / "elsewhere"),)))
    assert resolve("../../elsewhere/x.csv", allowed).endswith("elsewhere/x.csv")


@pytest.mark.parametrize("url", ["https://e.com/x.csv", "file:///etc/x.csv", "s3://bucket/x.csv"])
def test_url_is_refused(url: str, home: Home) -> None:
    with pytest.raises(SourceError, match="is a URL"):
        resolve(url, home)


@pytest.mark.parametrize(
    "path", ["%2e%2e/x.csv", "x" * 4000 + ".csv", "a\0.csv", "~/x.csv", "d.csv/x.csv", "con:x.csv"]
)
def test_odd_path_is_an_ordinary_error(path: str, home: Home) -> None:
    (Path(home.folder) / "d.csv").write_text("a\n1\n")
    options = Options(source=SPECS["source"].parse(path))
    with pytest.raises(MdtablesError, match=r"there is no|cannot be read|NUL"):
        Loader(home.root).load(options, Location("a.md", 1), home)


def test_file_is_read_once_for_many_regions(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (Path(home.folder) / "d.csv").write_text("a\n1\n")
    reads: list[str] = []
    original = files.read_at

    def counted(path: str) -> bytes:
        reads.append(path)
        return original(path)

    monkeypatch.setattr(files, "read_at", counted)
    loader = Loader(home.root)
    for null in ("", "", "-"):
        options = Options(source=SPECS["source"].parse("d.csv"), null=null)
        loader.load(options, Location("a.md", 1), home)
    assert len(reads) == 1


def test_allowed_folders_setting_permits_another_folder(
    run: Callable[..., Ran], write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("shared/x.csv", "a\n1\n")
    write("project/a.md", sourced("source=../shared/x.csv"))
    config = write("project/mdtables.toml", "")
    monkeypatch.chdir(tmp_path / "project")
    assert "error[source-outside]" in run("fix", "a.md").out
    config.write_text('allowed-folders = ["../shared"]\n')
    assert run("fix", "a.md").status == 0
