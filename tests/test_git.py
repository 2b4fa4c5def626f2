"""Git on the command line: tracked, staged and ignored files, and which documents use a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path
from random import Random

import pytest

from mdtables.workspace.patterns import Patterns
from tests.conftest import ALIGNED, ISOLATED_GIT_ENV, RAGGED, Ran, sourced

Run = Callable[..., Ran]
Write = Callable[[str, str | bytes], Path]

EMPTY = sourced("source=d.csv")


@pytest.fixture(params=[True, pytest.param(False, marks=pytest.mark.slow)], ids=["posix_spawn", "subprocess"])
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make the temporary folder a git repository, isolated from the developer's settings, and return a git function.

    Tests run twice: mdtables starts git with `os.posix_spawnp`, then with `subprocess` as on systems without it.
    """
    if not request.param:
        monkeypatch.delattr(os, "posix_spawnp", raising=False)
    for name, value in ISOLATED_GIT_ENV.items():
        monkeypatch.setenv(name, value)

    def run_git(*words: str, folder: str = ".") -> str:
        ran = subprocess.run(["git", *words], cwd=tmp_path / folder, check=True, capture_output=True, text=True)
        return ran.stdout

    run_git("init", "-q", "-b", "main")
    return run_git


Git = Callable[..., str]


# --- tracked ----------------------------------------------------------------------------------------------------------


def test_tracked_ignores_untracked_documents(run: Run, write: Write, git: Git) -> None:
    tracked, draft = write("a.md", RAGGED), write("draft.md", RAGGED)
    write("broken.md", "<!-- TABLE_GENERATE_START -->\n")
    git("add", "a.md")
    assert run("fix", "--tracked") == Ran(0, "fixed a.md\n", "1 document: 1 fixed\n")
    assert (tracked.read_text(), draft.read_text()) == (ALIGNED, RAGGED)


def test_tracked_works_in_subfolders_and_parent_folders(
    run: Run, write: Write, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("posts/a.md", RAGGED)
    write("posts/draft.md", RAGGED)
    write("b.md", RAGGED)
    git("add", "posts/a.md", "b.md")
    assert run("check", "--tracked", "posts").out.splitlines()[0] == "stale posts/a.md"
    monkeypatch.chdir(tmp_path / "posts")
    stale = [line for line in run("check", "--tracked", ".", "..").out.splitlines() if line.startswith("stale")]
    assert sorted(stale) == ["stale ../b.md", "stale ../posts/a.md", "stale a.md"]


def test_tracked_warns_about_a_named_untracked_document(run: Run, write: Write, git: Git) -> None:
    draft = write("draft.md", RAGGED)
    ran = run("fix", "--tracked", "draft.md")
    assert ran.out == "draft.md: warning[untracked]: skipped: git does not track it\n"
    assert ran.status == 0
    assert draft.read_text() == RAGGED


def test_tracked_outside_git_is_an_error(run: Run, write: Write) -> None:
    write("a.md", RAGGED)
    ran = run("fix", "--tracked")
    assert ran.status == 2
    assert ".: error[unreadable]: not in a git repository, so no file is tracked" in ran.out


@pytest.mark.parametrize("ignored", [False, True])
def test_untracked_source_is_a_warning(ignored: bool, run: Run, write: Write, git: Git) -> None:
    """The source exists on this machine, but a checkout elsewhere will not have it."""
    write("a.md", EMPTY)
    write("d.csv", "a\n1\n")
    write(".gitignore", "*.csv\n" if ignored else "")
    git("add", "a.md")
    ran = run("fix", "--tracked")
    assert ran.status == 0
    assert "a.md:1:27: warning[untracked]: git does not track d.csv, so other checkouts do not have it" in ran.out
    assert ("remove it from .gitignore" in ran.out) == ignored
    git("add", "--force", "d.csv")
    assert "untracked" not in run("check", "--tracked").out
    assert "untracked" not in run("check").out


def test_tracked_link_to_an_untracked_source_is_a_warning(run: Run, write: Write, git: Git) -> None:
    write("a.md", sourced("source=link.csv"))
    write("d.csv", "a\n1\n")
    Path("link.csv").symlink_to("d.csv")
    git("add", "a.md", "link.csv")
    assert "git does not track d.csv" in run("fix", "--tracked").out
    git("add", "d.csv")
    assert "untracked" not in run("check", "--tracked").out


# --- staged -----------------------------------------------------------------------------------------------------------


def test_staged_selects_staged_files_and_their_users(run: Run, write: Write, git: Git) -> None:
    write("d.csv", "a\n1\n")
    user, staged, other = write("user.md", EMPTY), write("staged.md", RAGGED), write("other.md", RAGGED)
    git("add", "user.md", "other.md")
    git("commit", "-q", "-m", "first")
    git("add", "staged.md", "d.csv")
    assert run("fix", "--staged", "--tracked").out == "fixed staged.md\nfixed user.md\n"
    assert other.read_text() == RAGGED
    assert staged.read_text() == ALIGNED
    assert "|   1 |" in user.read_text()


@pytest.mark.parametrize("how", ["deleted", "renamed", "replaced by a link out of the project"])
def test_staged_includes_users_of_removed_data(how: str, run: Run, write: Write, git: Git, tmp_path: Path) -> None:
    data = write("d.csv", "a\n1\n")
    write("user.md", EMPTY)
    run("fix")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    if how == "renamed":
        git("mv", "d.csv", "e.csv")
    else:
        data.unlink()
        if how.startswith("replaced"):
            data.symlink_to("/etc/hostname")
        git("add", "--all")
    ran = run("fix", "--staged")
    code, column = ("source-outside", 27) if how.startswith("replaced") else ("source-missing", 34)
    assert f"user.md:1:{column}: error[{code}]" in ran.out
    assert ran.status == 2


@pytest.mark.parametrize("options", [["--staged"], ["--staged", "--tracked"]])
def test_a_staged_link_out_of_any_repository_is_reported_at_its_user(
    options: list[str], run: Run, write: Write, git: Git, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "d.csv").write_text("a\n1\n")
    (tmp_path / "link").symlink_to(outside)
    write("user.md", sourced("source=link/d.csv"))
    git("add", ".")
    ran = run("fix", *options)
    assert "user.md:1:27: error[source-outside]" in ran.out
    assert ran.out.count("error[") == 1


def test_staged_unused_data_is_silently_accepted(run: Run, write: Write, git: Git) -> None:
    write("mkdocs.yml", "site_name: x\n")
    write("a.md", RAGGED)
    git("add", ".")
    git("reset", "-q", "a.md")
    assert run("fix", "--staged") == Ran(0, "", "0 documents, nothing to do\n")


def test_staged_configuration_selects_all_documents_below_it(run: Run, write: Write, git: Git) -> None:
    write("a.md", RAGGED)
    git("add", ".")
    git("commit", "-q", "-m", "first")
    write("mdtables.toml", "style = 'compact'\n")
    git("add", ".")
    assert run("fix", "--staged").out == "fixed a.md\n"


def test_deletions_between_two_refs_are_included(
    run: Run, write: Write, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("user.md", EMPTY)
    write("d.csv", "a\n1\n")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("rm", "-q", "d.csv")
    git("commit", "-q", "-m", "second")
    assert run("fix", "--staged").err == "0 documents, nothing to do\n"
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD~1")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert "error[source-missing]" in run("fix", "--staged").out


@pytest.mark.parametrize("ref", ["nonsense", "--output=x"])
def test_invalid_ref_is_an_error(ref: str, run: Run, git: Git, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", ref)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    ran = run("fix", "--staged")
    assert ran.status == 2
    assert ".: error[unreadable]: git diff failed: fatal: " in ran.out
    assert sorted(os.listdir(tmp_path)) == [".git"]


def test_staged_with_paths_adds_tracked_paths(run: Run, write: Write, git: Git) -> None:
    draft, tracked = write("draft.md", RAGGED), write("posts/a.md", RAGGED)
    git("add", "posts")
    git("commit", "-q", "-m", "first")
    ran = run("fix", "--staged", "--tracked", "draft.md", "posts", "nothing.md")
    assert "draft.md: warning[untracked]" in ran.out
    assert "nothing.md: error[no-document]" in ran.out
    assert (draft.read_text(), tracked.read_text()) == (RAGGED, ALIGNED)


def test_data_file_named_twice_is_not_unused(run: Run, write: Write, git: Git) -> None:
    write("d.csv", "a\n1\n")
    write("a.md", EMPTY)
    ran = run("check", "d.csv", "./d.csv")
    assert (ran.status, ran.out) == (1, "stale a.md\na.md:1: +1 row\n")


def test_staged_outside_git_is_an_error(run: Run) -> None:
    ran = run("fix", "--staged")
    assert ran.status == 2
    assert ".: error[unreadable]: not in a git repository, so nothing is staged" in ran.out


# --- submodules and odd names -----------------------------------------------------------------------------------------


def test_submodule_data_is_tracked_and_updates_are_noticed(
    run: Run, write: Write, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("upstream/d.csv", "a\n1\n")
    git("init", "-q", "upstream")
    git("add", ".", folder="upstream")
    git("commit", "-q", "-m", "data", folder="upstream")
    git("-c", "protocol.file.allow=always", "submodule", "add", "-q", "./upstream", "shared")
    user = write("user.md", sourced("source=shared/d.csv"))
    git("add", "user.md")
    # as in a hook, where git's variables refer to the outer repository
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    ran = run("fix", "--tracked")
    assert "|   1 |" in user.read_text()
    assert "untracked" not in ran.out
    monkeypatch.delenv("GIT_INDEX_FILE")
    git("add", "user.md", "shared", ".gitmodules")
    git("commit", "-q", "-m", "first")
    write("shared/d.csv", "a\n2\n")
    git("commit", "-q", "-a", "-m", "more", folder="shared")
    git("add", "shared")
    assert run("check", "--staged", "--tracked").out.splitlines()[0] == "stale user.md"


@pytest.mark.parametrize("name", [b"two words.md", b'it\'s "quoted".md', b"new\nline.md", b"caf\xe9.md", b"-dash.md"])
def test_odd_document_names_are_fixed_and_shell_quoted(name: bytes, run: Run, git: Git, tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    with open(path, "w") as file:
        file.write(RAGGED)
    git("add", ".")
    ran = run("fix", "--tracked", "--exit-non-zero-on-fix")
    assert ran.status == 1
    with open(path) as file:
        assert file.read() == ALIGNED
    last = ran.err.splitlines()[-1]
    assert last.startswith("1 document regenerated: git add ")
    if b"\n" not in name and b"\xe9" not in name:
        git("commit", "-q", "-m", "first")
        subprocess.run(last.partition(": ")[2].partition(", then")[0], shell=True, check=True, cwd=tmp_path)


@pytest.mark.parametrize("how", ["removed", "retargeted", "retargeted in the middle"])
def test_staged_follows_links_to_data_folders(how: str, run: Run, write: Write, git: Git) -> None:
    write("v1/d.csv", "a\n1\n")
    write("v2/d.csv", "a\n2\n")
    Path("current").symlink_to("v1")
    Path("data").symlink_to("current")
    user = write("user.md", sourced("source=data/d.csv"))
    run("fix")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    link = Path("current" if how.endswith("middle") else "data")
    link.unlink()
    if how != "removed":
        link.symlink_to("v2")
    git("add", "--all")
    ran = run("fix", "--staged", "--tracked")
    assert (ran.status, "source-missing" in ran.out) == ((2, True) if how == "removed" else (0, False))
    assert ("|   2 |" in user.read_text()) == (how != "removed")


def test_git_index_variable_works_in_a_subfolder(
    run: Run, write: Write, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = write("sub/a.md", RAGGED)
    git("add", ".")
    monkeypatch.chdir(tmp_path / "sub")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    run("fix", "--tracked")
    assert document.read_text() == ALIGNED


def test_tracked_link_to_an_untracked_file_is_not_written(run: Run, write: Write, git: Git) -> None:
    draft = write("draft.txt", RAGGED)
    Path("a.md").symlink_to("draft.txt")
    git("add", "a.md")
    assert "a.md: warning[untracked]: skipped: a link to a file that git does not track" in run("fix", "--tracked").out
    assert draft.read_text() == RAGGED


def test_document_removed_from_the_index_is_left_alone(run: Run, write: Write, git: Git) -> None:
    document = write("a.md", RAGGED)
    git("add", ".")
    git("commit", "-q", "-m", "first")
    git("rm", "-q", "--cached", "a.md")
    run("fix", "--tracked", "--staged")
    assert document.read_text() == RAGGED


def test_suffixes_are_case_insensitive(run: Run, write: Write, git: Git) -> None:
    documents = [write(name, RAGGED) for name in ("README.MD", "b.rmd")]
    git("add", ".")
    run("fix", "--tracked")
    assert [path.read_text() for path in documents] == [ALIGNED] * 2


def test_broken_configuration_elsewhere_does_not_hide_users(run: Run, write: Write, git: Git) -> None:
    write("fixtures/mdtables.toml", "[[")
    write("fixtures/a.md", EMPTY)
    write("d.csv", "a\n1\n")
    user = write("user.md", EMPTY)
    assert run("fix", "d.csv") == Ran(0, "fixed user.md\n", "1 document: 1 fixed\n")
    assert "|   1 |" in user.read_text()


def test_unreadable_nested_repository_is_an_error(run: Run, write: Write, git: Git) -> None:
    """A tracked link leads into a submodule whose own repository is missing."""
    write("sub/a.md", RAGGED)
    write("sub/.git", "gitdir: nowhere\n")
    Path("a.md").symlink_to("sub/a.md")
    git("add", "a.md")
    for words in (("check", "--tracked"), ("check", "--tracked", "--staged")):
        ran = run(*words)
        assert ran.status == 2
        assert ran.out.startswith("a.md: error[unreadable]: git ls-files failed: fatal: not a git repository: ")


@pytest.mark.parametrize("staged", ["pyproject.toml", "other/mdtables.toml"])
def test_staged_configuration_selects_only_working_folder(
    staged: str, run: Run, write: Write, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [write(name, RAGGED) for name in ("sub/a.md", "..sub/a.md", "other/a.md", "a.md")]
    git("add", ".")
    git("commit", "-q", "-m", "first")
    write(staged, "")
    git("add", ".")
    monkeypatch.chdir(tmp_path / "sub")
    run("fix", "--staged")
    inside = ALIGNED if staged == "pyproject.toml" else RAGGED
    assert [path.read_text() for path in documents] == [inside, RAGGED, RAGGED, RAGGED]


# --- the next step ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "paths"),
    [
        ({}, "posts/a.md posts/b.md"),
        ({"GIT_PREFIX": "posts/"}, "a.md b.md"),
        ({"GIT_PREFIX": ""}, "posts/a.md posts/b.md"),
        ({"PRE_COMMIT": "1", "PWD": "posts"}, "a.md b.md"),
        ({"PRE_COMMIT": "1", "PWD": "/"}, "posts/a.md posts/b.md"),
    ],
)
def test_next_step_uses_paths_of_the_folder_git_started_in(
    variables: dict[str, str],
    paths: str,
    run: Run,
    write: Write,
    git: Git,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("posts/a.md", RAGGED)
    write("posts/b.md", RAGGED)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value) if name == "PWD" else value)
    ran = run("fix", "--exit-non-zero-on-fix")
    assert ran.err.splitlines()[-1] == f"2 documents regenerated: git add {paths}, then commit again"


def test_next_step_mentions_remaining_errors(run: Run, write: Write, git: Git) -> None:
    write("a.md", RAGGED)
    write("b.md", "<!-- TABLE_GENERATE_START -->\n")
    ran = run("fix", "--exit-non-zero-on-fix")
    last = "1 document regenerated: git add a.md, fix the errors above, then commit again"
    assert (ran.status, ran.err.splitlines()[-1]) == (2, last)


def test_next_step_in_a_subproject_uses_root_paths(
    run: Run, write: Write, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook runner may start in any folder; GIT_PREFIX gives the folder the user started in."""
    write("project/a.md", RAGGED)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("GIT_PREFIX", "")
    ran = run("fix", "--exit-non-zero-on-fix")
    assert ran.err.splitlines()[-1] == "1 document regenerated: git add project/a.md, then commit again"


def test_next_step_for_many_documents_omits_their_names(run: Run, write: Write, git: Git) -> None:
    for number in range(11):
        write(f"{number}.md", RAGGED)
    ran = run("fix", "--exit-non-zero-on-fix")
    assert ran.err.splitlines()[-1] == "11 documents regenerated: git add them, then commit again"


# --- which documents use a file ---------------------------------------------------------------------------------------


def test_list_uses_finds_regions_even_of_missing_files(run: Run, write: Write, git: Git) -> None:
    write("data/x.csv", "a\n1\n")
    write("posts/a.md", RAGGED + sourced("source=../data/x.csv"))
    write("posts/b.md", sourced("source=/data/gone.csv"))
    assert run("list", "--uses", "data/x.csv").out.splitlines()[2:] == ["posts/a.md:6  ../data/x.csv  stale"]
    assert run("list", "--uses", "data/gone.csv").out.splitlines()[2:] == ["posts/b.md:1  /data/gone.csv  broken"]
    found = json.loads(run("list", "--uses", "data", "--output-format", "json").out)["documents"]
    assert [(d["path"], [r["line"] for r in d["regions"]]) for d in found] == [("posts/a.md", [6]), ("posts/b.md", [1])]
    unused = run("list", "--uses", "other.csv")
    assert unused == Ran(0, "", "other.csv: warning[unused]: no document uses this file as a source\n")


def test_list_with_uses_rejects_paths(run: Run) -> None:
    ran = run("list", "--uses", "d.csv", "posts")
    assert (ran.status, ran.err) == (
        2,
        "mdtables list: --uses searches the whole project: leave out paths and --staged\n",
    )


# --- .gitignore outside git -------------------------------------------------------------------------------------------


def test_gitignore_applies_outside_git(run: Run, write: Write) -> None:
    write(".gitignore", "drafts/\n*.gen.md\n!keep.gen.md\n")
    write("posts/.gitignore", "old.md\n!b.gen.md\n")
    names = ["a.md", "a.gen.md", "keep.gen.md", "drafts/a.md", "posts/old.md", "posts/b.gen.md", "posts/c.gen.md"]
    documents = {name: write(name, RAGGED) for name in names}
    run("fix")
    assert [n for n in names if documents[n].read_text() == ALIGNED] == ["a.md", "keep.gen.md", "posts/b.gen.md"]


def test_gitignore_outside_git_does_not_skip_named_paths(run: Run, write: Write) -> None:
    write(".gitignore", "drafts/\n*.gen.md\n")
    ignored, named, draft = (write(name, RAGGED) for name in ("posts/a.gen.md", "posts/b.gen.md", "drafts/a.md"))
    run("fix", "posts", "posts/b.gen.md", "drafts")
    assert [path.read_text() for path in (ignored, named, draft)] == [RAGGED, ALIGNED, ALIGNED]


@pytest.mark.parametrize(
    "content",
    [
        "*\n!*/\n!keep*.md\n",
        "# a * banner * of * stars * and * more * stars *\nold.md\n",
        "!\nx\\\n[z-a].md\nold.md\n",
        "\ufeffold.md\n",
        "# \u2028old.md\x0bold.md\r\nsub/\r\n",
        "/old.md\n",
        "sub/**\n!sub/**/\n!sub/deep/keep.md\n",
        "**/deep\nold.*\n",
    ],
)
def test_gitignore_outside_git_matches_git(content: str, run: Run, write: Write, git: Git, tmp_path: Path) -> None:
    names = ["keep.md", "old.md", "sub/keep.md", "sub/old.md", "sub/deep/keep.md", "deep/old.md"]
    for name in names:
        write(name, RAGGED)
    write(".gitignore", content)
    with_git = run("check").out
    (tmp_path / ".git").rename(tmp_path / "away")
    (tmp_path / "away").rename(tmp_path.parent / f"{tmp_path.name}-git")
    assert run("check").out == with_git


WORDS = [
    *(
        "a",
        "b",
        "ab",
        "a.md",
        "*",
        "**",
        "*.md",
        "a*",
        "?",
        "[ab]",
        "[!a]",
        "[a-b]*",
        "\\\\a",
        "a b",
        " ",
        "[[:alpha:]]",
    )
]
PATHS = ["a", "b", "a.md", "a/b", "a/b/a.md", "b/a/ab", "ab/ab/ab", "a b", "c/a/c", "c/a.md", "*", "a/ab.md", "b.md/a"]


@pytest.mark.parametrize("seed", range(40))
def test_patterns_match_as_in_git(seed: int, git: Git, write: Write, tmp_path: Path) -> None:
    chance = Random(seed)
    lines = []
    for _ in range(chance.randint(1, 4)):
        names = [chance.choice(WORDS) for _ in range(chance.randint(1, 3))]
        lines.append("!" * (chance.random() < 0.3) + "/" * (chance.random() < 0.2) + "/".join(names))
        lines[-1] += chance.choice(["", "", "", "/", " ", "**"])
    write(".gitignore", "\n".join(lines))
    words = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    asked = subprocess.run(words, cwd=tmp_path, input="\0".join(PATHS), capture_output=True, text=True, check=False)
    assert asked.returncode in (0, 1)
    patterns = Patterns(lines)
    assert [path for path in PATHS if patterns.ignores(path)] == asked.stdout.split("\0")[:-1], lines


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals")
def test_git_works_when_sigchld_is_ignored(write: Write, git: Git, tmp_path: Path) -> None:
    """A child process inherits an ignored SIGCHLD, and then git's exit status is lost."""
    write("a.md", ALIGNED)
    code = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.executable, sys.argv[1:])"
    )
    words = [sys.executable, "-c", code, sys.executable, "-m", "mdtables", "check"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    ran = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "1 document, nothing to do\n")


# --- repositories that are not trusted --------------------------------------------------------------------------------

PROGRAM = "touch {ran}; false"
PROGRAMS = """
    core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.gitProxy core.alternateRefsCommand
    sequence.editor diff.external diff.x.command diff.x.textconv filter.x.clean filter.x.smudge filter.x.process
    merge.x.driver gpg.program gpg.ssh.program interactive.diffFilter uploadpack.packObjectsHook pager.log pager.diff
"""
SETTINGS = [  # every setting that names a program, a remote to fetch from, or a file to read, and its value
    *((name, PROGRAM) for name in PROGRAMS.split()),
    *(("credential.helper", "!" + PROGRAM), ("alias.ls-files", "!" + PROGRAM), ("core.hooksPath", "{hooks}")),
    *(("log.showSignature", "true"), ("maintenance.auto", "true"), ("gc.auto", "1"), ("core.untrackedCache", "true")),
    *(("core.splitIndex", "true"), ("protocol.ext.allow", "always"), ("diff.orderFile", "/dev/zero")),
    *(("remote.x.url", "ext::sh -c 'touch% {ran};% false'"), ("remote.x.partialclonefilter", "blob:none")),
]


def sent_repository(folder: Path, git: Git, where: str) -> Path:
    """Make a repository with each of these settings; return the file that a program would make."""
    ran, hooks = folder / "ran", folder / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{ran}'\n")
        (hooks / name).chmod(0o755)
    (folder / "docs").mkdir()
    (folder / "docs/d.csv").write_text("a,b\n1,2\n")
    (folder / "docs/a.md").write_text(sourced("source=d.csv"))
    (folder / ".gitattributes").write_text("* filter=x diff=x merge=x\n")
    git("add", ".")
    git("commit", "-qm", "sent")
    (folder / "docs/d.csv").write_text("a,b\n1,3\n")
    git("add", ".")
    config = folder / ".git/config"
    if where == "embedded":
        for name in ("objects", "refs"):
            (folder / "docs" / name).mkdir()
        (folder / "docs/HEAD").write_text("ref: refs/heads/main\n")
        config = folder / "docs/config"
        config.write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n")
    for name, setting in SETTINGS:
        value = setting.replace("{ran}", str(ran)).replace("{hooks}", str(hooks))
        subprocess.run(["git", "config", "--file", str(config), name, value], check=True)
    return ran


@pytest.mark.parametrize("where", ["root", "embedded"])
@pytest.mark.parametrize(
    "command",
    [
        *(["check", "docs"], ["fix", "docs"], ["list", "."], ["check", "--tracked"], ["check", "--staged"]),
        *(["pull", "docs"], ["check", "docs/d.csv"], ["check", "--tracked", "docs"], ["merge-driver", "--install"]),
    ],
    ids=" ".join,
)
def test_a_repository_that_was_sent_starts_no_program(
    where: str, command: list[str], run: Run, git: Git, tmp_path: Path
) -> None:
    ran = sent_repository(tmp_path, git, where)
    subprocess.run(["git", "ls-files"], cwd=tmp_path / ("docs" if where == "embedded" else "."), check=False)
    assert ran.exists()  # with these settings git itself starts a program
    ran.unlink()
    run(*command)
    assert not ran.exists()
    os.chdir(tmp_path / "docs")
    run(*command)
    assert not ran.exists()


def test_a_pull_from_history_starts_no_program(run: Run, git: Git, tmp_path: Path) -> None:
    ran = sent_repository(tmp_path, git, "root")
    (tmp_path / "docs/d.csv").write_text("a,b\n1,2\n")
    run("fix", "docs/a.md")
    document = tmp_path / "docs/a.md"
    document.write_text(document.read_text().replace("|   1 |", "|   7 |"))
    (tmp_path / "docs/d.csv").write_text("a,b\n1,9\n")
    for path in (tmp_path / ".git/objects").rglob("*"):
        if path.is_file() and len(path.name) == 38:  # an object that git would fetch
            path.unlink()
    run("pull", "docs/a.md")
    run("check", "--staged")
    assert not ran.exists()


def test_the_index_of_a_repository_names_no_file_outside(run: Run, git: Git, write: Write, tmp_path: Path) -> None:
    """git adds no such names, but lists them if another program wrote the index."""
    write("a.md", ALIGNED)
    victims = [write("out/a.md", RAGGED), write("abs/a.md", RAGGED)]
    inside = tmp_path / "project"
    inside.mkdir()
    os.chdir(inside)
    subprocess.run(["git", "init", "-q", "."], check=True)
    names = ["../out/a.md", str(tmp_path / "abs/a.md"), "x/../../out/a.md", "b.md"]
    (inside / "b.md").write_text(RAGGED)
    placeholders = ["_" * len(name) for name in names]
    for placeholder in placeholders:
        (inside / placeholder).write_text("x")
    subprocess.run(["git", "add", *placeholders], check=True)
    for placeholder in placeholders:
        (inside / placeholder).unlink()
    index = inside / ".git/index"
    content = index.read_bytes()[:-20]
    for placeholder, name in zip(placeholders, names, strict=True):
        content = content.replace(
            b"\0%c%s\0" % (len(name), placeholder.encode()), b"\0%c%s\0" % (len(name), name.encode())
        )
    index.write_bytes(content + sha1(content).digest())
    listed = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout
    assert "../out/a.md" in listed
    for options in ([], ["--tracked"]):
        ran = run("fix", *options)
        assert "out/a.md" not in ran.out
    assert [victim.read_text() for victim in victims] == [RAGGED, RAGGED]
    assert (inside / "b.md").read_text() == ALIGNED


def test_git_that_waits_forever_is_stopped(
    run: Run, git: Git, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = write("a.md", RAGGED)
    os.mkfifo(tmp_path / "pipe")
    git("config", "core.excludesFile", str(tmp_path / "pipe"))
    monkeypatch.setattr("mdtables.workspace.git._SECONDS", 1)
    assert "error[unreadable]: git ls-files took more than 1 seconds" in run("fix").out
    assert document.read_text() == RAGGED


# --- conflicts that git leaves in a generated table -------------------------------------------------------------------


@pytest.fixture
def conflict(run: Run, git: Git, write: Write, tmp_path: Path) -> Path:
    """Return a document in which two branches changed one row each, so that only the two checksums conflict."""
    rows = [f"{key},{number}\n" for number, key in enumerate("abcdefgh")]
    data = write("d.csv", "".join(["k,v\n", *rows]))
    document = write("a.md", sourced("source=d.csv"))

    def commit(branch: str, old: str, new: str) -> None:
        git("checkout", "-q", branch)
        data.write_text(data.read_text().replace(old, new))
        assert run("fix").status == 0
        git("add", ".")
        git("commit", "-qm", branch)

    assert run("fix").status == 0
    git("add", ".")
    git("commit", "-qm", "base")
    git("branch", "theirs")
    commit("theirs", "h,7", "h,9")
    commit("main", "a,0", "a,1")
    merged = subprocess.run(["git", "merge", "-q", "theirs"], cwd=tmp_path, check=False, capture_output=True)
    assert merged.returncode == 1
    return document


def test_a_conflict_of_checksums_is_resolved(conflict: Path, run: Run) -> None:
    assert "<<<<<<<" in conflict.read_text()
    assert run("fix").status == 0
    text = conflict.read_text()
    assert "<<<<<<<" not in text
    assert "| a   |   1 |" in text
    assert "| h   |   9 |" in text
    assert run("check").status == 0


def test_a_row_typed_into_a_table_in_conflict_is_kept(conflict: Path, run: Run) -> None:
    conflict.write_text(conflict.read_text().replace("| d   |   3 |", "| d   | mine |"))
    ran = run("fix")
    assert ran.status == 2
    assert "error[conflict]" in ran.out
    assert "mine" in conflict.read_text()


def test_a_table_edited_on_one_side_keeps_its_conflict(run: Run, git: Git, write: Write, tmp_path: Path) -> None:
    data = write("d.csv", "k,v\n" + "".join(f"{key},{number}\n" for number, key in enumerate("abcdefgh")))
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    git("add", ".")
    git("commit", "-qm", "base")
    git("checkout", "-qb", "theirs")
    data.write_text(data.read_text().replace("h,7", "h,9"))
    run("fix")
    git("commit", "-qam", "theirs")
    git("checkout", "-q", "main")
    document.write_text(document.read_text().replace("| c   |   2 |", "| c   | typed |"))
    git("commit", "-qam", "ours, edited by hand")
    subprocess.run(["git", "merge", "-q", "theirs"], cwd=tmp_path, check=False, capture_output=True)
    assert run("fix").status == 2
    assert "typed" in document.read_text()


def test_a_staged_document_needs_no_tracked_option(run: Run, write: Write, git: Git) -> None:
    staged, other = write("staged.md", RAGGED), write("other.md", RAGGED)
    git("add", "staged.md")
    assert run("fix", "--staged").out == "fixed staged.md\n"
    assert (staged.read_text(), other.read_text()) == (ALIGNED, RAGGED)


def test_an_excluded_document_is_not_remembered_as_clean(run: Run, write: Write, git: Git) -> None:
    draft = write("drafts/a.md", RAGGED)
    write("mdtables.toml", 'exclude = ["drafts/"]\n')
    write("b.md", ALIGNED)
    for _ in range(2):
        assert run("fix") == Ran(0, "", "2 documents, nothing to do\n")
    assert draft.read_text() == RAGGED


def test_a_row_deleted_or_moved_in_a_table_in_conflict_is_not_put_back(conflict: Path, run: Run) -> None:
    text = conflict.read_text()
    for edited in (
        text.replace("| d   |   3 |\n", ""),
        text.replace("| d   |   3 |\n| e   |   4 |\n", "| e   |   4 |\n| d   |   3 |\n"),
        text.replace("| d   |   3 |\n", "| d   |   3 |\n| d   |   3 |\n"),
        text.replace("| --: |", "| :-: |"),
    ):
        assert edited != text
        conflict.write_text(edited)
        assert run("fix").status == 2
        assert conflict.read_text() == edited


@pytest.mark.parametrize("attributes", ["*.csv binary", "*.csv -merge"])
def test_a_source_that_git_left_unmerged_without_markers_resolves_nothing(
    attributes: str, run: Run, git: Git, write: Write, tmp_path: Path
) -> None:
    write(".gitattributes", f"{attributes}\n")
    data = write("d.csv", "k,v\na,1\n")
    document = write("a.md", sourced("source=d.csv"))
    run("fix")
    git("add", ".")
    git("commit", "-qm", "base")
    git("branch", "theirs")
    for branch, row in (("theirs", "t,3\n"), ("main", "o,2\n")):
        git("checkout", "-q", branch)
        data.write_text(f"k,v\na,1\n{row}")
        run("fix")
        git("commit", "-qam", branch)
    subprocess.run(["git", "merge", "-q", "theirs"], cwd=tmp_path, check=False, capture_output=True)
    before = document.read_text()
    assert "<<<<<<<" in before
    ran = run("fix")
    assert (ran.status, document.read_text()) == (2, before)
    assert "error[conflict]: git could not merge d.csv, the source of this region" in ran.out
    data.write_text("k,v\na,1\no,2\nt,3\n")
    assert run("fix").status == 0
    assert "| t   |   3 |" in document.read_text()


def test_conflict_lines_may_be_longer(run: Run, git: Git, write: Write, tmp_path: Path) -> None:
    """git writes eight characters where both sides renamed a file, and as many as .gitattributes says."""
    for length in (7, 8, 12):
        lines = [character * length for character in "<=>"]
        body = f"{lines[0]} ours\n| a |\n|---|\n| 1 |\n{lines[1]}\n| a |\n|---|\n| 2 |\n{lines[2]} theirs\n"
        document = write("a.md", f"<!-- TABLE_GENERATE_START -->\n{body}<!-- TABLE_GENERATE_END -->\n")
        before = document.read_text()
        assert "error[conflict]" in run("fix", "a.md").out
        assert document.read_text() == before
        write("d.csv", f"a\n{lines[0]} ours\n1\n{lines[1]}\n2\n{lines[2]} theirs\n")
        write("b.md", EMPTY)
        assert "d.csv:2: error[conflict]: git conflict markers in a source" in run("check", "b.md").out


def test_a_quote_in_eight_quotes_is_no_conflict(run: Run, write: Write) -> None:
    write("a.md", f">>>>>>>> deep\n\n{ALIGNED}")
    assert run("check", "a.md").status == 0
