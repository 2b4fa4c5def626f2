"""What git knows: where a repository begins, what it tracks, ignores, staged and committed. Runs git, reads no file.

Every run imports it, so it imports little.
"""

from __future__ import annotations

import os
import select
import time

from mdtables.workspace.paths import comparable

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PROGRAM = "git"
if os.name == "nt":  # or it would look for git in the working directory first, where a clone may have a git.exe
    os.environ["NODEFAULTCURRENTDIRECTORYINEXEPATH"] = "1"

# The author of a repository also wrote its configuration. These settings win over it, and keep git from starting a
# program (fsmonitor, a remote from which objects are missing), from reading a folder of the repository as a repository
# of its own, and from reading an endless file. What else a configuration names has no effect on these commands.
_SAFE = (
    *("-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "-c", "safe.bareRepository=explicit"),
    *("-c", "diff.orderFile=/dev/null", "-c", "log.mailmap=false"),
)
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
_SIGKILL = 9  # importing signal takes 3 ms
_SECONDS = 120  # for one command: a pipe among the files of a repository makes git wait forever

# git sets these for its hooks. They describe one repository, and must not reach a git that runs in a submodule.
_PATHS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR")  # may be relative to where git ran
_OF_ONE_REPOSITORY = (*_PATHS, "GIT_PREFIX")

_PARTIAL = r"^(remote\..*\.(promisor|partialclonefilter)|extensions\.partialclone)$"
_DIFF = ("--no-renames", "--no-ext-diff", "--ignore-submodules=none")


class GitError(Exception):
    """git failed, or there is no git or no repository; the message is the reason."""


def root_of(folder: str) -> str | None:
    """Return the nearest folder at or above this one that contains `.git`, as an absolute path."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


class Tracked:
    """The files that git tracks. Each repository is asked once."""

    def __init__(self) -> None:
        self._files: dict[str, Mapping[str, None]] = {}

    def below(self, folder: str) -> Iterable[str]:
        """Return the tracked files below a folder, relative to it. Raise GitError."""
        root = root_of(folder)
        if root is None:
            raise GitError("not in a git repository, so no file is tracked")
        prefix = os.path.relpath(os.path.realpath(folder), root).replace(os.sep, "/") + "/"
        names = self._in(root)
        return names if prefix == "./" else (n.removeprefix(prefix) for n in names if n.startswith(prefix))

    def has(self, path: str) -> bool:
        """Return True if git tracks the file, or the link, at this path. Raise GitError."""
        folder = os.path.realpath(os.path.dirname(path))
        root = root_of(folder)
        if root is None:
            return False
        name = os.path.relpath(os.path.join(folder, os.path.basename(path)), root).replace(os.sep, "/")
        names = self._in(root)
        return name in names or (comparable(name) != name and comparable(name) in map(comparable, names))

    def _in(self, root: str) -> Mapping[str, None]:
        if root not in self._files:
            self._files[root] = dict.fromkeys(_names(_output(root, "ls-files", "-z", "--cached")))
        return self._files[root]


def not_ignored(folder: str) -> Iterable[str] | None:
    """Return what git tracks or would track below a folder, relative to it; None if it ignores the folder itself.

    Raise GitError.
    """
    root = root_of(folder)
    if root is None:
        raise GitError("not in a git repository")
    below = _from_root(folder, root)
    where = ("--", f":(literal){below}") if below else ()
    listing = _output(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *where)
    if not listing and ignores(folder):
        return None
    return [name.removeprefix(f"{below}/" if below else "") for name in _names(listing)]


def ignores(path: str) -> bool:
    """Return True if git ignores a file or a folder. Raise GitError."""
    root = root_of(path if os.path.isdir(path) else os.path.dirname(path))
    return bool(root and _output(root, "check-ignore", "--", os.path.realpath(path), statuses=(0, 1)))


def changed(folder: str, between: tuple[str, str] | None = None) -> list[str]:
    """Return what is staged in a folder's repository, relative to the folder, including deletions and submodules.

    With two commits, return what differs `between` them. Raise GitError.
    """
    root = root_of(folder)
    if root is None:
        raise GitError("not in a git repository, so nothing is staged")
    what = ("--end-of-options", "...".join(between)) if between else ("--cached",)
    listing = _output(root, "diff", "--name-only", "-z", *_DIFF, *what)
    return [os.path.relpath(os.path.join(root, name), os.path.realpath(folder)) for name in _names(listing)]


def unstaged(folder: str) -> list[str]:
    """Return what differs between the index and the working tree, relative to a folder. Raise GitError."""
    root = root_of(folder)
    if root is None:
        raise GitError("not in a git repository, so nothing is staged")
    listing = _output(root, "diff", "--name-only", "-z", *_DIFF)
    return [os.path.relpath(os.path.join(root, name), os.path.realpath(folder)) for name in _names(listing)]


def configured(folder: str, name: str) -> str:
    """Return a value of the configuration of a folder's repository, "" if it has none. Raise GitError."""
    value = _output(folder, "config", "--local", "--get", name, statuses=(0, 1))
    return value.decode("utf-8", "replace").removesuffix("\n")


def configure(folder: str, name: str, value: str) -> None:
    """Set a value in the configuration of a folder's repository. Raise GitError."""
    _output(folder, "config", "--local", name, value)


def versions(path: str, most: int = 200) -> Iterator[bytes]:
    """Yield the staged version of a file and those in the history, the newest first, at most `most`.

    Yield nothing where there is no repository, nor in a partial clone, where git would fetch them. Raise GitError.
    """
    root = root_of(os.path.dirname(path))
    if root is None or _output(root, "config", "--get-regexp", _PARTIAL, statuses=(0, 1)):
        return
    name = _from_root(path, root)
    staged = _output(root, "ls-files", "--stage", "-z", "--", f":(literal){name}")
    blobs = [line.split()[1] for line in staged.split(b"\0")[:-1]]
    words = ["log", f"--max-count={most}", "--format=", "--raw", "--no-abbrev", "--follow", "-m", "--no-show-signature"]
    words += ["--end-of-options", "HEAD", "--", f":(literal){name}"]
    raw = _output(root, *words, statuses=(0, 128))  # 128: no commit yet
    blobs += [line.split()[3] for line in raw.splitlines() if line.startswith(b":")]
    for blob in dict.fromkeys(blobs):
        if blob.strip(b"0"):  # zeros: the commit deleted the file
            yield _output(root, "cat-file", "blob", blob.decode())


def unmerged(path: str) -> tuple[bytes, bytes, bytes] | None:
    """Return the base, our and their version of a file that git could not merge; None for others. Raise GitError."""
    path = os.path.realpath(path)
    root = root_of(os.path.dirname(path))
    if root is None:
        return None
    listing = _output(root, "ls-files", "--unmerged", "-z", "--", f":(literal){_from_root(path, root)}")
    stages = {fields[2]: fields[1] for line in listing.split(b"\0")[:-1] if len(fields := line.split(None, 3)) == 4}
    if not (b"2" in stages and b"3" in stages):
        return None
    blobs = [stages.get(stage) for stage in (b"1", b"2", b"3")]
    base, ours, theirs = (_output(root, "cat-file", "blob", blob.decode()) if blob else b"" for blob in blobs)
    return base, ours, theirs


def is_unmerged(path: str) -> bool:
    """Return True if git could not merge a file, or the submodule that it is in. Raise GitError."""
    folder, name = os.path.split(os.path.abspath(path))
    while root := root_of(folder):
        below = os.path.relpath(os.path.join(os.path.realpath(folder), name), root).replace(os.sep, "/")
        if _output(root, "ls-files", "--unmerged", "-z", "--", f":(literal){below}"):
            return True
        folder, name = os.path.split(root)  # where it is a submodule, the repository above knows it by its folder
    return False


def _from_root(path: str, root: str) -> str:
    """Return the path by which git names a file or folder of a repository; "" for its root."""
    name = os.path.relpath(os.path.realpath(path), os.path.realpath(root)).replace(os.sep, "/")
    return "" if name == os.curdir else name


def _names(listing: bytes) -> Iterable[str]:
    """Return the names in a listing, in order; during a merge git lists a file three times.

    git itself adds no file outside of the repository, but prints what an index contains that another program wrote.
    """
    text = listing.decode("utf-8", "surrogateescape") if os.name == "nt" else os.fsdecode(listing)
    names = dict.fromkeys(text.split("\0")[:-1])
    if ".." in text or "\0/" in text or text.startswith("/") or os.name == "nt":
        return [
            name for name in names if not (os.path.isabs(name) or os.pardir in name.replace(os.sep, "/").split("/"))
        ]
    return names


def _output(root: str, *words: str, statuses: Sequence[int] = (0,)) -> bytes:
    """Return the output of a git command run at a repository's root. Raise GitError if it exits with any other status.

    At the root, since git may take a folder below for a repository.
    """
    command, environment = [PROGRAM, *_SAFE, "-C", root or ".", *words], _environment(root)
    try:
        status, output = _spawned(command, environment)
        complaint = ""
        if status not in statuses:
            status, output, complaint = _run(command, environment)
    except TimeoutError:
        raise GitError(f"git {words[0]} took more than {_SECONDS} seconds") from None
    except OSError:
        raise GitError("in a git repository, but git cannot be run") from None
    if status not in statuses:
        raise GitError(f"git {words[0]} failed: {complaint}")
    return output


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, bytes, str]:
    """Return the exit status, the output and the first line of the complaint of a command. Raise OSError."""
    import subprocess  # takes 25 ms, so only where git failed, to read its message

    try:
        ran = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return ran.returncode, ran.stdout, ran.stderr.decode(errors="replace").strip().partition("\n")[0]


def _spawned(command: list[str], environment: Mapping[str, str]) -> tuple[int | None, bytes]:
    """Return the exit status and the output of a command; status None if it is unknown.

    It is unknown where there is no posix_spawn, and where the child's status was lost. Not by `subprocess`, which takes
    25 ms to import: a quarter of what a hook with nothing to do takes. Raise OSError.
    """
    if not hasattr(os, "posix_spawnp"):
        return None, b""
    ours, its = os.pipe()
    try:
        silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 2)]
        actions = [(os.POSIX_SPAWN_DUP2, its, 1), *silent]
        process = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    except OSError:
        os.close(ours)
        raise
    finally:
        os.close(its)
    output = _read_to_end(ours, process)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), output
    except ChildProcessError:  # the parent process ignores SIGCHLD
        return None, b""


def _read_to_end(pipe: int, process: int) -> bytes:
    """Return what a process writes to a pipe. Stop it and raise TimeoutError if that takes too long."""
    end = time.monotonic() + _SECONDS
    chunks: list[bytes] = []
    with open(pipe, "rb", buffering=0) as file:
        waiting = select.poll()
        waiting.register(file, select.POLLIN | select.POLLHUP)
        while waiting.poll(max(0, end - time.monotonic()) * 1000):
            chunk = file.read(1 << 20)
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
    os.kill(process, _SIGKILL)
    os.waitpid(process, 0)
    raise TimeoutError


def _environment(folder: str) -> Mapping[str, str]:
    """Return the environment for a git that runs in a folder."""
    environment = os.environ | _OFFLINE
    own = {name: os.environ[name] for name in _OF_ONE_REPOSITORY if name in os.environ}
    if not own:
        return environment
    root = root_of(".") or ""
    if root_of(folder) != root:
        return {name: value for name, value in environment.items() if name not in own}
    return environment | {name: _absolute(own[name], root) for name in _PATHS if name in own}


def _absolute(path: str, root: str) -> str:
    """Return a path that git set for a hook: it is relative to the root, whatever folder the hook runs in."""
    from_root = os.path.join(root, path)
    return from_root if os.path.exists(from_root) else os.path.abspath(path)
