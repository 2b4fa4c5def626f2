"""A pattern as a source, wherever mdtables has to know what it means: git, the cache, dependents, links, `pull`."""

from __future__ import annotations

import io
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables.sources import DOCUMENTS, FORMATS
from mdtables.workspace.glob import Pattern
from tests.conftest import ISOLATED_GIT_ENV, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]
DECISIONS = sourced('source="*.md" columns="title as Decision, status as Status, @file as File" key=@file')
LOGS = sourced('source="/logs/**/*.csv" columns="day, count, @stem"')


def decision(title: str, status: str = "open") -> str:
    return f"---\ntitle: {title} # the title\nstatus: {status}\n---\n\n# {title}\n"


@pytest.fixture
def repository(tmp_path: Path, write: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with an index of decisions and a table of logs, all of it committed."""
    for name, value in ISOLATED_GIT_ENV.items():
        monkeypatch.setenv(name, value)
    git(tmp_path, "init", "-q")
    write("adr/0001.md", decision("First"))
    write("adr/0002.md", decision("Second", "done"))
    write("adr/index.md", "# Decisions\n\n" + DECISIONS)
    write("logs/2024/a.csv", "day,count\n1,10\n2,20\n")
    write("logs/b.csv", "count,day\n30,3\n")
    write("README.md", LOGS)
    assert run("fix", "-q").status == 0
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")
    assert run("check", "-q").status == 0
    return tmp_path


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True)


def rows(path: Path) -> list[list[str]]:
    lines = [line for line in path.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_rows_are_those_of_all_files_in_the_order_of_their_paths(repository: Path) -> None:
    assert rows(repository / "adr/index.md") == [["First", "open", "0001.md"], ["Second", "done", "0002.md"]]
    assert rows(repository / "README.md") == [["1", "10", "a"], ["2", "20", "a"], ["3", "30", "b"]]


@pytest.mark.parametrize("words", [("check",), ("check", "--no-cache"), ("check", "--tracked")])
def test_new_deleted_changed_and_renamed_files_make_a_document_stale(
    words: tuple[str, ...], repository: Path, run: Run, write: Write
) -> None:
    def changed_and_back(change: Callable[[], object]) -> None:
        assert run(*words, "-q").status == 0
        change()
        git(repository, "add", "-A")
        assert "stale adr/index.md" in run(*words).out
        git(repository, "reset", "-q", "--hard")

    changed_and_back(lambda: write("adr/0003.md", decision("Third")))
    changed_and_back((repository / "adr/0001.md").unlink)
    changed_and_back(lambda: write("adr/0001.md", decision("Other")))
    changed_and_back(lambda: (repository / "adr/0001.md").rename(repository / "adr/0009.md"))
    assert run(*words, "-q").status == 0


def test_text_below_the_front_matter_does_not_matter(repository: Path, run: Run, write: Write) -> None:
    write("adr/0001.md", decision("First") + "\nMore text.\n")
    assert run("check").status == 0


def test_untracked_files_are_left_out_of_what_git_tracks_and_told(repository: Path, run: Run, write: Write) -> None:
    write("adr/0003.md", decision("Third"))
    assert "stale adr/index.md" in run("check").out
    ran = run("check", "--tracked")
    assert ran.status == 0
    assert (
        "adr/index.md:3:27: warning[untracked]: git does not track adr/0003.md, so this table leaves it out" in ran.out
    )
    assert "hint: git add it" in ran.out


def test_ignored_and_hidden_files_are_left_out(repository: Path, run: Run, write: Write) -> None:
    write(".gitignore", "0009.md\n")
    write("adr/0009.md", decision("Ignored"))
    write("adr/.draft.md", decision("Hidden"))
    write("logs/.old/c.csv", "day,count\n9,9\n")
    assert run("check").status == 0


@pytest.mark.parametrize("path", ["logs/new.csv", "logs/2024/deep/new.csv"])
def test_a_new_data_file_means_the_documents_whose_pattern_it_matches(
    path: str, repository: Path, run: Run, write: Write
) -> None:
    write(path, "day,count\n4,40\n")
    assert run("fix", path) == Ran(0, "fixed README.md\n", "1 document: 1 fixed\n")
    assert run("list", "--uses", path).out.count("README.md:1") == 1


def test_a_document_means_itself_and_with_uses_the_documents_that_list_it(repository: Path, run: Run) -> None:
    assert run("fix", "adr/0001.md").err == "1 document, nothing to do\n"
    assert "adr/index.md:3" in run("list", "--uses", "adr/0001.md").out
    assert "adr/index.md:3" in run("list", "--uses", "adr/0777.md").out


@pytest.mark.parametrize("change", ["new", "deleted", "changed", "renamed"])
def test_staged_hook_fixes_the_index_of_a_document(change: str, repository: Path, run: Run, write: Write) -> None:
    first = repository / "adr/0001.md"
    if change == "new":
        write("adr/0003.md", decision("Third"))
    elif change == "deleted":
        first.unlink()
    elif change == "changed":
        write("adr/0001.md", decision("Other"))
    else:
        first.rename(repository / "adr/0005.md")
    git(repository, "add", "-A")
    ran = run("fix", "--tracked", "--staged", "--exit-non-zero-on-fix")
    assert (ran.status, "fixed adr/index.md" in ran.out) == (1, True)


def test_cell_is_pulled_into_the_file_of_its_row(repository: Path, run: Run) -> None:
    index, readme = repository / "adr/index.md", repository / "README.md"
    index.write_text(index.read_text().replace("| done ", "| dropped "))
    readme.write_text(readme.read_text().replace("|    20 |", "|    21 |").replace("|    30 |", "|    31 |"))
    ran = run("pull")
    assert ran.status == 0
    assert 'pulled adr/0002.md\n  row "0002.md" (adr/0002.md:1): Status: done -> dropped\n' in ran.out
    assert (repository / "adr/0002.md").read_text() == decision("Second", "dropped")
    assert (repository / "adr/0001.md").read_text() == decision("First")
    assert (repository / "logs/2024/a.csv").read_text() == "day,count\n1,10\n2,21\n"
    assert (repository / "logs/b.csv").read_text() == "count,day\n31,3\n"
    assert run("check").status == 0


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("| Second   | done   | 0002.md |\n", "", "a row was removed", "delete adr/0002.md"),
        ("| Second ", "| Third | new | 0003.md |\n| Second ", "a row was added", "create a file that matches *.md"),
        ("| 0002.md |", "| 0005.md |", '"@file" was edited', "rename the file"),
    ],
)
def test_what_is_no_part_of_a_file_is_refused(
    old: str, new: str, message: str, hint: str, repository: Path, run: Run
) -> None:
    index = repository / "adr/index.md"
    before = index.read_text()
    index.write_text(before.replace(old, new))
    assert index.read_text() != before
    ran = run("pull")
    assert ran.status == 2
    assert message in ran.out
    assert hint in ran.out
    git(repository, "diff", "--quiet", "--", "adr/0001.md", "adr/0002.md")


def test_the_first_cell_of_a_row_may_be_edited_while_columns_are_hidden(
    repository: Path, run: Run, write: Write
) -> None:
    write("titles.md", sourced('source="adr/*.md" columns="title"'))
    run("fix", "-q", "titles.md")
    titles = repository / "titles.md"
    titles.write_text(titles.read_text().replace("| First ", "| Other "))
    assert run("pull", "titles.md").status == 0
    assert (repository / "adr/0001.md").read_text() == decision("First").replace("title: First", "title: Other")


def test_a_key_that_a_file_does_not_have_is_added_to_it(repository: Path, run: Run, write: Write) -> None:
    write("adr/0003.md", "---\ntitle: Third # it\n---\n# H\n")
    write("adr/0004.md", '+++\ntitle = "Fourth"\n+++\n')
    run("fix", "-q")
    index = repository / "adr/index.md"
    text = index.read_text().replace("| Third    |        |", "| Third    | open   |")
    index.write_text(text.replace("| Fourth   |        |", "| Fourth   | done   |"))
    assert run("pull").status == 0
    assert (repository / "adr/0003.md").read_text() == "---\ntitle: Third # it\nstatus: open\n---\n# H\n"
    assert (repository / "adr/0004.md").read_text() == '+++\ntitle = "Fourth"\nstatus = "done"\n+++\n'
    assert run("check").status == 0


def test_a_file_without_front_matter_is_not_given_one(repository: Path, run: Run, write: Write) -> None:
    write("adr/0003.md", "# Third\n")
    run("fix", "-q")
    index = repository / "adr/index.md"
    index.write_text(index.read_text().replace("|          |        | 0003.md |", "| Third    |        | 0003.md |"))
    ran = run("pull")
    assert ran.status == 2
    assert 'adr/0003.md has no "title" of its own' in ran.out
    assert "hint: add it to adr/0003.md, then fix this document" in ran.out


def test_files_outside_the_project_are_refused(
    repository: Path, run: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.md").write_text(decision("secret"))
    (repository / "adr/0007.md").symlink_to(outside / "secret.md")
    ran = run("check", "adr/index.md")
    assert ran.status == 2
    assert "adr/0007.md is outside the project" in ran.out
    assert "secret" not in ran.out.replace(str(outside), "")


def test_links_lead_to_their_targets_but_keep_their_names(repository: Path, run: Run, write: Write) -> None:
    write("shared/x.md", decision("Shared"))
    (repository / "adr/0007.md").symlink_to("../shared/x.md")
    run("fix", "-q")
    assert rows(repository / "adr/index.md")[-1] == ["Shared", "open", "0007.md"]
    assert "adr/index.md:3" in run("list", "--uses", "shared/x.md").out
    assert run("check", "-q").status == 0
    write("shared/x.md", decision("Changed"))
    assert "stale adr/index.md" in run("check").out


def test_a_link_that_leads_nowhere_is_an_error(repository: Path, run: Run) -> None:
    (repository / "adr/0007.md").symlink_to("nothing.md")
    ran = run("check", "adr/index.md")
    assert ran.status == 2
    assert "0007.md" in ran.out or "nothing.md" in ran.out


def test_ten_thousand_files_and_no_more(write: Write, run: Run, tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(10_001):
        (tmp_path / f"many/{number}.yaml").touch()
    write("a.md", sourced('source="many/*.yaml" columns="@stem"'))
    ran = run("check", "a.md")
    assert ran.status == 2
    assert "more than 10000 files match many/*.yaml" in ran.out


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("a/*.md", "a/x.md", True),
        ("a/*.md", "a/b/x.md", False),
        ("a/*.md", "a/.x.md", False),
        ("a/.*.md", "a/.x.md", True),
        ("a/**/*.md", "a/x.md", True),
        ("a/**/*.md", "a/b/c/x.md", True),
        ("a/**/*.md", "a/x.md/inner.txt", False),
        ("a/*/x.md", "a/b/x.md", True),
        ("a/*/x.md", "a/x.md", False),
        ("a/[0-9]?.md", "a/1x.md", True),
        ("a/[!0-9].md", "a/1.md", False),
        ("*.md", "x.md", True),
        ("a/**", "a/b/c.md", True),
        ("a/**", "b/c.md", False),
    ],
)
def test_patterns_match_as_in_a_shell(pattern: str, path: str, expected: bool, tmp_path: Path) -> None:
    made = Pattern(os.path.join(os.path.realpath(tmp_path), pattern))
    assert made.matches(os.path.join(os.path.realpath(tmp_path), path)) is expected


def test_folders_outside_the_project_are_not_listed(repository: Path, run: Run, write: Write) -> None:
    write(
        "evil.md",
        sourced('source="../../../*/*" columns="@file"') + sourced('source="/../../etc/[p]*" columns="@file"'),
    )
    ran = run("check", "evil.md")
    assert ran.status == 2
    assert ran.out.count("error[source-outside]") == 2
    assert "passwd" not in ran.out
    assert run("list", "--uses", "/etc/passwd").out.count("evil.md") == 0


def test_links_to_folders_and_repositories_inside_are_entered(repository: Path, run: Run, write: Write) -> None:
    write("inner/d.csv", "day,count\n7,70\n")
    git(repository / "inner", "init", "-q")
    (repository / "logs/inner").symlink_to("../inner")
    write("nested/deep/d.csv", "day,count\n8,80\n")
    git(repository / "nested", "init", "-q")
    write("n.md", sourced('source="nested/**/*.csv"') + sourced('source="logs/*/d.csv"'))
    run("fix", "-q")
    assert rows(repository / "n.md")[0] == ["8", "80"]
    assert rows(repository / "n.md")[-1] == ["7", "70"]
    git(repository, "add", "n.md")
    assert run("check", "--tracked", "n.md").out.count("no file matches") == 2


def test_the_cache_knows_what_a_table_in_another_document_is_made_of(repository: Path, run: Run, write: Write) -> None:
    write("docs/o.md", "# T\n\n" + sourced('source="../data/d.json"'))
    write("data/d.json", '[{"a": ["x", "y"]}]')
    write("several.md", sourced('source="docs/*.md#T"'))
    write("one.md", sourced('source="docs/o.md#T"'))
    for name, text in (("data/d.json", '[{"a": ["x", "z"]}]'), ("docs/mdtables.toml", 'list = " - "\n')):
        run("fix", "-q")
        assert run("check", "-q").status == 0
        write(name, text)
        assert {"stale several.md", "stale one.md"} <= set(run("check").out.splitlines())


def test_a_file_that_is_named_like_the_pattern_takes_its_place(repository: Path, run: Run, write: Write) -> None:
    write("logs/[ab].csv.txt", "")
    write("p.md", sourced('source="logs/[ab].csv"'))
    run("fix", "-q")
    assert run("check", "-q").status == 0
    write("logs/[ab].csv", "other\n1\n")
    assert "stale p.md" in run("check").out


def test_documents_that_are_made_of_two_each_take_linear_time(write: Write, run: Run) -> None:
    for level in range(24):
        for name in "ab":
            write(f"l{level}/{name}.md", "# T\n\n" + sourced(f'source="../l{level + 1}/*.md#T" limit=1'))
    for name in "ab":
        write(f"l24/{name}.md", "# T\n\n| a |\n|---|\n| 1 |\n")
    write("mdtables.toml", "")
    assert run("fix", "-q", "l0").status == 0


def test_a_long_chain_of_documents_is_refused(write: Write, run: Run) -> None:
    write("mdtables.toml", "")
    for number in range(400):
        write(f"d{number}.md", "# T\n\n" + sourced(f"source=d{number + 1}.md#T"))
    ran = run("check", "d0.md")
    assert ran.status == 2
    assert "more than 50 documents, each made of the next" in ran.out


def test_options_of_other_sources_are_misplaced_on_a_document(write: Write, run: Run) -> None:
    write("o.md", "# T\n\n| a |\n|---|\n| 1 |\n")
    write("a.md", sourced("source=o.md#T list=-"))
    assert 'option "list" does not apply to tables in documents' in run("check", "a.md").out


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_a_name_that_is_no_text_is_refused_where_it_is_shown(tmp_path: Path, write: Write, run: Run) -> None:
    write("mdtables.toml", "")
    (tmp_path / "d").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/d/\xff.csv")).write_text("a\n1\n")
    write("a.md", sourced('source="d/*.csv" columns="a"') + sourced('source="d/*.csv" columns="a, @file"'))
    ran = run("fix", "a.md")
    assert ran.status == 2
    assert "the path of this file is not UTF-8" in ran.out


def test_two_projects_may_name_the_same_pattern(tmp_path: Path, write: Write, run: Run) -> None:
    for name in ("one", "two"):
        write(f"{name}/mdtables.toml", "")
        write(f"{name}/data/d.csv", f"a\n{name}\n")
        write(f"{name}/a.md", sourced("source=/data/*.csv"))
    assert run("fix", "one/a.md", "two/a.md").status == 0
    assert [rows(tmp_path / f"{name}/a.md") for name in ("one", "two")] == [[["one"]], [["two"]]]


def test_pull_fixes_documents_that_show_the_table_of_an_edited_one(write: Write, run: Run) -> None:
    write("d.csv", "a,b\n1,x\n")
    other = write("other.md", "# T\n\n" + sourced("source=d.csv"))
    write("z.md", sourced("source=other.md#T"))
    run("fix", "-q")
    other.write_text(other.read_text().replace("| x ", "| y "))
    assert run("pull").status == 0
    assert run("check").status == 0


def test_a_key_that_begins_with_an_at_sign_is_data(write: Write, run: Run, tmp_path: Path) -> None:
    write("d/a.json", '{"@type": "Person", "name": "A"}')
    document = write("a.md", sourced('source="d/*.json" columns="name, @type, @stem"'))
    run("fix", "-q")
    document.write_text(document.read_text().replace("Person", "Robot "))
    assert run("pull").status == 0
    assert (tmp_path / "d/a.json").read_text() == '{"@type": "Robot", "name": "A"}'


def test_files_without_anything_are_rows_of_missing_values(write: Write, run: Run, tmp_path: Path) -> None:
    write("d/a.md", "# A\n")
    write("d/b.md", "---\n---\n")
    write("e/a.yaml", "[]\n")
    write("a.md", sourced('source="d/*.md" columns="title, status"') + sourced('source="e/*.yaml" columns="x, y"'))
    ran = run("fix", "a.md")
    assert ran.status == 0
    assert "warning[no-rows]" in ran.out
    text = (tmp_path / "a.md").read_text()
    assert text.count("|       |        |\n") == 2
    assert "| x   | y   |" in text


def test_hidden_names_have_to_be_named(write: Write, run: Run, tmp_path: Path) -> None:
    write(".github/w/x.yml", "a: 1\n")
    write(".other/w/x.yml", "a: 2\n")
    write("sub/.github/w/x.yml", "a: 3\n")
    write("sub/.other/.github/w/x.yml", "a: 4\n")
    write("a.md", sourced('source="**/.github/w/*.yml"') + sourced('source=".github/*/*.yml"'))
    assert run("fix", "a.md").status == 0
    assert rows(tmp_path / "a.md")[:2] == [["1"], ["3"]]
    assert ["4"] not in rows(tmp_path / "a.md")


def test_a_document_on_standard_input_is_its_own_source(
    write: Write, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# A\n\n| x |\n|---|\n| {} |\n\n# B\n\n" + sourced("source=s.md#A")
    write("s.md", text.format("disk"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.format("buffer").encode())))
    assert "| buffer |" in run("fix", "-", "--stdin-filename", "s.md").out


def test_every_format_is_in_the_list_of_the_staged_hook() -> None:
    hooks = (Path(__file__).parent.parent / ".pre-commit-hooks.yaml").read_text()
    pattern = next(line.split(":", 1)[1].strip() for line in hooks.splitlines() if line.strip().startswith("files:"))
    assert all(re.search(pattern, f"a{suffix}") for suffix in [*FORMATS, *DOCUMENTS])


def test_deep_and_doubling_documents_end_soon(write: Write, run: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for level in range(60):
        for name in "ab":
            write(f"l{level}/{name}.md", "# T\n\n" + sourced(f'source="../l{level + 1}/*.md#T" limit=1'))
    for name in "ab":
        write(f"l60/{name}.md", "# T\n\n| a |\n|---|\n| 1 |\n")
    assert run("fix", "-q", "l40").status == 0
    assert run("check", "-q", "l40").status == 0
    assert "more than 50 documents" in run("check", "l0").out
