"""The commit hook under the real pre-commit and the real prek, with real commits in real repositories.

Each situation is a row of the table in `docs/how-to/pre-commit.md`; `python -m tests.test_docs` writes it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ALIGNED, NOBODYS_GIT, RAGGED, sourced

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"
REV = "v0.1.0"
PROGRAMS = ("pre-commit", "prek")
HOOKS = ("mdtables", "mdtables-staged")
DATA, POST, PLAIN, DRAFT = "data/x.csv", "posts/a.md", "posts/b.md", "posts/draft.md"
SOURCED = "# A post\n\n" + sourced("source=../data/x.csv")
QUIET = NOBODYS_GIT | {"GIT_ALLOW_PROTOCOL": "file", "GIT_EDITOR": "true"}


@dataclass(frozen=True)
class Ran:
    status: int
    output: str


@dataclass(frozen=True)
class Repository:
    """A repository whose commits are judged by a hook, in a program that is told where to keep its environments."""

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

    def passes(self, *words: str, folder: str = ".") -> None:
        ran = self.commit(*words, folder=folder)
        assert ran.status == 0, ran.output

    def stops(self, *told: str, words: tuple[str, ...] = (), folder: str = ".") -> str:
        """A commit that the hook stops, telling all this."""
        ran = self.commit(*words, folder=folder)
        assert ran.status == 1, ran.output
        for line in told:
            assert line in ran.output, ran.output
        return ran.output

    def run(self, *words: str, folder: str = ".") -> Ran:
        return self.ran(self.program, "run", *words, folder=folder)

    def regenerate(self) -> None:
        """What somebody does who runs mdtables before the commit."""
        fixed = self.ran(sys.executable, "-m", "mdtables", "fix", "-q")
        assert fixed.status == 0, fixed.output

    def shown(self, name: str) -> str:
        """A file as the last commit has it."""
        return self.git("show", f"HEAD:{name}")


def value(number: int) -> str:
    """A data file whose only value is this number."""
    return f"a,b\nx,{number}\n"


def holds(text: str, number: int) -> bool:
    return f"|   {number} |" in text


# --- the programs and their environments ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project as a repository to take hooks from at a `rev`, whatever is not committed here included."""
    folder = tmp_path_factory.mktemp("upstream")
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "mdtables", "pyproject.toml"]
    words += ["README.md", "LICENSE", ".pre-commit-hooks.yaml"]
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
    """A program with its hooks installed, from the package index, and the variables that make it find them."""
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
    """For each hook a project with a post, its data and a plain post, all in order and committed, the hook in place."""
    return {hook: _template(tmp_path_factory.mktemp("template"), upstream, program, hook) for hook in HOOKS}


def _template(path: Path, upstream: Path, program: tuple[str, dict[str, str]], hook: str) -> Path:
    made = Repository(path, *program)
    made.git("init", "-q", "-b", "main")
    made.write(".pre-commit-config.yaml", configuration(upstream, hook))
    made.write(DATA, value(1))
    made.write(POST, SOURCED)
    made.write(PLAIN, ALIGNED)
    made.regenerate()
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


# --- what happens -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Situation:
    """One thing that people do, and what comes of it, in the words of the docs."""

    name: str
    outcome: str
    happens: Callable[[Repository], None]


SITUATIONS: list[Situation] = []
FIXED = "regenerated, exit 1; `git add` it and commit again"
PASSES = "passes"


def situation(name: str, outcome: str) -> Callable[[Callable[[Repository], None]], Callable[[Repository], None]]:
    def add(happens: Callable[[Repository], None]) -> Callable[[Repository], None]:
        SITUATIONS.append(Situation(name, outcome, happens))
        return happens

    return add


@situation("only the data is staged", FIXED)
def _only_data(project: Repository) -> None:
    project.write(DATA, value(2))
    project.git("add", DATA)
    told = project.stops(f"fixed {POST}\n", f"1 document regenerated: git add {POST}, then commit again")
    assert "\r" not in told
    assert "\x1b" not in told
    project.git("add", POST)
    project.passes()
    assert holds(project.shown(POST), 2)


@situation("only the post is staged", FIXED)
def _only_post(project: Repository) -> None:
    project.write(POST, project.read(POST).replace("../data/x.csv", "../data/x.csv columns=b"))
    project.git("add", POST)
    project.stops("1 document regenerated")
    project.git("add", POST)
    project.passes()
    assert "| a" not in project.shown(POST)


@situation("both are staged, and fit", PASSES)
def _both(project: Repository) -> None:
    project.write(DATA, value(2))
    project.regenerate()
    project.git("add", ".")
    project.passes()


@situation("the post is regenerated, but not staged", "exit 1, nothing changes; `git add` it and commit again")
def _not_staged(project: Repository) -> None:
    project.write(DATA, value(2))
    project.git("add", DATA)
    project.regenerate()
    project.stops("1 document regenerated")
    assert holds(project.read(POST), 2)
    project.git("add", POST)
    project.passes()


@situation("the data is staged in one version, and changed again", "regenerated from what is staged, exit 1")
def _staged_in_one_version(project: Repository) -> None:
    project.write(DATA, value(2))
    project.git("add", DATA)
    project.write(DATA, value(3))
    project.stops("1 document regenerated")
    assert (holds(project.read(POST), 2), project.read(DATA)) == (True, value(3))
    project.git("add", POST)
    project.passes()
    assert holds(project.shown(POST), 2)


def _long_post(project: Repository) -> None:
    body = project.read(POST).partition("\n\n")[2]
    project.write(POST, f"# A post\n\n{body}\nbelow\n\n" + "a line\n" * 20 + "the end\n")
    project.git("add", POST)
    project.passes()
    project.write(DATA, value(2))
    project.git("add", DATA)


@situation("a part of the post is staged (`git add -p`)", "regenerated, exit 1; the rest stays, `git add -p` again")
def _part(project: Repository) -> None:
    _long_post(project)
    project.write(POST, project.read(POST).replace("# A post", "# Staged").replace("the end", "not staged"))
    words = ["git", "add", "-p", POST]
    subprocess.run(words, cwd=project.path, env=project.environment, input=b"y\nn\n", capture_output=True, check=True)
    assert "not staged" not in project.git("diff", "--cached")
    project.stops("1 document regenerated")
    assert holds(project.read(POST), 2)
    assert "not staged\n" in project.read(POST)


@situation("an edit that is not staged stands beside the table", "exit 1; rolled back: stage that edit too")
def _beside(project: Repository) -> None:
    _long_post(project)
    project.write(POST, project.read(POST).replace("below\n", "not staged\n"))
    before = project.read(POST)
    project.stops("1 document regenerated")
    assert project.read(POST) == before
    project.git("add", POST)
    project.stops("1 document regenerated")
    project.git("add", POST)
    project.passes()


@situation("the data is deleted", "exit 2 inside, the commit is stopped; the region that used it is named")
def _deleted(project: Repository) -> None:
    project.git("rm", "-q", DATA)
    project.stops(f"{POST}:3:1: error[source-missing]: there is no {DATA}")


@situation("the data is renamed", "exit 2 inside, the commit is stopped; the new name is suggested")
def _renamed(project: Repository) -> None:
    project.git("mv", DATA, "data/xs.csv")
    project.stops(f"{POST}:3:1: error[source-missing]", 'did you mean "xs.csv"?')


@situation("the data becomes a link to other data in the repository", FIXED)
def _link(project: Repository) -> None:
    project.write("data/y.csv", value(2))
    (project.path / DATA).unlink()
    (project.path / DATA).symlink_to("y.csv")
    project.git("add", ".")
    project.stops("1 document regenerated")
    project.git("add", ".")
    project.passes()
    assert holds(project.shown(POST), 2)


@situation("the data becomes a link out of the repository", "exit 2 inside, the commit is stopped")
def _link_out(project: Repository) -> None:
    (project.path / DATA).unlink()
    (project.path / DATA).symlink_to(sys.executable)
    project.git("add", ".")
    project.stops(f"{POST}:3:1: error[source-outside]")


def _with_submodule(project: Repository) -> None:
    other = project.path.parent / f"{project.path.name}-other"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir()
    (other / "x.csv").write_text(value(1))
    inner = Repository(other, project.program, project.environment)
    inner.git("init", "-q", "-b", "main")
    inner.git("add", ".")
    inner.git("commit", "-q", "-m", "data")
    project.git("rm", "-q", DATA)
    project.git("submodule", "add", "-q", str(other), "data")


@situation("the data moves into a submodule", PASSES)
def _into_a_submodule(project: Repository) -> None:
    _with_submodule(project)
    project.passes()


@situation("the submodule with the data is bumped", FIXED)
def _bumped(project: Repository) -> None:
    _with_submodule(project)
    project.passes()
    project.write(DATA, value(2))
    project.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "-a", "-m", "more", folder="data")
    project.git("add", "data")
    project.stops(f"fixed {POST}\n", "1 document regenerated")
    project.git("add", POST)
    project.passes()


@situation("the submodule with the data is removed", "exit 2 inside, the commit is stopped")
def _submodule_removed(project: Repository) -> None:
    _with_submodule(project)
    project.passes()
    project.git("rm", "-q", "data")
    project.stops(f"{POST}:3:1: error[source-missing]")


@situation("the data is untracked", FIXED + ", with a warning: it will be missing in CI")
def _untracked(project: Repository) -> None:
    project.write("data/y.csv", value(2))
    project.write(POST, project.read(POST).replace("x.csv", "y.csv"))
    project.git("add", POST)
    project.stops("1 document regenerated", "warning[untracked]: git does not track data/y.csv", "hint: git add it")


@situation("the data is ignored", FIXED + ", with a warning: it will be missing in CI")
def _ignored(project: Repository) -> None:
    project.write("data/y.csv", value(2))
    project.write(".gitignore", "y.csv\n")
    project.write(POST, project.read(POST).replace("x.csv", "y.csv"))
    project.git("add", ".")
    project.stops("1 document regenerated", "warning[untracked]: git does not track data/y.csv", ".gitignore")


@situation("the data is untracked, and its table made already", "passes; the warning shows with `verbose: true` only")
def _untracked_and_made(project: Repository) -> None:
    project.write("data/y.csv", value(2))
    project.write(POST, project.read(POST).replace("x.csv", "y.csv"))
    project.regenerate()
    project.git("add", POST)
    quiet = project.commit()
    assert quiet.status == 0
    assert "untracked" not in quiet.output
    assert "warning[untracked]: git does not track data/y.csv" in project.run("--all-files", "--verbose").output


@situation("a document is untracked", "passes; it is neither read nor written")
def _draft(project: Repository) -> None:
    project.write(DRAFT, RAGGED)
    project.write("posts/broken.md", "<!-- TABLE_GENERATE_START -->\n")
    project.write("c.txt", "c")
    project.git("add", "c.txt")
    project.passes()
    assert project.read(DRAFT) == RAGGED


@situation("a row of the data is too long", "exit 2 inside, the commit is stopped; the line of the data is named")
def _broken_data(project: Repository) -> None:
    project.write(DATA, "a,b\n1,2\n1,2,3\n")
    project.git("add", DATA)
    project.stops(f"{DATA}:3: error[row-length]: 3 fields, the header has 2", f"asked for by {POST}:3:1")


@situation("a generated table is edited by hand", "exit 2 inside, the commit is stopped; the edited row is shown")
def _hand_edit(project: Repository) -> None:
    project.write(POST, project.read(POST).replace("|   1 |", "|   5 |"))
    project.git("add", POST)
    project.stops(f"{POST}:5: error[hand-edit]", "mdtables pull")


def _other_data_on_a_branch(project: Repository) -> None:
    project.git("switch", "-q", "-c", "other")
    project.write(DATA, "a,b\nx,1\ny,2\n")
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "other")
    project.git("switch", "-q", "main")
    project.write("c.txt", "c")
    project.git("add", ".")
    project.passes()


@situation("a merge brings other data", FIXED + "; by the `pre-merge-commit` hook")
def _merge(project: Repository) -> None:
    _other_data_on_a_branch(project)
    merged = project.ran("git", "merge", "--no-edit", "other")
    assert merged.status == 1
    assert "1 document regenerated" in merged.output
    project.git("add", POST)
    project.passes()
    assert "| y   |   2 |" in project.shown(POST)


@situation("a merge is committed by hand", FIXED)
def _merge_by_hand(project: Repository) -> None:
    _other_data_on_a_branch(project)
    merged = project.ran("git", "merge", "--no-commit", "--no-ff", "other")
    assert merged.status == 0, merged.output
    project.stops("1 document regenerated")
    project.git("add", POST)
    project.passes()
    assert "| y   |   2 |" in project.shown(POST)


@situation(
    "a rebase puts commits on other data", "rebasing runs no hook; the next commit regenerates (not `mdtables-staged`)"
)
def _rebase(project: Repository) -> None:
    project.git("switch", "-q", "-c", "other")
    project.write("c.txt", "c")
    project.git("add", ".")
    project.passes()
    project.git("switch", "-q", "main")
    project.write(DATA, value(2))
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "data")
    project.git("switch", "-q", "other")
    project.git("rebase", "-q", "main")
    project.write("d.txt", "d")
    project.git("add", ".")
    if "mdtables-staged" in project.read(".pre-commit-config.yaml"):
        project.passes()
    else:
        project.stops("1 document regenerated")


@situation("`git commit --amend`", FIXED)
def _amend(project: Repository) -> None:
    project.write(DATA, value(2))
    project.git("add", DATA)
    project.stops("1 document regenerated", words=("--amend",))
    project.git("add", POST)
    project.passes("--amend")
    assert holds(project.shown(POST), 2)


@situation("a commit from a subfolder", FIXED + "; paths are those of the subfolder")
def _subfolder(project: Repository) -> None:
    project.write(DATA, value(2))
    project.git("add", DATA)
    project.stops("1 document regenerated: git add a.md, then commit again", folder="posts")
    project.git("add", "a.md", folder="posts")
    project.passes(folder="posts")


@situation("`git commit data/x.csv`", FIXED + ", both named or staged")
def _paths(project: Repository) -> None:
    project.write(DATA, value(2))
    project.stops("1 document regenerated", words=(DATA,))
    project.passes(DATA, POST)
    assert holds(project.shown(POST), 2)


@situation("a commit in a linked worktree", FIXED)
def _worktree(project: Repository) -> None:
    linked = f"{project.path}-linked"
    shutil.rmtree(linked, ignore_errors=True)
    project.git("worktree", "add", "-q", linked)
    there = Repository(Path(linked), project.program, project.environment)
    there.write(DATA, value(2))
    there.git("add", DATA)
    there.stops("1 document regenerated")
    there.git("add", POST)
    there.passes()
    assert holds(there.shown(POST), 2)
    assert holds(project.read(POST), 1)


@situation("the first commit of all", FIXED)
def _no_head(project: Repository) -> None:
    project.git("update-ref", "-d", "HEAD")
    project.write(DATA, value(2))
    project.git("add", ".")
    project.stops("1 document regenerated")
    project.git("add", ".")
    project.passes()


@situation("`run --all-files`", "everything that is tracked is looked at")
def _all_files(project: Repository) -> None:
    project.write(DATA, value(2))
    project.write(DRAFT, RAGGED)
    project.git("commit", "-q", "--no-verify", "-a", "-m", "data")
    ran = project.run("--all-files")
    assert ran.status == 1
    assert "1 document regenerated" in ran.output
    assert project.run("--all-files").status == 0
    assert project.read(DRAFT) == RAGGED


@situation("`run --from-ref A --to-ref B`, the data changed or deleted between them", "as if that was staged")
def _between(project: Repository) -> None:
    project.write(DATA, value(2))
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


@situation("names with blanks, quotes, line breaks, or like an option", FIXED)
def _odd_names(project: Repository) -> None:
    names = ["--exclude=b.md", "posts/two words.md", 'posts/it\'s "quoted".md', "posts/new\nline.md"]
    for name in names:
        project.write(name, SOURCED if "/" in name else SOURCED.replace("../", ""))
    project.git("add", ".")
    project.stops("4 documents regenerated: git add them, then commit again")
    project.git("add", ".")
    project.passes()
    assert all(holds(project.read(name), 1) for name in names)


@situation("a name that is no UTF-8", FIXED + "; while such a name is staged, pre-commit itself gives up")
def _no_utf8(project: Repository) -> None:
    path = os.path.join(os.fsencode(project.path), b"posts", b"caf\xe9.md")
    with open(path, "w") as file:
        file.write(SOURCED)
    project.git("add", ".")
    told = project.commit()
    assert told.status == 1
    assert ("UnicodeDecodeError" if project.program.endswith("pre-commit") else "1 document regenerated") in told.output
    project.git("add", ".")
    project.git("commit", "-q", "--no-verify", "-m", "odd")
    project.write(DATA, value(2))
    project.git("add", DATA)
    told = project.commit()
    assert told.status == 1
    assert "2 documents regenerated: git add them, then commit again" in told.output
    with open(path) as file:
        assert holds(file.read(), 2)


@situation("3,000 documents", FIXED)
def _many(project: Repository) -> None:
    for number in range(3000):
        project.write(f"many/{number}.md", f"# Number {number}\n")
    project.git("add", ".")
    project.passes("-q")
    project.write(DATA, value(2))
    project.git("add", DATA)
    project.stops("1 document regenerated")


@situation("a document is excluded in the configuration of mdtables", "it is left alone")
def _excluded(project: Repository) -> None:
    project.write("mdtables.toml", 'exclude = ["posts/"]\n')
    project.write(DATA, value(2))
    project.git("add", ".")
    project.passes()


def test_a_project_in_a_workspace_judges_its_own_documents(
    tmp_path: Path, templates: dict[str, Path], program: tuple[str, dict[str, str]]
) -> None:
    """prek runs a hook in the folder of its project, while git's variables speak of the root."""
    project = project_with("mdtables", tmp_path, templates, program)
    if program[0].endswith("pre-commit"):
        pytest.skip("pre-commit has no workspaces")
    project.write("sub/.pre-commit-config.yaml", project.read(".pre-commit-config.yaml"))
    project.write("sub/data/x.csv", value(1))
    project.write("sub/posts/a.md", SOURCED)
    project.regenerate()
    project.git("add", ".")
    project.passes()
    project.write("sub/data/x.csv", value(2))
    project.git("add", ".")
    told = project.commit()
    assert told.status == 1, told.output
    assert "1 document regenerated: git add sub/posts/a.md, then commit again" in told.output
    assert "warning" not in told.output
    assert holds(project.read("sub/posts/a.md"), 2)


@pytest.mark.parametrize("each", SITUATIONS, ids=lambda each: each.name)
def test_what_happens_is_what_the_docs_say(each: Situation, project: Repository) -> None:
    each.happens(project)


@pytest.mark.parametrize("each", SITUATIONS, ids=lambda each: each.name)
def test_with_staged_files_only_it_is_the_same(
    each: Situation, tmp_path: Path, templates: dict[str, Path], program: tuple[str, dict[str, str]]
) -> None:
    each.happens(project_with("mdtables-staged", tmp_path, templates, program))


# --- every case, in one repository ------------------------------------------------------------------------------------

AT_THE_ROOT = {"source-from-the-root"}  # cases that speak of the root of their project


def test_every_case_comes_out_of_the_hook_as_it_should(project: Repository) -> None:
    for case in sorted(CASES.iterdir()):
        shutil.copytree(case, project.path / case.name, ignore=shutil.ignore_patterns("out.md", "problems.txt"))
    project.git("add", "--force", ".")
    project.run("--all-files")
    wrong = []
    for case in sorted(CASES.iterdir()):
        expected = case / "out.md" if (case / "out.md").exists() else case / "in.md"
        if (project.path / case.name / "in.md").read_bytes() != expected.read_bytes():
            wrong.append(case.name)
    assert set(wrong) == AT_THE_ROOT
