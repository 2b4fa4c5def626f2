"""The command line: paths, output and exit status."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables import __version__
from mdtables.cli.output import uses_color
from tests.conftest import ALIGNED, BARE, RAGGED, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]

BROKEN = "<!-- TABLE_GENERATE_START -->\n"


# --- exit status ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "document", "status"),
    [
        (["fix"], ALIGNED, 0),
        (["fix"], RAGGED, 0),
        (["fix", "--exit-non-zero-on-fix"], RAGGED, 1),
        (["fix", "--exit-non-zero-on-fix"], ALIGNED, 0),
        (["fix", "--diff"], RAGGED, 1),
        (["fix"], BROKEN, 2),
        (["check"], ALIGNED, 0),
        (["check"], RAGGED, 1),
        (["check"], BROKEN, 2),
        (["check", "--diff"], RAGGED, 1),
        (["list"], RAGGED, 0),
        (["list"], BROKEN, 2),
        (["check"], BARE.format(""), 0),
        (["check"], "no region\n", 0),
    ],
)
def test_exit_status(words: list[str], document: str, status: int, run: Run, write: Write) -> None:
    write("a.md", document)
    assert run(*words).status == status


def test_error_outranks_stale_and_other_documents_are_fixed(run: Run, write: Write) -> None:
    write("a.md", BROKEN)
    fixed = write("b.md", RAGGED)
    assert run("fix", "--exit-non-zero-on-fix").status == 2
    assert fixed.read_text() == ALIGNED


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "usage: mdtables COMMAND [OPTIONS] …\n\nKeep tables in Markdown aligned"),
        (["fixx"], 'mdtables: error: unknown command "fixx"\n  hint: did you mean "fix"?\n'),
        (
            ["fix", "--no-such-option"],
            'mdtables fix: error: unknown option "--no-such-option"\n  hint: options: --help, ',
        ),
        (["fix", "--forse"], 'mdtables fix: error: unknown option "--forse"\n  hint: did you mean "--force"?\n'),
        (["check", "--output-format", "xml"], "invalid choice: 'xml'"),
        (["show"], "arguments are required: SOURCE"),
        (["fix", "gone.md"], "gone.md: error[no-document]"),
    ],
)
def test_wrong_usage_exits_with_2_and_a_message(words: list[str], message: str, run: Run) -> None:
    ran = run(*words)
    assert ran.status == 2
    assert message in ran.out + ran.err


@pytest.mark.parametrize(("expected", "width"), [("120", 120), ("0", 80), ("-5", 80), ("abc", 80), ("²", 80), ("", 80)])
def test_help_width_follows_columns_variable(
    run: Run, monkeypatch: pytest.MonkeyPatch, expected: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", expected)
    usage = run("check", "--help").out.partition("\n\n")[0]
    assert width - 20 < max(map(len, usage.splitlines())) <= width - 2


def test_help_and_version_exit_with_0(run: Run) -> None:
    for words, start in (
        (["--help"], "usage: mdtables COMMAND [OPTIONS] …\n"),
        (["show", "--help"], "usage: mdtables show [-h]"),
        (["--version"], f"mdtables {__version__}\n"),
    ):
        ran = run(*words)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.startswith(start)


# --- paths ------------------------------------------------------------------------------------------------------------


def test_folder_selects_every_document_below_it(run: Run, write: Write) -> None:
    documents = [write(f"posts/{name}", RAGGED) for name in ("a.md", "deep/er/b.markdown", "c.mdx", "d.qmd", "e.Rmd")]
    other = write("posts/f.txt", RAGGED)
    assert run("fix", "posts").status == 0
    assert [document.read_text() for document in documents] == [ALIGNED] * 5
    assert other.read_text() == RAGGED


def test_named_file_is_a_document_whatever_its_suffix(run: Run, write: Write) -> None:
    document = write("notes.txt", RAGGED)
    run("fix", "notes.txt")
    assert document.read_text() == ALIGNED


def test_outside_git_some_folders_are_skipped_unless_named(run: Run, write: Write) -> None:
    skipped = [write(f"{name}/a.md", RAGGED) for name in (".hidden", "node_modules", "venv", "_site", "site", "vendor")]
    run("fix")
    assert [document.read_text() for document in skipped] == [RAGGED] * 6
    run("fix", "vendor", ".hidden/a.md")
    assert skipped[0].read_text() == skipped[5].read_text() == ALIGNED


def test_in_git_ignored_files_are_skipped_but_not_hidden_ones(run: Run, write: Write, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(".gitignore", "build/\n")
    ignored = write("build/a.md", RAGGED)
    hidden = write(".github/a.md", RAGGED)
    run("fix")
    assert (ignored.read_text(), hidden.read_text()) == (RAGGED, ALIGNED)
    run("fix", "build/a.md")
    assert ignored.read_text() == ALIGNED


def test_deleted_tracked_document_is_ignored(run: Run, write: Write, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    gone = write("a.md", RAGGED)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    gone.unlink()
    assert run("check") == Ran(0, "", "0 documents, nothing to do\n")


def test_data_file_selects_the_documents_using_it(run: Run, write: Write, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("data/x.csv", "a\n1\n")
    user = write("posts/a.md", sourced("source=../data/x.csv"))
    other = write("posts/b.md", RAGGED)
    ran = run("fix", "data/x.csv")
    assert ran.out == "fixed posts/a.md\n"
    assert "|   1 |" in user.read_text()
    assert other.read_text() == RAGGED


@pytest.mark.parametrize("where", ["option", "configuration"])
def test_exclude_warns_only_about_named_documents(where: str, run: Run, write: Write) -> None:
    draft = write("posts/drafts/a.md", RAGGED)
    words = ["--exclude", "drafts/"] if where == "option" else []
    if where == "configuration":
        write("mdtables.toml", 'exclude = ["drafts/"]\n')
    assert run("fix", "posts", *words).out == ""
    ran = run("fix", "posts/drafts/a.md", *words)
    by = "--exclude" if where == "option" else "mdtables.toml"
    assert ran.out.splitlines()[0] == f"posts/drafts/a.md: warning[excluded]: skipped: excluded by {by}"
    assert ran.status == 0
    assert draft.read_text() == RAGGED


def test_excluded_document_ignores_its_broken_configuration(run: Run, write: Write) -> None:
    write("cases/mdtables.toml", "nonsense = 1\n")
    write("cases/a.md", RAGGED)
    assert run("check", "--exclude", "cases/") == Ran(0, "", "1 document, nothing to do\n")


def test_missing_path_is_an_error(run: Run) -> None:
    ran = run("fix", "data/corses.csv")
    assert ran == Ran(
        2, "data/corses.csv: error[no-document]: no such file or folder\n", "1 document: 1 with errors, not written\n"
    )


def test_unused_data_file_is_a_warning(run: Run, write: Write) -> None:
    write("d.csv", "a\n1\n")
    write("a.md", RAGGED)
    ran = run("fix", "d.csv")
    assert ran.out == "d.csv: warning[unused]: no document uses this file as a source\n"
    assert ran.status == 0


def test_data_file_in_an_allowed_folder_selects_its_users(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("shared/x.csv", "a\n1\n")
    write("project/mdtables.toml", "")
    write("project/a.md", sourced("source=../shared/x.csv"))
    monkeypatch.chdir(tmp_path / "project")
    assert run("fix", "../shared/x.csv", "--allow-folder", "../shared").out == "fixed a.md\n"


@pytest.mark.parametrize("words", [["d.csv"], ["d.csv", "--config", "no.toml"]])
def test_data_file_with_broken_configuration_is_an_error(words: list[str], run: Run, write: Write) -> None:
    write("d.csv", "a\n1\n")
    write("a.md", sourced("source=d.csv"))
    write("mdtables.toml", "nonsense = 1\n")
    ran = run("fix", *words)
    assert ran.status == 2
    assert "error[config]" in ran.out


def test_failing_git_ls_files_is_an_error_and_writes_nothing(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = write("a.md", RAGGED)
    write(".git/config", "nonsense")
    ran = run("fix")
    assert ran.status == 2
    assert ".: error[unreadable]: git ls-files failed: fatal: not a git repository" in ran.out
    assert document.read_text() == RAGGED
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ".: error[unreadable]: in a git repository, but git cannot be run" in run("fix").out
    assert run("fix", "a.md").status == 0


def test_named_ignored_folder_is_not_skipped(run: Run, write: Write, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(".gitignore", "build/\n")
    ignored = write("build/a.md", RAGGED)
    below = write("pkg/build/a.md", RAGGED)
    run("fix", "pkg")
    assert below.read_text() == RAGGED
    run("fix", "build")
    assert ignored.read_text() == ALIGNED


def test_document_named_twice_is_processed_once(run: Run, write: Write) -> None:
    write("a.md", RAGGED)
    assert run("check", "a.md", "./a.md", ".").err.startswith("1 document: 1 stale")


@pytest.mark.parametrize("pattern", ["!", "a\\", "a[b"])
def test_invalid_exclude_pattern_is_an_error(pattern: str, run: Run, write: Write) -> None:
    write("a.md", RAGGED)
    ran = run("check", "--exclude", pattern)
    assert ran.status == 2
    assert f'--exclude: error[config]: exclude: invalid pattern "{pattern}"' in ran.out


def test_fix_writes_through_a_link(run: Run, write: Write, tmp_path: Path) -> None:
    target = write("real/a.md", sourced("source=d.csv"))
    write("real/d.csv", "a\n1\n")
    (tmp_path / "link.md").symlink_to("real/a.md")
    assert run("fix", "link.md").status == 0
    assert (tmp_path / "link.md").is_symlink()
    assert "|   1 |" in target.read_text()


# --- standard input ---------------------------------------------------------------------------------------------------


def feed(monkeypatch: pytest.MonkeyPatch, text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_stdin_resolves_sources_from_stdin_filename(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("posts/d.csv", "a\n1\n")
    feed(monkeypatch, sourced("source=d.csv"))
    ran = run("fix", "-", "--stdin-filename", "posts/a.md")
    assert ran.status == 0
    assert "|   1 |" in ran.out


def test_stdin_works_with_list_and_json(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, RAGGED)
    assert "x.md:1    (bare)    stale" in run("list", "-", "--stdin-filename", "x.md").out
    feed(monkeypatch, RAGGED)
    report = json.loads(run("check", "-", "--output-format", "json").out)
    assert report["documents"][0]["stale"]


def test_stdin_passes_an_excluded_document_through(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("mdtables.toml", 'exclude = ["x.md"]\n')
    feed(monkeypatch, RAGGED)
    ran = run("fix", "-", "--stdin-filename", "x.md")
    assert ran.out == RAGGED
    assert "warning[excluded]" in ran.err


def test_check_of_stdin_does_not_print_the_document(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(monkeypatch, RAGGED)
    assert run("check", "-") == Ran(1, "", "stale <stdin>\n")
    feed(monkeypatch, RAGGED)
    assert "+| a   | b   |" in run("check", "-", "--diff").out


def test_stdin_rejects_other_paths(run: Run) -> None:
    ran = run("fix", "-", "a.md")
    assert ran.status == 2
    assert "- (standard input) cannot be combined with other paths" in ran.err


# --- output -----------------------------------------------------------------------------------------------------------


def test_diff_shows_the_change_and_writes_nothing(run: Run, write: Write) -> None:
    document = write("a.md", "Before.\n" + RAGGED)
    ran = run("fix", "--diff", "a.md")
    assert ran.out.splitlines()[:3] == ["--- a.md", "+++ a.md", "@@ -1,6 +1,8 @@"]
    assert "-|a|b|\n" in ran.out
    assert document.read_text() == "Before.\n" + RAGGED


def test_diff_marks_a_missing_final_newline(run: Run, write: Write) -> None:
    write("a.md", RAGGED.rstrip("\n"))
    assert run("check", "--diff").out.endswith("\\ No newline at end of file\n")


def test_json_has_documents_diagnostics_and_regions(run: Run, write: Write) -> None:
    write("a.md", sourced("source=d.csv") + sourced("source=no.csv"))
    write("b.md", RAGGED)
    write("c.md", "nothing")
    write("d.csv", "a\n1\n")
    report = json.loads(run("check", "--output-format", "json", "--diff").out)
    assert (report["documents_seen"], report["stale"], report["errors"]) == (3, 1, 1)
    first, second = report["documents"]
    assert [region["state"] for region in first["regions"]] == ["stale", "broken"]
    assert first["diagnostics"][0]["code"] == "source-missing"
    assert first["diagnostics"][0]["line"] == 3
    assert second["path"] == "b.md"
    assert second["diff"].startswith("--- b.md")


@pytest.mark.parametrize(
    ("header", "column", "replacement"),
    [("Price,n", "Prize", "Price"), ('"Price, net",n', "Price net", None), ("Price as is,n", "Price as id", None)],
)
def test_json_fix_is_an_edit_only_where_the_column_needs_no_quotes(
    header: str, column: str, replacement: str | None, run: Run, write: Write
) -> None:
    write("d.csv", f"{header}\n1,2\n")
    write("a.md", sourced(f"source=d.csv sort='{column}'"))
    (found,) = json.loads(run("check", "--output-format", "json").out)["documents"][0]["diagnostics"]
    edits = [edit for fix in found["fixes"] for edit in fix["edits"]]
    assert [edit["new_text"] for edit in edits] == ([replacement] if replacement else [])
    if replacement:
        text = (Path.cwd() / "a.md").read_text().splitlines()[edits[0]["line"] - 1]
        assert text[edits[0]["column"] - 1 : edits[0]["end_column"] - 1] == column
    else:
        assert "did you mean" in found["hint"]


def test_json_without_documents_is_valid(run: Run) -> None:
    assert json.loads(run("check", "--output-format", "json").out)["documents"] == []


def test_github_diff_is_grouped_and_cannot_run_commands(run: Run, write: Write) -> None:
    write("a.md", RAGGED + "::error::not ours\n")
    lines = run("check", "--diff", "--output-format", "github").out.splitlines()
    assert [line for line in lines if line.startswith("::")][1] == "::group::diff"
    stop = next(line for line in lines if line.startswith("::stop-commands::"))
    token = stop.removeprefix("::stop-commands::")
    inside = lines[lines.index(stop) + 1 : lines.index(f"::{token}::")]
    assert " ::error::not ours" in inside
    assert lines[-2:] == [f"::{token}::", "::endgroup::"]


SARIF = Path(__file__).parent / "sarif-2.1.0.json"


def test_sarif_has_results_for_errors_and_stale_tables(run: Run, write: Write, tmp_path: Path) -> None:
    write("two words, 100% é.md", RAGGED)
    write("b.md", sourced("source=d.csv colums=a") + sourced("source=d.csv"))
    write("c.md", sourced("source=d.csv"))
    write("d.csv", "a,b\n1\n")
    ran = run("check", "--output-format", "sarif")
    assert ran.status == 2
    write("log.sarif", ran.out)
    words = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(SARIF), str(tmp_path / "log.sarif")]
    subprocess.run(words, check=True, capture_output=True)
    log = json.loads(ran.out)["runs"][0]
    physical = [r["locations"][0]["physicalLocation"] for r in log["results"]]
    assert [
        (r["ruleId"], r["level"], p["artifactLocation"]["uri"], p["region"].get("startLine"))
        for r, p in zip(log["results"], physical, strict=True)
    ] == [
        ("unknown-option", "error", "b.md", 1),
        ("row-length", "error", "d.csv", 2),
        ("stale", "error", "two%20words%2C%20100%25%20%C3%A9.md", 1),
    ]
    asked = log["results"][1]["relatedLocations"]
    assert [place["physicalLocation"]["region"]["startLine"] for place in asked] == [3, 1]
    assert [rule["id"] for rule in log["tool"]["driver"]["rules"]] == ["unknown-option", "row-length", "stale"]


@pytest.mark.parametrize("form", ["sarif", "github"])
def test_machine_output_uses_repository_paths(
    form: str, run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write("a.md", RAGGED)
    write("posts/b.md", RAGGED)
    monkeypatch.chdir(tmp_path / "posts")
    out = run("check", "--output-format", form, "..", ".").out
    assert ('"uri": "a.md"' if form == "sarif" else "file=a.md,") in out
    assert ('"uri": "posts/b.md"' if form == "sarif" else "file=posts/b.md,") in out


def test_sarif_without_findings_is_valid(run: Run, write: Write, tmp_path: Path) -> None:
    write("a.md", "nothing here\n")
    write("log.sarif", run("check", "--output-format", "sarif").out)
    words = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(SARIF), str(tmp_path / "log.sarif")]
    subprocess.run(words, check=True, capture_output=True)


def test_github_annotates_errors_and_stale_tables(run: Run, write: Write) -> None:
    write("a.md", BROKEN)
    write("b,c.md", "\n" + RAGGED)
    lines = run("check", "--output-format", "github").out.splitlines()
    assert lines[0].startswith("::error file=a.md,line=1,col=1,endLine=1,endColumn=30,title=mdtables unclosed-region::")
    assert "%0A" in lines[0]
    assert lines[1] == (
        "::error file=b%2Cc.md,line=2,col=1,endLine=2,endColumn=30,title=mdtables stale"
        "::this table is stale; run: mdtables fix b,c.md"
    )


def test_github_does_not_annotate_fixed_documents(run: Run, write: Write) -> None:
    write("a.md", RAGGED)
    assert run("fix", "--output-format", "github") == Ran(0, "", "")


def test_quiet_shows_only_errors_and_verbose_shows_all(run: Run, write: Write) -> None:
    write("a.md", BARE.format(""))
    write("b.md", BROKEN)
    write("c.md", ALIGNED)
    quiet, verbose = run("check", "-q"), run("check", "-v")
    assert "warning" not in quiet.out
    assert "error[unclosed-region]" in quiet.out
    assert quiet.err == ""
    assert "unchanged c.md" in verbose.out


def test_summary_suggests_the_fix_command(run: Run, write: Write) -> None:
    write("a b.md", RAGGED)
    assert run("check").err == "1 document: 1 stale\nrun: mdtables fix 'a b.md'\n"
    assert run("fix").err == "1 document: 1 fixed\n"


def test_in_a_hook_a_suggested_command_runs_where_mdtables_is_not_on_the_path(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = write("environment/bin/mdtables", "")
    write("a.md", RAGGED)
    monkeypatch.setattr(sys, "executable", str(own.parent / "python"))
    monkeypatch.setenv("PATH", str(own.parent))
    assert run("check", "a.md").err.endswith("run: mdtables fix a.md\n")
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert run("check", "a.md").err.endswith(f"run: {own} fix a.md\n")
    installed = write("elsewhere/mdtables", "")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", f"{own.parent}:{installed.parent}")
    assert run("check", "a.md").err.endswith("run: mdtables fix a.md\n")


def test_color_needs_a_terminal_or_a_request(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.md", BROKEN)
    assert "\x1b[" not in run("check").out
    assert "\x1b[1;31merror" in run("check", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("check").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check").out


def test_control_characters_are_escaped_in_output(run: Run, write: Write) -> None:
    write("a.md", "<!-- TABLE_GENERATE_START \x1b[31m=1 -->\n<!-- TABLE_GENERATE_END -->\n")
    out = run("check").out
    assert "\x1b" not in out
    assert "\\x1b[31m" in out


def test_closed_pipe_causes_no_traceback(write: Write, tmp_path: Path) -> None:
    for number in range(200):
        write(f"{number}.md", RAGGED)
    command = f"{sys.executable} -m mdtables check --diff . | head -n 1"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    ran = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in ran.stderr
    assert ran.stdout.startswith("---")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_closed_stream_causes_no_traceback(write: Write, tmp_path: Path, closed: str) -> None:
    write("a.md", RAGGED)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    command = ["bash", "-c", f"{sys.executable} -m mdtables check {closed}"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, "Traceback" in ran.stderr) == (1, False)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_full_disk_on_stdout_is_an_error_message(write: Write, tmp_path: Path) -> None:
    write("a.md", BROKEN)
    command = f"{sys.executable} -m mdtables check . > /dev/full"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    ran = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert ran.stderr.endswith("mdtables: No space left on device\n")


@pytest.mark.parametrize(("variable", "shown"), [("", True), ("PRE_COMMIT", False), ("CI", False)])
def test_hooks_and_ci_show_no_progress(
    variable: str, shown: bool, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pre-commit and prek give a hook a terminal if they show colors."""
    from mdtables.cli import progress

    monkeypatch.setattr(progress, "_DELAY", 0.0)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    if variable:
        monkeypatch.setenv(variable, "1")
    write("a.md", ALIGNED)
    assert ("\r[" in run("check").err) == shown


def test_progress_is_shown_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    from mdtables.cli import progress

    clock = iter([0.0, 0.5, 1.5, 1.55, 1.7])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    stream = io.StringIO()
    shown = progress.Progress(stream)
    for done in (1, 50, 51, 90):
        shown.show(done, 100)
    shown.clear()
    assert stream.getvalue().split("\r")[1:] == [
        "[###############...............] 50/100 documents",
        "[###########################...] 90/100 documents",
        " " * 49,
        "",
    ]


# --- list and show ----------------------------------------------------------------------------------------------------


def test_list_shows_region_source_and_state(run: Run, write: Write) -> None:
    write("a.md", sourced("source=\"d.yaml#'x.1'.y\"") + "\n" + ALIGNED)
    write("d.yaml", "x.1: {y: [{a: 1}]}\n")
    assert run("list").out.splitlines() == [
        "Region    Source          State",
        "--------  --------------  -------",
        "a.md:1    d.yaml#'x.1'.y  stale",
        "a.md:4    (bare)          clean",
    ]


def test_show_prints_the_table_of_a_source(run: Run, write: Write) -> None:
    write("data/d.csv", "name,n\nx|y,1\nz,\n")
    assert run("show", "data/d.csv").out == "| name |   n |\n| ---- | --: |\n| x\\|y |   1 |\n| z    |     |\n"
    assert run("show", "data/d.csv", "--sort=-name", "--limit", "1", "--columns", "name as Name").out == (
        "| Name |\n| ---- |\n| z    |\n"
    )


def test_show_supports_tabulate_formats(run: Run, write: Write) -> None:
    write("d.csv", "name,n\nx|y,1.10\nz,\n")
    grid = run("show", "d.csv", "--format", "grid", "--null", "?").out
    assert grid.splitlines()[3] == "| x|y    | 1.10 |"
    assert "|    ? |" in grid
    assert "<td>x|y   </td>" in run("show", "d.csv", "--format", "html").out


def test_show_prints_values_unchanged(run: Run, write: Write) -> None:
    value = "10\u00a0kg 👨\u200d👩\u200d👧 \u3000x"
    write("d.csv", f"a\n{value}\n")
    assert value in run("show", "d.csv", "--format", "tsv").out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["no.csv"], "there is no file no.csv"),
        (["d.csv", "--format", "gird"], 'did you mean "grid"?'),
        (["d.csv", "--sort", "x"], 'sort: there is no column "x"'),
        (["d.csv", "--limit", "x"], "invalid limit 'x': expected a whole number, 1 or more"),
        (["d.xlsx"], "cannot read d.xlsx: unsupported format"),
    ],
)
def test_show_reports_errors(words: list[str], expected: str, run: Run, write: Write) -> None:
    write("d.csv", "name,n\nx,1\n")
    ran = run("show", *words)
    assert ran.status == 2
    assert expected in ran.err


# --- configuration ----------------------------------------------------------------------------------------------------


def test_nearest_configuration_wins_without_merging(run: Run, write: Write) -> None:
    write("pyproject.toml", '[tool.mdtables]\nnull = "outer"\nstyle = "compact"\n')
    write("sub/mdtables.toml", 'null = "inner"\n')
    write("other/pyproject.toml", '[project]\nname = "mdtables-user"\n')
    for folder in ("", "sub/", "other/"):
        write(f"{folder}d.csv", "a,b\n1,\n")
        write(f"{folder}a.md", sourced("source=d.csv"))
    run("fix")
    texts = [Path(f"{folder}a.md").read_text() for folder in ("", "sub/", "other/")]
    assert "| 1 | outer |" in texts[0]
    assert "|   1 | inner |" in texts[1]
    assert "| 1 | outer |" in texts[2]


def test_configuration_above_the_git_root_is_ignored(run: Run, write: Write) -> None:
    write("mdtables.toml", 'style = "compact"\n')
    subprocess.run(["git", "init", "-q", "repository"], check=True)
    document = write("repository/docs/a.md", RAGGED)
    assert run("fix", "repository").status == 0
    assert document.read_text() == ALIGNED


def test_mdtables_toml_wins_over_pyproject(run: Run, write: Write) -> None:
    write("mdtables.toml", 'style = "aligned"\n')
    write("pyproject.toml", '[tool.mdtables]\nstyle = "compact"\n')
    document = write("a.md", RAGGED)
    run("fix")
    assert document.read_text() == ALIGNED


def test_config_option_applies_everywhere(run: Run, write: Write) -> None:
    write("mdtables.toml", 'null = "nearest"\n')
    write("ci.toml", 'null = "named"\n')
    write("d.csv", "a,b\n1,\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix", "--config", "ci.toml")
    assert "named" in document.read_text()
    ran = run("fix", "--config", "no.toml")
    assert ran.status == 2
    assert ran.out.splitlines()[0] == "no.toml: error[config]: there is no such configuration file"
    write("pyproject.toml", "[project]\n")
    assert "this file has no [tool.mdtables]" in run("check", "--config", "pyproject.toml").out


def test_config_option_is_read_even_without_regions(run: Run, write: Write) -> None:
    write("a.md", "no region\n")
    assert run("check", "--config", "no.toml").status == 2


def test_broken_configuration_is_reported_once_with_its_line(run: Run, write: Write) -> None:
    write("mdtables.toml", 'style = "compact"\nsytle = "aligned"\n')
    for name in ("a.md", "b.md"):
        write(name, RAGGED)
    ran = run("fix")
    assert ran.status == 2
    assert ran.out == 'mdtables.toml:2: error[config]: unknown key "sytle"\n  hint: did you mean "style"?\n'


def test_overlong_number_in_configuration_is_an_error(run: Run, write: Write) -> None:
    write("a.md", RAGGED)
    write("mdtables.toml", f"x = 1{'0' * 5000}\n")
    ran = run("check")
    assert ran.status == 2
    assert "error[config]: invalid TOML: " in ran.out


def test_force_overwrites_a_hand_edit(run: Run, write: Write) -> None:
    write("d.csv", "a\n1\n")
    document = write("a.md", sourced("source=d.csv", "\n| a   |\n| --- |\n| 2   |\n\n"))
    assert run("fix").status == 2
    assert run("fix", "--force").status == 0
    assert "|   1 |" in document.read_text()


def test_check_summarizes_changed_rows_and_cells(run: Run, write: Write) -> None:
    write("d.csv", "course,year\nA,2021\nB,2020\n")
    write("a.md", sourced("source=d.csv"))
    assert run("check").out == "stale a.md\na.md:1: +2 rows\n"
    run("fix")
    write("d.csv", "course,year\nA,2022\nB,2020\nC,2019\n")
    expected = "a.md:1: +1 row, -0 rows, 1 cell changed (year: 2021 -> 2022)\n"
    assert run("check").out == "stale a.md\n" + expected
    assert run("check", "--diff").out.startswith(expected + "--- a.md")
    (document,) = json.loads(run("check", "--output-format", "json").out)["documents"]
    assert document["regions"][0]["change"] == "+1 row, -0 rows, 1 cell changed (year: 2021 -> 2022)"
    assert document["regions"][0]["changes"] == ['row "A" (a.md:5): year: 2021 -> 2022', 'row "C" added']


def test_documents_without_markers_show_how_to_begin(run: Run, write: Write) -> None:
    write("a.md", "|a|b|\n|-|-|\n|1|2|\n\n> | c |\n> |:-:|\n")
    write("b.md", "Text | more\n")
    ran = run("fix", "a.md", "b.md")
    assert ran.status == 0
    assert ran.err == (
        "a.md: 2 tables without markers\n"
        "  hint: to have tables aligned, put <!-- TABLE_GENERATE_START --> above and <!-- TABLE_GENERATE_END --> below"
        " a table\n"
        "  hint: to generate them from data files: mdtables extract --list a.md\n"
        "2 documents, nothing to do\n"
    )
    assert "2 tables without markers" in run("list").err
    assert run("fix", "-q").err == ""
    write("c.md", ALIGNED)
    assert run("fix").err == "3 documents, nothing to do\n"


def test_list_verbose_shows_markers_in_code(run: Run, write: Write) -> None:
    write("a.md", f"{ALIGNED}\n```\n{ALIGNED}```\n")
    assert "in code" not in run("list").out
    lines = run("list", "-v").out.splitlines()
    assert [line.split() for line in lines[3:]] == [
        ["a.md:10", "(marker)", "in", "code"],
        ["a.md:16", "(marker)", "in", "code"],
    ]


def test_output_to_a_file_is_utf8_whatever_the_terminal_can_show(write: Write, tmp_path: Path) -> None:
    write("d.csv", "日本\n✓\n")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = [sys.executable, "-m", "mdtables", "show", "d.csv"]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert ran.stdout.decode() == "| 日本 |\n| ---- |\n| ✓    |\n"


def test_project_root_does_not_depend_on_the_working_folder(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("data/d.csv", "a\n1\n")
    write("posts/a.md", sourced('source="../data/d.csv"'))
    for folder, path in ((tmp_path, "posts/a.md"), (tmp_path / "posts", "a.md")):
        monkeypatch.chdir(folder)
        ran = run("check", path)
        assert "error[source-outside]: ../data/d.csv is outside the project" in ran.out
        assert "create an empty mdtables.toml in the folder where the project begins" in ran.out
    write("mkdocs.yml", "")
    for folder, path in ((tmp_path, "posts/a.md"), (tmp_path / "posts", "a.md")):
        monkeypatch.chdir(folder)
        assert run("check", path).status == 1


@pytest.mark.parametrize("command", ["fix", "check", "list"])
def test_help_tells_the_exit_status(command: str, run: Run) -> None:
    out = run(command, "--help").out
    assert "exit status:\n  0  nothing to do, or done\n  1  a document is stale" in out


def test_a_dumb_terminal_gets_no_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    assert not uses_color("auto", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert uses_color("auto", Terminal())


@pytest.mark.parametrize(("words", "to_stdout"), [(["fix"], True), (["check"], True), (["fix", "-"], False)])
def test_json_goes_to_standard_output_unless_the_document_does(
    words: list[str], to_stdout: bool, run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.md", RAGGED)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(RAGGED.encode())))
    ran = run(*words, "--output-format", "json")
    assert json.loads(ran.out if to_stdout else ran.err)["documents_seen"] == 1
