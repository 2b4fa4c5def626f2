"""What other systems do differently, simulated: Windows' paths, consoles and limits, and macOS' names."""

from __future__ import annotations

import csv
import io
import ntpath
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mdtables import cli
from mdtables.cli.output import uses_color
from mdtables.model.diagnostics import Location
from mdtables.report.escape import shell_word
from mdtables.report.paths import repository_path
from mdtables.report.sarif import _artifact
from mdtables.workspace import discover, files, git, paths, writing
from tests.conftest import ALIGNED, RAGGED, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


@contextmanager
def windows() -> Iterator[None]:
    """Let `os.path`, `os.sep` and `os.name` be those of Windows, with C:\\project as the working directory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "path", ntpath)
        for name, value in (("sep", "\\"), ("name", "nt"), ("getcwd", lambda: "C:\\project")):
            patch.setattr(os, name, value)
        patch.setattr(ntpath, "abspath", lambda path: ntpath.normpath(ntpath.join("C:\\project", path)))
        yield


def test_a_path_on_another_drive_is_absolute_and_outside() -> None:
    with windows():
        found = [paths.relative(path) for path in ("C:\\project\\a.md", "C:\\other\\a.md", "D:\\docs\\a.md")]
        outside = [paths.is_outside(path) for path in found]
    assert found == ["a.md", "..\\other\\a.md", "D:\\docs\\a.md"]
    assert outside == [False, True, True]


def test_a_document_has_one_name_on_windows() -> None:
    with windows():
        found = {discover.plain(path) for path in (".\\docs\\a.md", "./docs/a.md", "docs/a.md", ".\\\\docs\\a.md")}
    assert found == {"docs\\a.md"}


@pytest.mark.parametrize(
    "source", ["\\\\host\\share\\x.csv", "/\\\\host\\x.csv", "\\/host/x.csv", "file:\\\\host\\x.csv"]
)
def test_a_source_on_another_machine_is_not_even_looked_at(
    source: str, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows sends the user's name and a digest of the password to whatever host is asked."""
    write("a.md", sourced(f'source="{source}"'))
    looked_at: list[str] = []
    real = os.path.islink

    def islink(path: str) -> bool:
        looked_at.append(path)
        return real(path)

    monkeypatch.setattr(os.path, "islink", islink)
    for words in (["check"], ["list", "--uses", "d.csv"], ["pull"]):
        ran = run(*words)
        assert "host" not in "".join(looked_at)
        assert "a.md:1:27: error[source-outside]" in ran.out + ran.err or "--uses" in words


def test_a_quoted_field_needs_no_limit_of_64_bits(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    real = csv.field_size_limit

    def limit(new: int = 131_072) -> int:
        if new > 2**31 - 1:
            raise OverflowError("Python int too large to convert to C long")
        return real(new)

    monkeypatch.setattr(csv, "field_size_limit", limit)
    write("d.csv", 'a\n"x, y"\n')
    document = write("a.md", sourced("source=d.csv"))
    assert run("fix").status == 0
    assert "| x, y |" in document.read_text()


@pytest.mark.parametrize(
    ("path", "word"), [("posts\\a.md", "posts/a.md"), ("my posts\\a.md", '"my posts/a.md"'), ("-a.md", "./-a.md")]
)
def test_a_path_in_a_hint_can_be_pasted_into_any_shell_of_windows(path: str, word: str) -> None:
    with windows():
        assert shell_word(path) == word


def test_sarif_has_a_uri_for_a_file_on_a_drive() -> None:
    with windows():
        assert _artifact(Location("D:\\my docs\\a.md"), "docs") == {"uri": "file:///D:/my%20docs/a.md"}
        assert repository_path(Location("posts\\a.md"), "docs") == "docs/posts/a.md"
    assert repository_path(Location("back\\slash.md"), "docs") == "docs/back\\slash.md"


def test_a_new_file_on_a_drive_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "isdir", lambda path: False)

    def no_drive(path: str, exist_ok: bool = False) -> None:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "makedirs", no_drive)
    with pytest.raises(FileNotFoundError):
        files.create("/d.csv", b"")


def test_a_file_that_windows_keeps_open_is_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virus scanner, an indexer or an editor has it open, so that it cannot be replaced."""
    path = tmp_path / "a.md"
    path.write_bytes(b"old")

    def denied(*_: object) -> None:
        raise PermissionError(13, "Access is denied")

    monkeypatch.setattr(os, "replace", denied)
    monkeypatch.setattr(os, "name", "nt")
    writing.write(str(path), b"new", expected=b"old")
    monkeypatch.undo()
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.md"]


def test_git_is_not_taken_from_the_working_directory() -> None:
    code = "import os; os.name = 'nt'; import mdtables.workspace.git; print(os.environ['{}'])"
    words = [sys.executable, "-c", code.format("NODEFAULTCURRENTDIRECTORYINEXEPATH")]
    ran = subprocess.run(words, check=True, capture_output=True, text=True)
    assert ran.stdout == "1\n"


def test_a_name_in_the_index_that_is_not_utf8_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    with windows():
        assert list(git._names(b"a.md\0caf\xe9.md\0")) == ["a.md", "caf\udce9.md"]


def test_what_goes_to_a_file_is_utf8_with_its_own_line_endings(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\r\n") for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    cli._prepare_streams()
    for stream in streams:
        stream.write("日\r\n本\n")
        stream.flush()
        assert stream.buffer.getvalue() == "日\r\n本\n".encode()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_an_old_console_gets_no_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "WT_SESSION", "ANSICON", "ConEmuANSI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "name", "nt")
    old = uses_color("auto", Terminal())
    monkeypatch.setenv("WT_SESSION", "1")
    new = uses_color("auto", Terminal())
    monkeypatch.undo()
    assert (old, new) == (False, True)


@pytest.mark.parametrize("heading", ["Con", "AUX", "nul", "COM1"])
def test_extract_makes_no_file_with_the_name_of_a_device(heading: str, run: Run, write: Write, tmp_path: Path) -> None:
    write("mdtables.toml", "")
    write("a.md", f"# {heading}\n\n{RAGGED}")
    assert run("extract", "a.md").status == 0
    assert os.listdir(tmp_path / "data") == [f"table-{heading.lower()}.csv"]


def test_extract_makes_a_plain_name_of_a_part(run: Run, write: Write, tmp_path: Path) -> None:
    """A colon names a stream of a file on Windows, and a slash a folder anywhere."""
    write("mdtables.toml", "")
    write("s.yaml", "a/b:c:\n- x: 1\n")
    write("a.md", sourced("source='s.yaml#\"a/b:c\"'"))
    ran = run("fix", "a.md")
    ran = run("extract", "a.md", "--table", "1", "--format", "csv")
    assert ran.status == 0, ran
    assert sorted(os.listdir(tmp_path)) == ["a.md", "mdtables.toml", "s-a-b-c.csv", "s.yaml"]


def test_a_backslash_in_a_source_is_explained(run: Run, write: Write) -> None:
    write("a.md", sourced('source="data\\x.csv"'))
    assert 'write "/" between folders, on every system' in run("check").out


def test_macos_takes_two_spellings_of_a_name_for_one(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("Data/é.csv", "a\n1\n")
    write("a.md", sourced("source=Data/é.csv"))
    monkeypatch.setattr(sys, "platform", "darwin")
    ran = run("list", "--uses", "data/e\u0301.CSV")
    monkeypatch.undo()
    assert "a.md:1" in ran.out


def test_a_cache_that_cannot_be_replaced_leaves_no_file(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("a.md", ALIGNED)
    real = os.replace

    def denied(old: str, new: str) -> None:
        if str(new).endswith(".txt"):
            raise PermissionError(13, "Access is denied")
        real(old, new)

    monkeypatch.setattr(os, "replace", denied)
    assert run("check").status == 0
    assert os.listdir(Path(os.environ["XDG_CACHE_HOME"]) / "mdtables") == []
