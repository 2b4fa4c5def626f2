"""The commit hook under the real pre-commit and prek, with real commits in temporary repositories.

Each situation is a row of `docs/reference/hook-situations.md`, whose data `python -m tests.test_docs` writes.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ALIGNED, ISOLATED_GIT_ENV, RAGGED, sourced

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
REV = "v0.1.0"
PROGRAMS = ("pre-commit", "prek")
HOOKS = ("mdtables", "mdtables-staged")
DATA, POST, PLAIN, DRAFT = "data/x.csv", "posts/a.md", "posts/b.md", "posts/draft.md"
SOURCED = "# A post\n\n" + sourced("source=../data/x.csv")
QUIET = ISOLATED_GIT_ENV | {"GIT_ALLOW_PROTOCOL": "file", "GIT_EDITOR": "true"}


@dataclass(frozen=True)
class Ran:
    status: int
    output: str


@dataclass(frozen=True)
class Repository:
    """A repository with the hook installed, the program that runs the hook, and its environment variables."""

    path: Path
    program: str
    environment: dict[str, str]

    def write(self, name: str, content: str | bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, name: str) -> str:
        return (self.path / name).read_text()

    def ran(self, *words: str, folder: str = ".") -> Ran:
        done = subprocess.run(
            words,
            cwd=self.path / folder,
            env=self.environment | {"PWD": str(self.path / folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(errors="surrogateescape"))

    def git(self, *words: str, folder: str = ".") -> str:
        ran = self.ran("git", *words, folder=folder)
        assert ran.status == 0, ran.output
        return ran.output

    def commit(self, *words: str, folder: str = ".") -> Ran:
        return self.ran("git", "commit", "-m", "a commit", *words, folder=folder)

    def is_accepted(self, *words: str, folder: str = ".") -> None:
        ran = self.commit(*words, folder=folder)
        assert ran.status == 0, ran.output

    def is_stopped(self, *expected: str, words: tuple[str, ...] = (), folder: str = ".") -> str:
        """Commit, expect that the hook stops it and prints all these texts, and return the output."""
        ran = self.commit(*words, folder=folder)
        assert ran.status == 1, ran.output
        for line in expected:
            assert line in ran.output, ran.output
        return ran.output

    def run(self, *words: str, folder: str = ".") -> Ran:
        return self.ran(self.program, "run", *words, folder=folder)

    def run_mdtables_fix(self) -> None:
        """Run `mdtables fix`, as a user does before a commit."""
        fixed = self.ran(sys.executable, "-m", "mdtables", "fix", "-q")
        assert fixed.status == 0, fixed.output

    def committed(self, name: str) -> str:
        """Return the content of a file in the last commit."""
        return self.git("show", f"HEAD:{name}")


def csv_with_value(number: int) -> str:
    """Return a CSV file whose only value is this number."""
    return f"a,b\nx,{number}\n"


def shows_value(text: str, number: int) -> bool:
    return f"|   {number} |" in text


# --- the programs and their environments ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a hook repository with a `rev` from this project, including uncommitted changes."""
    folder = tmp_path_factory.mktemp("upstream")
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "mdtables", "pyproject.toml"]
    words += ["README.md", "LICENSE", ".pre-commit-hooks.yaml", "shipped"]
    names = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    for git in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"], ["tag", REV]):
        subprocess.run(["git", *git], cwd=folder, check=True, env=os.environ | QUIET)
    return folder


def configuration(upstream: Path, hook: str) -> str:
    installed = "default_install_hook_types: [pre-commit, pre-merge-commit]\n"
    return f"repos:\n- repo: {upstream}\n  rev: {REV}\n  hooks:\n  - id: {hook}\n{installed}"


@pytest.fixture(scope="session", params=PROGRAMS)
def program(
    request: pytest.FixtureRequest, upstream: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, dict[str, str]]:
    """Install the hook with pre-commit or prek, and return the program and its environment variables."""
    name = request.param
    home = tmp_path_factory.mktemp(f"{name}-home")
    folder = os.path.dirname(sys.executable)
    environment = {key: text for key, text in os.environ.items() if key not in ("CI", "SKIP", "PYTHONPATH")}
    environment |= QUIET | {"PRE_COMMIT_HOME": str(home), "PREK_HOME": str(home), "NO_COLOR": "1"}
    environment["PATH"] = folder + os.pathsep + environment["PATH"]
    project = tmp_path_factory.mktemp(f"{name}-install")
    (project / ".pre-commit-config.yaml").write_text(configuration(upstream, "mdtables"))
    subprocess.run(["git", "init", "-q"], cwd=project, check=True, env=environment)
    words = [os.path.join(folder, name), "prepare-hooks" if name == "prek" else "install-hooks"]
    installed = subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if installed.returncode:
        assert os.environ.get("CI") != "true", installed.stdout + installed.stderr
        pytest.skip(f"{name} cannot install the hook: {(installed.stdout + installed.stderr).strip()[-300:]}")
    return words[0], environment


@pytest.fixture(scope="session")
def templates(
    program: tuple[str, dict[str, str]], upstream: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """For each hook, make a committed, up-to-date project with a post, its data and a plain post."""
    return {hook: _template(tmp_path_factory.mktemp("template"), upstream, program, hook) for hook in HOOKS}


def _template(path: Path, upstream: Path, program: tuple[str, dict[str, str]], hook: str) -> Path:
    made = Repository(path, *program)
    made.git("init", "-q", "-b", "main")
    made.write(".pre-commit-config.yaml", configuration(upstream, hook))
    made.write(DATA, csv_with_value(1))
    made.write(POST, SOURCED)
    made.write(PLAIN, ALIGNED)
    made.run_mdtables_fix()
    made.git("add", ".")
    made.git("commit", "-q", "-m", "first")
    installed = made.ran(made.program, "install")
    assert installed.status == 0, installed.output
    return path


def project_with(hook: str, path: Path, templates: dict[str, Path], program: tuple[str, dict[str, str]]) -> Repository:
    shutil.copytree(templates[hook], path / "project", symlinks=True)
    return Repository(path / "project", *program)


@pytest.fixture
def project(tmp_path: Path, templates: dict[str, Path], program: tuple[str, dict[str, str]]) -> Repository:
    return project_with("mdtables", tmp_path, templates, program)


# --- situations -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Situation:
    """One thing a user does and what the hook then does, as the docs describe it."""

    name: str
    outcome: str
    scenario: Callable[[Repository], None]


SITUATIONS: list[Situation] = []
REGENERATED = "the document is regenerated, exit 1; `git add` it and commit again"
STOPPED = "exit 2, the commit is stopped"
PASSES = "the commit passes"


def situation(name: str, outcome: str) -> Callable[[Callable[[Repository], None]], Callable[[Repository], None]]:
    def add(scenario: Callable[[Repository], None]) -> Callable[[Repository], None]:
        SITUATIONS.append(Situation(name, outcome, scenario))
        return scenario

    return add


@situation("only the data is staged", REGENERATED)
def _data_staged(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    output = project.is_stopped(f"fixed {POST}\n", f"1 document regenerated: git add {POST}, then commit again")
    assert "\r" not in output
    assert "\x1b" not in output
    project.git("add", POST)
    project.is_accepted()
    assert shows_value(project.committed(POST), 2)


@situation("a file is new that a pattern like `../data/*.csv` matches", REGENERATED)
def _file_of_a_pattern_is_new(project: Repository) -> None:
    project.write(POST, "# A post\n\n" + sourced("source=../data/*.csv"))
    project.run_mdtables_fix()
    project.git("add", ".")
    project.is_accepted()
    project.write("data/y.csv", csv_with_value(5))
    project.git("add", "data/y.csv")
    project.is_stopped(f"fixed {POST}\n")
    project.git("add", POST)
    project.is_accepted()
    assert shows_value(project.committed(POST), 5)


@situation("only the post is staged", REGENERATED)
def _post_staged(project: Repository) -> None:
    project.write(POST, project.read(POST).replace("../data/x.csv", "../data/x.csv columns=b"))
    project.git("add", POST)
    project.is_stopped("1 document regenerated")
    project.git("add", POST)
    project.is_accepted()
    assert "| a" not in project.committed(POST)


@situation("data and post are staged, and the post is up to date", PASSES)
def _data_and_post_staged(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.run_mdtables_fix()
    project.git("add", ".")
    project.is_accepted()


@situation("the post is regenerated but not staged", "exit 1, no file changes; `git add` it and commit again")
def _regenerated_but_not_staged(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    project.run_mdtables_fix()
    project.is_stopped("1 document regenerated")
    assert shows_value(project.read(POST), 2)
    project.git("add", POST)
    project.is_accepted()


@situation("the data is staged, then changed again", "the document is regenerated from the staged data, exit 1")
def _data_changed_after_staging(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    project.write(DATA, csv_with_value(3))
    project.is_stopped("1 document regenerated")
    assert (shows_value(project.read(POST), 2), project.read(DATA)) == (True, csv_with_value(3))
    project.git("add", POST)
    project.is_accepted()
    assert shows_value(project.committed(POST), 2)


def _commit_long_post(project: Repository) -> None:
    body = project.read(POST).partition("\n\n")[2]
    project.write(POST, f"# A post\n\n{body}\nbelow\n\n" + "a line\n" * 20 + "the end\n")
    project.git("add", POST)
    project.is_accepted()
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)


@situation(
    "a part of the post is staged (`git add -p`)",
    "the document is regenerated, exit 1; unstaged edits stay, run `git add -p` again",
)
def _partly_staged(project: Repository) -> None:
    _commit_long_post(project)
    project.write(POST, project.read(POST).replace("# A post", "# Staged").replace("the end", "not staged"))
    words = ["git", "add", "-p", POST]
    subprocess.run(words, cwd=project.path, env=project.environment, input=b"y\nn\n", capture_output=True, check=True)
    assert "not staged" not in project.git("diff", "--cached")
    project.is_stopped("1 document regenerated")
    assert shows_value(project.read(POST), 2)
    assert "not staged\n" in project.read(POST)


@situation(
    "an edit next to the table is not staged", "exit 1, and the hook's change is rolled back; stage that edit too"
)
def _unstaged_edit_next_to_the_table(project: Repository) -> None:
    _commit_long_post(project)
    project.write(POST, project.read(POST).replace("below\n", "not staged\n"))
    before = project.read(POST)
    project.is_stopped("1 document regenerated")
    assert project.read(POST) == before
    project.git("add", POST)
    project.is_stopped("1 document regenerated")
    project.git("add", POST)
    project.is_accepted()


@situation("the data is deleted", STOPPED + "; the message names the region that used it")
def _data_deleted(project: Repository) -> None:
    project.git("rm", "-q", DATA)
    project.is_stopped(f"{POST}:3:42: error[source-missing]: there is no file {DATA}")


@situation("the data is renamed", STOPPED + "; the message suggests the new name")
def _data_renamed(project: Repository) -> None:
    project.git("mv", DATA, "data/xs.csv")
    project.is_stopped(f"{POST}:3:42: error[source-missing]", 'hint: did you mean "xs.csv"?')


@situation("the data is replaced by a link to other data in the repository", REGENERATED)
def _data_is_a_link(project: Repository) -> None:
    project.write("data/y.csv", csv_with_value(2))
    (project.path / DATA).unlink()
    (project.path / DATA).symlink_to("y.csv")
    project.git("add", ".")
    project.is_stopped("1 document regenerated")
    project.git("add", ".")
    project.is_accepted()
    assert shows_value(project.committed(POST), 2)


@situation("the data is replaced by a link out of the repository", STOPPED)
def _data_is_a_link_out_of_the_repository(project: Repository) -> None:
    (project.path / DATA).unlink()
    (project.path / DATA).symlink_to(sys.executable)
    project.git("add", ".")
    project.is_stopped(f"{POST}:3:27: error[source-outside]")


def _move_data_into_a_submodule(project: Repository) -> None:
    other = project.path.parent / f"{project.path.name}-other"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    (other / "x.csv").write_text(csv_with_value(1))
    inner = Repository(other, project.program, project.environment)
    inner.git("init", "-q", "-b", "main")
    inner.git("add", ".")
    inner.git("commit", "-q", "-m", "data")
    project.git("rm", "-q", DATA)
    project.git("submodule", "add", "-q", str(other), "data")


@situation("the data is moved into a submodule", PASSES)
def _data_in_a_submodule(project: Repository) -> None:
    _move_data_into_a_submodule(project)
    project.is_accepted()


@situation("the submodule with the data is updated", REGENERATED)
def _submodule_updated(project: Repository) -> None:
    _move_data_into_a_submodule(project)
    project.is_accepted()
    project.write(DATA, csv_with_value(2))
    project.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-a", "-m", "more", folder="data")
    project.git("add", "data")
    project.is_stopped(f"fixed {POST}\n", "1 document regenerated")
    project.git("add", POST)
    project.is_accepted()


@situation("the submodule with the data is removed", STOPPED)
def _submodule_removed(project: Repository) -> None:
    _move_data_into_a_submodule(project)
    project.is_accepted()
    project.git("rm", "-q", "data")
    project.is_stopped(f"{POST}:3:42: error[source-missing]")


@situation("the data is untracked", REGENERATED + "; a warning: CI will not have the data")
def _data_untracked(project: Repository) -> None:
    project.write("data/y.csv", csv_with_value(2))
    project.write(POST, project.read(POST).replace("x.csv", "y.csv"))
    project.git("add", POST)
    project.is_stopped(
        "1 document regenerated", "warning[untracked]: git does not track data/y.csv", "hint: git add it"
    )


@situation("the data is ignored by git", REGENERATED + "; a warning: CI will not have the data")
def _data_ignored(project: Repository) -> None:
    project.write("data/y.csv", csv_with_value(2))
    project.write(".gitignore", "y.csv\n")
    project.write(POST, project.read(POST).replace("x.csv", "y.csv"))
    project.git("add", ".")
    project.is_stopped("1 document regenerated", "warning[untracked]: git does not track data/y.csv", ".gitignore")


@situation(
    "the data is untracked, and its table is up to date", PASSES + "; the warning is shown only with `verbose: true`"
)
def _data_untracked_but_table_current(project: Repository) -> None:
    project.write("data/y.csv", csv_with_value(2))
    project.write(POST, project.read(POST).replace("x.csv", "y.csv"))
    project.run_mdtables_fix()
    project.git("add", POST)
    quiet = project.commit()
    assert quiet.status == 0
    assert "untracked" not in quiet.output
    assert "warning[untracked]: git does not track data/y.csv" in project.run("--all-files", "--verbose").output


@situation("a document is untracked", PASSES + "; the document is neither read nor written")
def _document_untracked(project: Repository) -> None:
    project.write(DRAFT, RAGGED)
    project.write("posts/broken.md", "<!-- TABLE_GENERATE_START -->\n")
    project.write("c.txt", "c")
    project.git("add", "c.txt")
    project.is_accepted()
    assert project.read(DRAFT) == RAGGED


@situation("a row of the data is too long", STOPPED + "; the message names the line of the data")
def _data_row_too_long(project: Repository) -> None:
    project.write(DATA, "a,b\n1,2\n1,2,3\n")
    project.git("add", DATA)
    project.is_stopped(
        f"{DATA}:3: error[row-length]: 3 fields, but the header has 2", f"used by this region: {POST}:3:1"
    )


@situation("a generated table is edited by hand", STOPPED + "; the message shows the edited row")
def _hand_edit(project: Repository) -> None:
    project.write(POST, project.read(POST).replace("|   1 |", "|   5 |"))
    project.git("add", POST)
    project.is_stopped(f"{POST}:5: error[hand-edit]", "mdtables pull")


def _commit_other_data_on_a_branch(project: Repository) -> None:
    project.git("switch", "-q", "-c", "other")
    project.write(DATA, "a,b\nx,1\ny,2\n")
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "other")
    project.git("switch", "-q", "main")
    project.write("c.txt", "c")
    project.git("add", ".")
    project.is_accepted()


@situation("a merge changes the data", REGENERATED + " (in the `pre-merge-commit` hook)")
def _merge(project: Repository) -> None:
    _commit_other_data_on_a_branch(project)
    merged = project.ran("git", "merge", "--no-edit", "other")
    assert merged.status == 1
    assert "1 document regenerated" in merged.output
    project.git("add", POST)
    project.is_accepted()
    assert "| y   |   2 |" in project.committed(POST)


@situation("a merge is committed with `git commit`", REGENERATED)
def _merge_by_hand(project: Repository) -> None:
    _commit_other_data_on_a_branch(project)
    merged = project.ran("git", "merge", "--no-commit", "--no-ff", "other")
    assert merged.status == 0, merged.output
    project.is_stopped("1 document regenerated")
    project.git("add", POST)
    project.is_accepted()
    assert "| y   |   2 |" in project.committed(POST)


@situation(
    "a rebase moves commits onto changed data",
    "a rebase runs no hook; the next commit regenerates the document (`mdtables-staged` does not)",
)
def _rebase(project: Repository) -> None:
    project.git("switch", "-q", "-c", "other")
    project.write("c.txt", "c")
    project.git("add", ".")
    project.is_accepted()
    project.git("switch", "-q", "main")
    project.write(DATA, csv_with_value(2))
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "data")
    project.git("switch", "-q", "other")
    project.git("rebase", "-q", "main")
    project.write("d.txt", "d")
    project.git("add", ".")
    if "mdtables-staged" in project.read(".pre-commit-config.yaml"):
        project.is_accepted()
    else:
        project.is_stopped("1 document regenerated")


@situation("`git commit --amend`", REGENERATED)
def _amend(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    project.is_stopped("1 document regenerated", words=("--amend",))
    project.git("add", POST)
    project.is_accepted("--amend")
    assert shows_value(project.committed(POST), 2)


@situation("a commit from a subfolder", REGENERATED + "; paths are relative to the subfolder")
def _subfolder(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    project.is_stopped("1 document regenerated: git add a.md, then commit again", folder="posts")
    project.git("add", "a.md", folder="posts")
    project.is_accepted(folder="posts")


@situation("`git commit data/x.csv`", REGENERATED + ", with both files named or staged")
def _commit_with_paths(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.is_stopped("1 document regenerated", words=(DATA,))
    project.is_accepted(DATA, POST)
    assert shows_value(project.committed(POST), 2)


def _commit_as_the_hook_says(project: Repository) -> None:
    output = project.is_stopped("1 document regenerated", words=("-a",))
    project.git("add", *re.findall(r"git add (.*), then", output)[0].split())
    project.is_accepted()
    assert shows_value(project.committed(POST), 2)
    assert project.committed(DATA) == csv_with_value(2)


@situation(
    "`git commit -a`", REGENERATED + "; the message also names the data, which git unstages when the commit is stopped"
)
def _commit_all(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    _commit_as_the_hook_says(project)


@situation("`git commit -a`, after files were renamed and deleted", REGENERATED)
def _commit_all_with_renames(project: Repository) -> None:
    project.git("mv", PLAIN, "posts/c.md")
    project.write("gone.txt", "x")
    project.git("add", "gone.txt")
    project.git("commit", "-q", "--no-verify", "-m", "more")
    project.git("rm", "-q", "gone.txt")
    project.write(DATA, csv_with_value(2))
    _commit_as_the_hook_says(project)


@situation("`git commit -a`, repeated", "the document is regenerated, exit 1; the same command again passes")
def _commit_all_again(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.is_stopped("1 document regenerated", words=("-a",))
    project.is_accepted("-a")
    assert shows_value(project.committed(POST), 2)


@situation("a commit in a linked worktree", REGENERATED)
def _worktree(project: Repository) -> None:
    linked = f"{project.path}-linked"
    shutil.rmtree(linked, ignore_errors=True)
    project.git("worktree", "add", "-q", linked)
    there = Repository(Path(linked), project.program, project.environment)
    there.write(DATA, csv_with_value(2))
    there.git("add", DATA)
    there.is_stopped("1 document regenerated")
    there.git("add", POST)
    there.is_accepted()
    assert shows_value(there.committed(POST), 2)
    assert shows_value(project.read(POST), 1)


@situation("the first commit of a repository", REGENERATED)
def _first_commit(project: Repository) -> None:
    project.git("update-ref", "-d", "HEAD")
    project.write(DATA, csv_with_value(2))
    project.git("add", ".")
    project.is_stopped("1 document regenerated")
    project.git("add", ".")
    project.is_accepted()


@situation("`run --all-files`", "every tracked document is checked")
def _all_files(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.write(DRAFT, RAGGED)
    project.git("commit", "-q", "--no-verify", "-a", "-m", "data")
    ran = project.run("--all-files")
    assert ran.status == 1
    assert "1 document regenerated" in ran.output
    assert project.run("--all-files").status == 0
    assert project.read(DRAFT) == RAGGED


@situation("`run --from-ref A --to-ref B`, the data changed or deleted between them", "as if the change were staged")
def _from_ref_to_ref(project: Repository) -> None:
    project.write(DATA, csv_with_value(2))
    project.git("commit", "-q", "--no-verify", "-a", "-m", "data")
    ran = project.run("--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert ran.status == 1
    assert "1 document regenerated" in ran.output
    project.git("checkout", "-q", ".")
    project.git("rm", "-q", DATA)
    project.git("commit", "-q", "--no-verify", "-m", "gone")
    ran = project.run("--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert ran.status == 1
    assert "error[source-missing]" in ran.output


@situation("file names with spaces, quotes or line breaks, or that look like an option", REGENERATED)
def _odd_names(project: Repository) -> None:
    names = ["--exclude=b.md", "posts/two words.md", 'posts/it\'s "quoted".md', "posts/new\nline.md"]
    for name in names:
        project.write(name, SOURCED if "/" in name else SOURCED.replace("../", ""))
    project.git("add", ".")
    project.is_stopped("4 documents regenerated: git add them, then commit again")
    project.git("add", ".")
    project.is_accepted()
    assert all(shows_value(project.read(name), 1) for name in names)


@situation("a file name that is not UTF-8", REGENERATED + "; while such a file is staged, pre-commit itself fails")
def _name_not_utf8(project: Repository) -> None:
    path = os.path.join(os.fsencode(project.path), b"posts", b"caf\xe9.md")
    with open(path, "w") as file:
        file.write(SOURCED)
    project.git("add", ".")
    ran = project.commit()
    assert ran.status == 1
    assert ("UnicodeDecodeError" if project.program.endswith("pre-commit") else "1 document regenerated") in ran.output
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "odd")
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    ran = project.commit()
    assert ran.status == 1
    assert "2 documents regenerated: git add them, then commit again" in ran.output
    with open(path) as file:
        assert shows_value(file.read(), 2)


@situation("the repository has 3,000 documents", REGENERATED)
def _three_thousand_documents(project: Repository) -> None:
    for number in range(3000):
        project.write(f"many/{number}.md", f"# Number {number}\n")
    project.git("add", ".")
    project.is_accepted("-q")
    project.write(DATA, csv_with_value(2))
    project.git("add", DATA)
    project.is_stopped("1 document regenerated")


@situation("a document is excluded in mdtables' configuration", PASSES + "; the document is neither read nor written")
def _document_excluded(project: Repository) -> None:
    project.write("mdtables.toml", 'exclude = ["posts/"]\n')
    project.write(DATA, csv_with_value(2))
    project.git("add", ".")
    project.is_accepted()


def test_prek_workspace_project_checks_only_its_own_documents(
    tmp_path: Path, templates: dict[str, Path], program: tuple[str, dict[str, str]]
) -> None:
    """prek runs a hook in the project's folder, while git's variables refer to the repository root."""
    project = project_with("mdtables", tmp_path, templates, program)
    if program[0].endswith("pre-commit"):
        pytest.skip("pre-commit has no workspaces")
    project.write("sub/.pre-commit-config.yaml", project.read(".pre-commit-config.yaml"))
    project.write("sub/data/x.csv", csv_with_value(1))
    project.write("sub/posts/a.md", SOURCED)
    project.run_mdtables_fix()
    project.git("add", ".")
    project.is_accepted()
    project.write("sub/data/x.csv", csv_with_value(2))
    project.git("add", ".")
    ran = project.commit()
    assert ran.status == 1, ran.output
    assert "1 document regenerated: git add sub/posts/a.md, then commit again" in ran.output
    assert "warning" not in ran.output
    assert shows_value(project.read("sub/posts/a.md"), 2)


@pytest.mark.parametrize("each", SITUATIONS, ids=lambda each: each.name)
def test_hook_behaves_as_documented(each: Situation, project: Repository) -> None:
    each.scenario(project)


@pytest.mark.parametrize("each", SITUATIONS, ids=lambda each: each.name)
def test_staged_hook_behaves_the_same(
    each: Situation, tmp_path: Path, templates: dict[str, Path], program: tuple[str, dict[str, str]]
) -> None:
    each.scenario(project_with("mdtables-staged", tmp_path, templates, program))


# --- every case, in one repository ------------------------------------------------------------------------------------

CASES_USING_THE_ROOT = {"source-from-the-root"}  # cases whose sources are relative to the project root


def test_hook_fixes_every_case_as_expected(project: Repository) -> None:
    for case in sorted(CASES.iterdir()):
        shutil.copytree(case, project.path / case.name, ignore=shutil.ignore_patterns("out.md", "problems.txt"))
    project.git("add", "--force", ".")
    project.run("--all-files")
    wrong = []
    for case in sorted(CASES.iterdir()):
        expected = case / "out.md" if (case / "out.md").exists() else case / "in.md"
        if (project.path / case.name / "in.md").read_bytes() != expected.read_bytes():
            wrong.append(case.name)
    assert set(wrong) == CASES_USING_THE_ROOT
