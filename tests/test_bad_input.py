"""Hostile and unusual input: each gives the right table, or a diagnostic with a location and a hint."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.cli import main
from mdtables.cli.commands import COMMANDS, parser_of
from mdtables.model.diagnostics import Locate
from mdtables.workspace import files, writing
from tests.conftest import ALIGNED, BARE, RAGGED, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]


def test_empty_document(run: Run, write: Write) -> None:
    write("a.md", "")
    assert run("fix", "a.md").status == 0


def test_document_not_utf8(run: Run, write: Write) -> None:
    path = write("a.md", RAGGED.encode() + b"\ncaf\xe9\n")
    ran = run("fix")
    assert ran.out == (
        "a.md:7: error[not-utf8]: not UTF-8 text: invalid continuation byte at byte 80\n  hint: save it as UTF-8\n"
    )
    assert path.read_bytes().startswith(RAGGED.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_document_in_utf16(encoding: str, run: Run, write: Write) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    write("a.md", mark + RAGGED.encode(encoding))
    assert "a.md:1: error[not-utf8]" in run("check").out


def test_longest_possible_file_name(run: Run, write: Write) -> None:
    document = write("語" * 83 + ".md", RAGGED)
    assert run("fix").status == 0
    assert document.read_text() == ALIGNED


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [
        RAGGED.replace("|-|-|\n", "|-" + " " * 100_000 + "x\n"),
        RAGGED.replace("|1|2|", "|1" + " " * 100_000 + "2|"),
        RAGGED.replace("END -->", "END" + " " * 100_000 + "-->"),
        sourced('source="d' + " " * 100_000 + '.csv"'),
        sourced("source=d.csv").replace("END -->", "END" + " " * 100_000 + "x-->"),
    ],
    ids=["delimiter row", "row", "end marker", "value", "end of a sourced region"],
)
def test_many_spaces_do_not_take_quadratic_time(document: str, run: Run, write: Write) -> None:
    write("d.csv", "a,b\n" + "x" + " " * 100_000 + "y,1\n")
    write("a.md", document)
    start = time.monotonic()
    run("fix")
    assert time.monotonic() - start < 5  # it would take minutes if it were quadratic


MARKERS = "<!-- TABLE_GENERATE_START -->\n<!-- TABLE_GENERATE_END -->\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [
        "x\n" + "".join(f"    {line}\n" for line in MARKERS.splitlines()) * 4000,
        "<!-- TABLE_GENERATE_START\n" * 12_000 + "--> x\n",
        RAGGED * 3000,
        "<!-- TABLE_GENERATE_START "
        + " ".join(f"a{n}=1" for n in range(80_000))
        + " -->\n<!-- TABLE_GENERATE_END -->\n",
    ],
    ids=["indented markers", "unclosed markers", "regions", "options"],
)
def test_repetition_in_a_document_is_not_quadratic(document: str, run: Run, write: Write) -> None:
    write("a.md", document)
    start = time.monotonic()
    run("check", "-q")
    assert time.monotonic() - start < 15  # a few seconds; it would take minutes if it were quadratic


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("d.csv", ",".join(f"a{n}" for n in range(60_000)) + ",a0\n", "error[repeated-column]"),
        ("d.csv", ",".join(f"a{n}" for n in range(10_000)) + "\n", "stale a.md"),
        (
            "d.yaml",
            "- &a {" + ",".join(f"k{n}: 1" for n in range(3000)) + "}\n- <<: [" + "*a," * 100_000 + "]\n",
            "stale a.md",
        ),
    ],
    ids=["repeated column", "columns", "merges"],
)
def test_repetition_in_a_source_is_not_quadratic(name: str, data: str, expected: str, run: Run, write: Write) -> None:
    write(name, data)
    write("a.md", sourced(f'source={name} columns="*"'))
    start = time.monotonic()
    assert expected in run("check").out
    assert time.monotonic() - start < 15


@pytest.mark.slow
def test_a_million_columns_are_an_error(run: Run, write: Write) -> None:
    write("d.csv", ",".join(f"c{n}" for n in range(1_000_000)) + "\n" + "," * 999_999 + "\n")
    write("a.md", sourced("source=d.csv"))
    ran = run("check")
    assert "a.md:1:27: error[source-shape]: 1000000 columns, more than the 10000 that a table can have" in ran.out
    write("a.md", sourced('source=d.csv columns="c7, c999999"'))
    assert run("fix").status == 0


@pytest.mark.slow
def test_ten_thousand_columns_selected_by_name(run: Run, write: Write) -> None:
    names = [f"c{n}" for n in range(10_000)]
    write("d.csv", ",".join(names) + "\n")
    every = ",".join(names)
    write(
        "a.md", sourced(f'source=d.csv columns="{every}" sort="{every},{every}" align="{": left,".join(names)}: left"')
    )
    assert run("check", "-q").status == 1


@pytest.mark.slow
def test_long_row_name_is_truncated_in_messages(run: Run, write: Write) -> None:
    write("d.csv", "a\n" + "novel " * 100_000 + "\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    document.write_text(document.read_text().replace("novel novel", "novel, edited", 1))
    for words in (["check"], ["fix"], ["check", "--output-format=github"]):
        ran = run(*words)
        assert "hand" in ran.out
        assert " … " in ran.out
        assert len(ran.out) < 5000


@pytest.mark.parametrize("encoding", ["idna", "punycode", "unicode_escape", "rot13", "zip"])
def test_python_only_encodings_are_rejected(encoding: str, run: Run, write: Write) -> None:
    write("d.csv", "a,b\n1,2\n")
    write("a.md", sourced(f"source=d.csv encoding={encoding}"))
    assert "error[option-value]" in run("check").out


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 30 + "b", "**/a/" * 9 + "b", "*a*a/*a*a/*a*b", "?" * 4000, "[a]*" * 20 + "b", "x" + " " * 4000 + "x"],
)
@pytest.mark.parametrize("where", ["exclude", "gitignore"])
def test_no_pattern_takes_long_to_match(where: str, pattern: str, run: Run, write: Write) -> None:
    for folder in ("a" * 240, "a/" * 100 + "a"):
        write(f"{folder}/{'a' * 240}.md", ALIGNED)
    write(*(("mdtables.toml", f'exclude = ["{pattern}"]') if where == "exclude" else (".gitignore", pattern)))
    start = time.monotonic()
    assert run("check").status == 0
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a" + ".a" * 100_000 + "=1", "a key with more than 200 parts"),
        ("#" * 2_000_000, "more than 1000000 bytes"),
        ("a=" + "[" * 100_000, "invalid TOML"),
        ('exclude = ["' + "a" * 5000 + '"]', "it has more than 4096 characters"),
        ("\0", "invalid TOML"),
    ],
    ids=["dotted key", "large", "nested", "long pattern", "nul"],
)
def test_expensive_configuration_is_rejected_quickly(content: str, message: str, run: Run, write: Write) -> None:
    write("mdtables.toml", content)
    document = write("a" * 200 + ".md", RAGGED)
    start = time.monotonic()
    ran = run("fix")
    assert time.monotonic() - start < 5
    assert ran.status == 2
    assert "error[config]: " in ran.out
    assert message in ran.out
    assert document.read_text() == RAGGED


def test_long_dotted_text_is_not_rejected_as_a_key(run: Run, write: Write) -> None:
    write("mdtables.toml", "# see " + "a." * 300 + '\nexclude = ["' + "a." * 300 + '"]\n')
    document = write("a.md", RAGGED)
    assert run("fix").status == 0
    assert document.read_text() == ALIGNED


@pytest.mark.parametrize("target", ["/dev/zero", "gone.toml", "mdtables.toml", "folder"])
def test_configuration_link_to_a_bad_target_is_an_error(target: str, run: Run, write: Write, tmp_path: Path) -> None:
    document = write("a.md", RAGGED)
    write("folder/x", "")
    (tmp_path / "mdtables.toml").symlink_to(target)
    assert "mdtables.toml: error[config]" in run("fix").out
    assert document.read_text() == RAGGED


@pytest.mark.parametrize("what", ["the source", "its folder"])
def test_link_swapped_in_after_the_check_is_not_followed(
    what: str, run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mdtables.workspace import context as contexts
    from mdtables.workspace import load

    write(".git/HEAD", "")
    write("data/d.csv", "a\nours\n")
    write("elsewhere/d.csv", "a\nsecret\n")
    document = write("a.md", sourced("source=data/d.csv"))
    check = contexts.resolve

    def race(path: str, context: contexts.DocumentContext, locate: Locate, real_path: Callable[[str], str]) -> str:
        real = check(path, context, locate, real_path)
        victim = tmp_path / ("data/d.csv" if what == "the source" else "data")
        victim.rename(tmp_path / "moved")
        victim.symlink_to(tmp_path / "elsewhere" / ("d.csv" if what == "the source" else ""))
        return real

    monkeypatch.setattr(load, "resolve", race)
    ran = run("fix", "a.md")
    assert ran.status == 2
    assert "a.md:1:27: error[unreadable]: data/d.csv cannot be read: " in ran.out
    assert "secret" not in document.read_text() + ran.out


def test_folder_named_like_a_document(run: Run, write: Write) -> None:
    inside = write("x.md/a.md", RAGGED)
    assert run("fix").status == 0
    assert inside.read_text() == ALIGNED
    assert run("check", "x.md").status == 0


def test_dangling_link(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to("gone.md")
    assert run("fix").status == 0
    ran = run("fix", "a.md")
    assert ran.status == 2
    assert ran.out == "a.md: error[no-document]: a symbolic link to gone.md, which leads nowhere\n"


def test_link_to_itself(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to("a.md")
    assert run("fix").status == 0
    ran = run("fix", "a.md")
    assert ran.status == 2
    assert ran.out == "a.md: error[no-document]: a symbolic link to a.md, which leads nowhere\n"


def test_pipe_and_device(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert run("fix").status == 0
    assert run("fix", "a.md").out == "a.md: error[no-document]: not a file or a folder\n"
    assert run("fix", "/dev/null").status == 2


def test_unreadable_folder_does_not_hide_others(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    document = write("a/a.md", RAGGED)
    write("b/b.md", RAGGED)
    original = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("b"):
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(os, "scandir", refuse)
    ran = run("fix")
    assert ran.out == "b: error[unreadable]: cannot be read: Permission denied\nfixed a/a.md\n"
    assert ran.status == 2
    assert document.read_text() == ALIGNED


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_no_permission(run: Run, write: Write) -> None:
    document = write("a.md", RAGGED)
    document.chmod(0)
    assert "error[unreadable]" in run("fix").out
    document.chmod(0o444)
    assert "error[unwritable]" in run("fix").out


@pytest.mark.parametrize("call", ["read", "_stage"])
def test_permission_error_is_a_diagnostic(call: str, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    document = write("a.md", RAGGED)
    other = write("b.md", RAGGED)
    module = files if call == "read" else writing
    original = getattr(module, call)

    def refuse(path: object) -> object:
        if getattr(path, "target", path) in ("a.md", str(document)):
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(module, call, refuse)
    ran = run("fix")
    assert ran.status == 2
    assert f"a.md: error[un{'read' if call == 'read' else 'writ'}able]: cannot be " in ran.out
    assert "Permission denied" in ran.out
    assert (document.read_text(), other.read_text()) == (RAGGED, ALIGNED)


@pytest.mark.parametrize(
    ("source", "expected"), [("folder.csv", "27: error[unreadable]"), ("gone.csv", "34: error[source-missing]")]
)
def test_unusable_source(source: str, expected: str, run: Run, write: Write) -> None:
    write("folder.csv/x", "")
    write("a.md", sourced(f"source={source}"))
    assert f"a.md:1:{expected}" in run("fix").out


def test_source_deleted_after_the_table_was_written(run: Run, write: Write) -> None:
    data = write("d.csv", "a\n1\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    before = document.read_bytes()
    data.unlink()
    assert run("fix").status == 2
    assert document.read_bytes() == before


def test_five_hundred_columns(run: Run, write: Write) -> None:
    write("d.csv", ",".join(f"c{n}" for n in range(500)) + "\n" + ",".join(["x|y"] * 500) + "\n")
    document = write("a.md", sourced("source=d.csv"))
    assert run("fix").status == 0
    assert document.read_text().count("x\\|y") == 500
    assert run("check").status == 0


@pytest.mark.slow
def test_many_rows(run: Run, write: Write) -> None:
    write("d.csv", "a,b\n" + "".join(f"{n},x {n}\n" for n in range(100_000)))
    document = write("a.md", sourced("source=d.csv"))
    assert run("fix").status == 0
    assert "| 99999 | x 99999 |\n" in document.read_text()
    assert run("check").status == 0


@pytest.mark.slow
def test_long_line_and_long_cell(run: Run, write: Write) -> None:
    document = write("a.md", "x" * 10_000_000 + "\n" + RAGGED)
    assert run("fix").status == 0
    assert document.read_text().endswith(ALIGNED)
    write("d.csv", "a,b\n" + "x" * 1_000_000 + ",1\n")
    write("a.md", sourced("source=d.csv"))
    assert run("fix").status == 0
    assert run("check").status == 0


@pytest.mark.slow
def test_large_document(run: Run, write: Write) -> None:
    paragraph = "Some ordinary text with `code`, a [link](x) and | pipes |.\n\n"
    document = write("a.md", RAGGED + paragraph * (50_000_000 // len(paragraph)))
    assert run("fix").status == 0
    with document.open() as lines:
        assert "".join(next(lines) for _ in range(7)) == ALIGNED


def test_unprintable_document_names_are_escaped(run: Run, tmp_path: Path) -> None:
    for name in (b"a b\n.md", b"\xff.md", b"'\".md"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(RAGGED.encode())
    ran = run("fix")
    assert ran.status == 0
    assert sorted(ran.out.splitlines()) == ["fixed '\".md", "fixed \\udcff.md", "fixed a b\\n.md"]
    assert run("check", "--output-format", "json").status == 0


def test_end_marker_as_a_value_does_not_end_the_region(run: Run, write: Write) -> None:
    write(
        "d.csv", 'a\n<!-- TABLE_GENERATE_END -->\n"x\n<!-- TABLE_GENERATE_END -->\n"\n<!-- TABLE_GENERATE_START -->\n'
    )
    for cells in ("text", "markdown"):
        document = write("a.md", sourced(f"source=d.csv cells={cells}") + "after\n")
        assert run("fix") == Ran(0, "fixed a.md\n", "1 document: 1 fixed\n")
        assert document.read_text().endswith("-->\nafter\n")
        assert run("check").status == 0


def test_generated_table_indented_into_code_is_an_error(run: Run, write: Write) -> None:
    """The start marker continues a paragraph, so its indentation is ignored; after the blank line it makes code."""
    write("d.csv", "a,b\n1,2\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    start, *table, end = document.read_text().splitlines()
    indented = [f"    {line}".rstrip() for line in [start, *table]]
    document.write_text("\n".join(["x", *indented, end, ""]))
    ran = run("check")
    assert ran.status == 2
    assert "a.md:4: error[region-content]" in ran.out


FORGED = "::error file=a.md::forged"


@pytest.mark.parametrize("command", [["fix"], ["check"], ["check", "--diff"], ["list"], ["pull"], ["check", "-q"]])
def test_no_name_begins_a_line_of_its_own(command: list[str], run: Run, write: Write) -> None:
    """GitHub obeys lines that begin with ::, and a person takes each line for a message of mdtables."""
    write(f"x\n{FORGED.replace('/', '')}\ny.md", RAGGED)
    write("d.csv", f'"a\n{FORGED}\nb",c\n1,2\n')
    write("b.md", sourced('source="d.csv" columns="zz"'))
    write("c.md", sourced('source="d.csv" sort="zz"'))
    write("d.md", sourced('source="d.csv"', f"\n| a<br>{FORGED}<br>b | c |\n| --- | --- |\n| 1 | 3 |\n\n"))
    ran = run(*command)
    assert not [line for line in (ran.out + ran.err).splitlines() if line.lstrip().startswith("::")]


def test_a_mistake_in_the_words_of_a_command_is_one_line(run: Run) -> None:
    for words in (["x\n::error::y"], ["check", "--x\n::error::y"], ["show", "a.md", "x\n::error::y"]):
        assert "\n::" not in run(*words).err


@pytest.mark.parametrize("command", [["check", "--diff"], ["pull", "--diff"], ["extract", "--diff", "b.md"]])
def test_a_workflow_obeys_no_command_in_a_diff(
    command: list[str], run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    write("b.md", f"{FORGED}\n\n{RAGGED}")
    write("d.csv", f"a\nx\n{FORGED}\n")
    document = write("c.md", sourced("source=d.csv"))
    run("fix", "c.md")
    document.write_text(document.read_text().replace("| x ", "| y "))
    lines = run(*command).out.splitlines()
    stops = [number for number, line in enumerate(lines) if line.startswith("::stop-commands::")]
    obeyed = [number for number, line in enumerate(lines) if line.lstrip(" +-").startswith(FORGED)]
    assert obeyed
    for number in obeyed:
        token = lines[max(stop for stop in stops if stop < number)].removeprefix("::stop-commands::")
        assert f"::{token}::" in lines[number:]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "command",
    [["check", "--diff"], ["pull", "--diff"], ["extract", "--diff", "b.md"], ["show", "d.csv"]],
)
def test_a_terminal_obeys_nothing_in_data(
    command: list[str], run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("d.csv", "a\nx\n\x1b]0;title\x07\u202e\n")
    document = write("c.md", sourced("source=d.csv"))
    run("fix")
    document.write_text(document.read_text().replace("| x ", "| y "))
    write("b.md", BARE.format("|a|\n|-|\n|\x1b[31m|\n"))
    monkeypatch.setattr("sys.stdout", terminal := Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    main(command)
    shown = terminal.getvalue()
    assert "\\x1b" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_link_out_of_the_project_is_followed_only_if_it_is_named(run: Run, write: Write, tmp_path: Path) -> None:
    outside = write("outside/notes.md", RAGGED)
    write("project/mdtables.toml", "")
    (tmp_path / "project/a.md").symlink_to(outside)
    for command in ("fix", "check"):
        ran = run(command, "project")
        assert ran.out.startswith("project/a.md: warning[document-outside]: skipped: a link to /")
        assert (ran.status, outside.read_text()) == (0, RAGGED)
    assert run("fix", "project/a.md").status == 0
    assert outside.read_text() == ALIGNED


def test_a_link_inside_the_project_is_followed(run: Run, write: Write, tmp_path: Path) -> None:
    inside = write("project/docs/notes.md", RAGGED)
    write("project/mdtables.toml", "exclude = ['docs/']")
    (tmp_path / "project/a.md").symlink_to("docs/notes.md")
    assert run("fix", "project").status == 0
    assert inside.read_text() == RAGGED  # excluded by its own name
    write("project/mdtables.toml", "")
    assert run("fix", "project").status == 0
    assert inside.read_text() == ALIGNED


@pytest.mark.parametrize("before", ["./", ".//", "././/", "./././"])
def test_a_path_may_begin_with_the_working_directory(before: str, run: Run, write: Write, tmp_path: Path) -> None:
    """A script writes `./$folder/a.md` with an empty folder."""
    document = write("a.md", RAGGED)
    elsewhere = write("elsewhere/a.md", RAGGED)
    name = str(elsewhere).lstrip("/")
    copy = write(name, RAGGED)
    assert run("fix", before + name).out == f"fixed {name}\n"
    assert (copy.read_text(), elsewhere.read_text()) == (ALIGNED, RAGGED)
    assert run("fix", before + "a.md", "a.md", before).err == "3 documents: 2 fixed, 1 unchanged\n"
    assert document.read_text() == ALIGNED


def test_an_empty_path_is_an_error(run: Run, write: Write) -> None:
    document = write("a.md", RAGGED)
    assert run("fix", "").status == 2
    assert document.read_text() == RAGGED


@pytest.mark.parametrize("command", ["fix", "check", "list"])
def test_a_closed_standard_input_is_an_empty_document(command: str, tmp_path: Path) -> None:
    words = f'exec "{sys.executable}" -m mdtables {command} - <&-'
    ran = subprocess.run(["bash", "-c", words], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_dashes_are_no_value_of_an_option(command: str, run: Run, write: Write) -> None:
    """Python 3.11 makes an empty list of them."""
    write("a.md", RAGGED)
    options = [word for action in parser_of(command)._actions if action.nargs != 0 for word in action.option_strings]
    for option in options:
        ran = run(command, "a.md", f"{option}=--")
        assert ran.status == 2
        assert f'"--" is not a value of {option}' in ran.err


ASCII = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locale")
@pytest.mark.parametrize("words", [["fix"], ["check", "--diff"], ["list"], ["pull"], ["list", "--uses", "é.csv"]])
def test_a_name_in_a_locale_of_ascii_is_its_bytes(words: list[str], write: Write, tmp_path: Path) -> None:
    write("é.csv", "a\n1\n")
    write("a.md", sourced("source=é.csv"))
    write("b.md", sourced("source=ü.csv"))
    write("c.md", RAGGED)
    ran = subprocess.run(
        [sys.executable, "-m", "mdtables", *words],
        cwd=tmp_path,
        env=os.environ | ASCII | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in ran.stderr
    shown = ran.stdout + ran.stderr
    assert shown.count("error[") == ("--uses" not in words)
    assert "b.md:1:34: error[source-missing]" in shown or "--uses" in words
    if words == ["fix"]:
        assert "| 1 |" in (tmp_path / "a.md").read_text().replace("  ", " ").replace("  ", " ")


def test_a_crash_is_no_stale_document(tmp_path: Path) -> None:
    code = "import mdtables.cli.commands as c; c.dispatch = lambda words: 1 / 0; from mdtables.cli import run_and_stop"
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}; run_and_stop()"], cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert ran.returncode == 2
    assert "ZeroDivisionError" in ran.stderr
    assert ran.stderr.endswith("mdtables: this is a bug in mdtables: please report it, with the lines above\n")


@pytest.mark.parametrize("module", ["mdtables.cli.commands", "mdtables.document.marker"])
def test_an_interrupt_while_importing_ends_the_run(module: str, tmp_path: Path) -> None:
    code = f"""
import sys
class Interrupt:
    def find_spec(self, name, *rest):
        if name == {module!r}:
            raise KeyboardInterrupt
from mdtables.cli import run_and_stop
sys.meta_path.insert(0, Interrupt())
sys.argv = ["mdtables", "check"]
run_and_stop()
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (130, "")


def test_a_working_directory_that_was_deleted(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    words = f'rmdir "{folder}" && exec "{sys.executable}" -m mdtables check a.md'
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        ["bash", "-c", words], cwd=folder, check=False, capture_output=True, text=True, env=environment
    )
    assert ran.returncode == 2
    assert ran.stderr == "mdtables: the working directory does not exist any more\n" or "no such file" in ran.stdout


def test_a_gitignore_that_is_a_folder_ignores_nothing(run: Run, write: Write, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    write("a.md", RAGGED)
    assert run("fix", ".").out == "fixed a.md\n"


def test_an_excluded_link_out_of_the_project_is_no_warning(run: Run, write: Write, tmp_path: Path) -> None:
    write("outside/notes.md", RAGGED)
    write("project/mdtables.toml", 'exclude = ["a.md"]\n')
    (tmp_path / "project/a.md").symlink_to("../outside/notes.md")
    assert run("check", "project") == Ran(0, "", "1 document, nothing to do\n")
    write("project/mdtables.toml", "")
    assert run("check", "project", "--exclude", "project/a.md") == Ran(0, "", "1 document, nothing to do\n")


def test_a_line_of_blanks_in_a_configuration_takes_no_time(run: Run, write: Write) -> None:
    write("mdtables.toml", "colums = 1\n" + " " * 100_000 + "\n")
    write("a.md", RAGGED)
    start = time.monotonic()
    assert 'mdtables.toml:1: error[config]: unknown key "colums"' in run("check").out
    assert time.monotonic() - start < 5


def test_blanks_in_a_line_of_a_gitignore_take_no_time(run: Run, write: Write) -> None:
    write(".gitignore", "x" + " " * 500_000 + "x\n")
    write("a.md", ALIGNED)
    start = time.monotonic()
    assert run("check").status == 0
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("rows", [250, 5000])
@pytest.mark.parametrize("region", ["<!-- TABLE_GENERATE_START -->", '<!-- TABLE_GENERATE_START source="d.csv" -->'])
def test_a_table_of_blanks_is_an_error(region: str, rows: int, run: Run, write: Write) -> None:
    long = "x" * 200_000
    write("d.csv", f"a\n{long}\n" + "1\n" * rows)
    table = f"|a|\n|-|\n|{long}|\n" + "|1|\n" * rows if "source" not in region else ""
    document = write("a.md", f"{region}\n{table}<!-- TABLE_GENERATE_END -->\n")
    before = document.read_text()
    ran = run("fix")
    assert (ran.status, document.read_text()) == (2, before)
    assert "error[table-size]: the table would have" in ran.out
    write("a.md", before.replace(" -->", " style=compact -->", 1))
    assert run("fix").status == 0


def test_a_respelled_table_that_becomes_too_large_is_an_error(run: Run, write: Write) -> None:
    """A linter put angle brackets around an address, which makes the column wider than it may be."""
    address = "https://example.com/" + "x" * 79_979
    write("d.csv", f"a\n{address}\n" + "y\n" * 249)
    document = write("a.md", sourced("source=d.csv"))
    assert run("fix").status == 0
    lines = [line.rstrip(" |") + " |" for line in document.read_text().splitlines() if line.startswith("|")]
    rest = [line for line in document.read_text().splitlines() if not line.startswith("|")]
    edited = "\n".join([rest[0], "", *lines, "", rest[-1], ""]).replace(address, f"<{address}>")
    document.write_text(edited)
    ran = run("check")
    assert ran.status == 2
    assert "error[table-size]: the table would have 250 rows" in ran.out
