"""Sources are read only from inside the project, and only once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.model.diagnostics import Location
from mdtables.model.errors import MdtablesError
from mdtables.model.options import SPECS, Options
from mdtables.workspace import files
from mdtables.workspace.config import Settings
from mdtables.workspace.context import DocumentContext, resolve
from mdtables.workspace.load import Loader
from tests.conftest import Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
AT = Location("a.md", 1)


def locate(option: str = "", word: str = "", span: tuple[int, int] | None = None) -> Location:
    return AT


@pytest.fixture
def context(tmp_path: Path) -> DocumentContext:
    for folder in ("project/posts", "project/data", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    return DocumentContext(str(tmp_path / "project/posts"), str(tmp_path / "project"))


@pytest.mark.parametrize("path", ["../data/x.csv", "/data/x.csv", "./../data//x.csv", "//data/x.csv"])
def test_source_is_relative_to_document_or_root(path: str, context: DocumentContext) -> None:
    assert resolve(path, context, locate) == os.path.realpath(os.path.join(context.root, "data/x.csv"))


@pytest.mark.parametrize("path", ["../../elsewhere/x.csv", "/../elsewhere/x.csv", "../data/../../elsewhere/x.csv"])
def test_path_cannot_leave_the_project(path: str, context: DocumentContext) -> None:
    with pytest.raises(MdtablesError, match="is outside the project"):
        resolve(path, context, locate)


def test_absolute_path_starts_at_the_root(context: DocumentContext) -> None:
    assert resolve("/etc/passwd", context, locate).startswith(os.path.realpath(context.root))


def test_sibling_folder_with_the_same_prefix_is_outside(context: DocumentContext, tmp_path: Path) -> None:
    (tmp_path / "project-secret").mkdir()
    with pytest.raises(MdtablesError, match="is outside"):
        resolve("../../project-secret/x.csv", context, locate)


def test_link_cannot_leave_the_project(context: DocumentContext, tmp_path: Path) -> None:
    (tmp_path / "elsewhere/x.csv").write_text("a\n1\n")
    os.symlink(tmp_path / "elsewhere", tmp_path / "project/data/link")
    with pytest.raises(MdtablesError, match="is outside"):
        resolve("/data/link/x.csv", context, locate)


def test_allowed_folder_can_be_read(context: DocumentContext, tmp_path: Path) -> None:
    allowed = DocumentContext(
        context.folder, context.root, Settings(allowed_folders=(os.path.realpath(tmp_path / "elsewhere"),))
    )
    assert resolve("../../elsewhere/x.csv", allowed, locate).endswith("elsewhere/x.csv")


@pytest.mark.parametrize("url", ["https://e.com/x.csv", "file:///etc/x.csv", "s3://bucket/x.csv"])
def test_url_is_refused(url: str, context: DocumentContext) -> None:
    with pytest.raises(MdtablesError, match="is a URL"):
        resolve(url, context, locate)


@pytest.mark.parametrize(
    "path", ["%2e%2e/x.csv", "x" * 4000 + ".csv", "a\0.csv", "~/x.csv", "d.csv/x.csv", "con:x.csv"]
)
def test_odd_path_is_an_ordinary_error(path: str, context: DocumentContext) -> None:
    (Path(context.folder) / "d.csv").write_text("a\n1\n")
    options = Options(source=SPECS["source"].parse(path))
    with pytest.raises(MdtablesError, match=r"there is no|cannot be read|NUL"):
        Loader(context.root).load(options, locate, context)


def test_file_is_read_once_for_many_regions(context: DocumentContext, monkeypatch: pytest.MonkeyPatch) -> None:
    (Path(context.folder) / "d.csv").write_text("a\n1\n")
    reads: list[str] = []
    original = files.CheckedFiles.read

    def counted(self: files.CheckedFiles, path: str) -> bytes:
        reads.append(path)
        return original(self, path)

    monkeypatch.setattr(files.CheckedFiles, "read", counted)
    loader = Loader(context.root)
    for null in ("", "", "-"):
        options = Options(source=SPECS["source"].parse("d.csv"), null=null)
        loader.load(options, locate, context)
    assert len(reads) == 1


def test_a_folder_outside_the_project_is_allowed_from_outside_only(
    run: Callable[..., Ran], write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("shared/x.csv", "a\n1\n")
    write("project/a.md", sourced("source=../shared/x.csv"))
    config = write("project/mdtables.toml", "")
    monkeypatch.chdir(tmp_path / "project")
    assert "error[source-outside]" in run("fix", "a.md").out
    config.write_text('allowed-folders = ["../shared"]\n')
    assert "error[config]: unknown key" in run("fix", "a.md").out
    config.write_text("")
    for words in (["check", "--diff"], ["list"], ["pull"], ["extract", "--diff", "--table", "1", "--format", "yaml"]):
        ran = run(*words, "a.md", "--allow-folder", "../shared")
        assert "a.md" in ran.out + ran.err
        assert "source-outside" not in ran.out + ran.err
    monkeypatch.setenv("MDTABLES_ALLOWED_FOLDERS", os.pathsep.join(["/nowhere", "../shared"]))
    assert run("fix", "a.md").status == 0


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("https://me:secret@e.com/x.csv", "https://***@e.com/x.csv"),
        ("https://e.com/x.csv?token=secret", "https://e.com/x.csv?***"),
    ],
)
def test_password_in_a_url_is_not_shown(source: str, shown: str, run: Run, write: Write) -> None:
    write("a.md", sourced(f"source={source}"))
    for words in (["check"], ["check", "--output-format", "json"], ["list"]):
        ran = run(*words)
        assert "secret" not in ran.out + ran.err
        assert shown in ran.out
