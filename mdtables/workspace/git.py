"""What git knows: where a repository begins, which files it tracks or ignores, what is staged. Runs git, reads no file.

Loaded by every run, so it imports next to nothing.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# git sets these for its hooks; they speak of one repository, and must not hold in a submodule.
_PATHS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR")  # they may be relative to where git ran
_OF_ONE_REPOSITORY = (*_PATHS, "GIT_PREFIX")

_DIFF = ("--no-renames", "--no-ext-diff", "--ignore-submodules=none")


class GitError(Exception):
    """git cannot say what it was asked, and why."""


def root_of(folder: str) -> str | None:
    """The nearest folder at or above this one that holds `.git`, as an absolute path."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


class Tracked:
    """The files that git tracks, asked once for each repository."""

    def __init__(self) -> None:
        self._files: dict[str, Mapping[str, None]] = {}

    def below(self, folder: str) -> Iterable[str]:
        """The tracked files below a folder, relative to it. Raises GitError where git cannot say, or there is none."""
        root = root_of(folder)
        if root is None:
            raise GitError("it lies in no git repository, so git tracks nothing in it")
        prefix = os.path.relpath(os.path.realpath(folder), root).replace(os.sep, "/") + "/"
        names = self._in(root)
        return names if prefix == "./" else (n.removeprefix(prefix) for n in names if n.startswith(prefix))

    def holds(self, path: str) -> bool:
        """Whether git tracks the file, or the link, at this path. Raises GitError where git cannot say."""
        folder = os.path.realpath(os.path.dirname(path))
        root = root_of(folder)
        if root is None:
            return False
        name = os.path.relpath(os.path.join(folder, os.path.basename(path)), root)
        return name.replace(os.sep, "/") in self._in(root)

    def _in(self, root: str) -> Mapping[str, None]:
        if root not in self._files:
            self._files[root] = _names(_said(root, "ls-files", "-z", "--cached"))
        return self._files[root]


def not_ignored(folder: str) -> Iterable[str] | None:
    """What git tracks or would track below a folder, relative to it; None if it ignores the folder itself.

    Raises GitError where git cannot say.
    """
    listing = _said(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if not listing and ignores(folder) else _names(listing)


def ignores(path: str) -> bool:
    """Whether git ignores a file or a folder. Raises GitError where git cannot say."""
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    return bool(_said(folder, "check-ignore", os.path.realpath(path), statuses=(0, 1)))


def changed(folder: str, between: tuple[str, str] | None = None) -> list[str]:
    """The paths, relative to a folder, of what is staged in its repository, what is deleted and submodules included.

    With two commits, of what differs `between` them. Raises GitError.
    """
    root = root_of(folder)
    if root is None:
        raise GitError("it lies in no git repository, so nothing is staged in it")
    what = ("--end-of-options", "...".join(between)) if between else ("--cached",)
    said = _said(root, "diff", "--name-only", "-z", *_DIFF, *what)
    return [os.path.relpath(os.path.join(root, name), os.path.realpath(folder)) for name in _names(said)]


def _names(listing: bytes) -> Mapping[str, None]:
    """The names in a listing, in order; in a merge git names a file three times."""
    return dict.fromkeys(os.fsdecode(listing).split("\0")[:-1])


def _said(folder: str, *words: str, statuses: Sequence[int] = (0,)) -> bytes:
    """What git says in a folder. Raises GitError where it cannot say anything."""
    command, environment = ["git", "-C", folder or ".", *words], _environment(folder)
    try:
        status, said = _spawned(command, environment)
        if status in statuses:
            return said
        import subprocess  # again then, for what git complains of

        ran = subprocess.run(command, env=environment, capture_output=True, check=False)
    except OSError:
        raise GitError("it lies in a git repository, and there is no git to ask") from None
    if ran.returncode not in statuses:
        complaint = ran.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise GitError(f"git {words[0]} cannot say: {complaint}")
    return ran.stdout


def _spawned(command: list[str], environment: Mapping[str, str]) -> tuple[int | None, bytes]:
    """The exit status of a command and what it says; no status where nobody knows it without `subprocess`.

    That takes 25 ms to import, a quarter of what a hook that finds nothing to do would take. Raises OSError.
    """
    if not hasattr(os, "posix_spawnp"):
        return None, b""
    ours, its = os.pipe()
    try:
        quiet = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
        process = os.posix_spawnp(command[0], command, environment, file_actions=[(os.POSIX_SPAWN_DUP2, its, 1), quiet])
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(its)
    with open(ours, "rb") as pipe:
        said = pipe.read()
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), said
    except ChildProcessError:  # whoever began this run ignores SIGCHLD
        return None, b""


def _environment(folder: str) -> Mapping[str, str]:
    """The variables for a git that runs in a folder."""
    own = {name: os.environ[name] for name in _OF_ONE_REPOSITORY if name in os.environ}
    if not own:
        return os.environ
    root = root_of(".") or ""
    if root_of(folder) != root:
        return {name: value for name, value in os.environ.items() if name not in own}
    return os.environ | {name: _absolute(own[name], root) for name in _PATHS if name in own}


def _absolute(path: str, root: str) -> str:
    """A path that git gave a hook is relative to the root, wherever the hook's runner went from there."""
    from_root = os.path.join(root, path)
    return from_root if os.path.exists(from_root) else os.path.abspath(path)
