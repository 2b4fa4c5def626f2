"""Paths -> documents. Knows names and folders, not contents. Loaded by every run, so it imports next to nothing."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DOCUMENT_SUFFIXES = (".md", ".markdown", ".mdx", ".qmd", ".Rmd")
_SKIPPED_WITHOUT_GIT = frozenset({"node_modules", "venv", "_site", "site", "vendor"})


class PathError(Exception):
    """A path that cannot be read as a document or a folder: a diagnostic's code, and the reason."""

    def __init__(self, code: str, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.code, self.path, self.reason = code, path, reason


class Found:
    """What paths mean: documents, each with whether it was named itself; data files; what is wrong with the rest."""

    def __init__(self) -> None:
        self.documents: dict[str, bool] = {}
        self.data_files: list[str] = []
        self.problems: list[PathError] = []


def find(paths: Sequence[str]) -> Found:
    """What files and folders mean. A data file is one by its name; its documents are for others to find."""
    found = Found()
    for path in paths:
        try:
            if os.path.isdir(path):
                documents, problems = documents_in(path)
                found.documents = dict.fromkeys(documents, False) | found.documents
                found.problems += problems
            else:
                check_named(path)
                if not path.endswith(DOCUMENT_SUFFIXES) and _is_data(path):
                    found.data_files.append(path)
                else:
                    found.documents[path.removeprefix("./")] = True
        except PathError as error:
            found.problems.append(error)
    return found


def _is_data(path: str) -> bool:
    from mdtables.sources import FORMATS

    return os.path.splitext(path)[1].lower() in FORMATS


def documents_in(folder: str) -> tuple[list[str], list[PathError]]:
    """The documents below a folder, sorted, and the folders there that cannot be read.

    In a git work tree those that git does not ignore, elsewhere by a walk. Raises PathError where git cannot say.
    """
    problems: list[PathError] = []
    listed = _git_listing(folder) if git_root(folder) else None
    return sorted(_walk(folder, problems) if listed is None else listed), problems


def check_named(path: str) -> None:
    """Raises PathError unless the path is a regular file, or a link to one."""
    if os.path.isfile(path):
        return
    if os.path.islink(path) and not os.path.exists(path):
        raise PathError("no-document", path, f"a symbolic link to {os.readlink(path)}, which does not exist")
    reason = "not a file or a folder" if os.path.lexists(path) else "no such file or folder"
    raise PathError("no-document", path, reason)


def git_root(folder: str) -> str | None:
    """The nearest folder at or above this one that holds `.git`, as an absolute path."""
    folder = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


def _git_listing(folder: str) -> list[str] | None:
    """What git tracks or would track below a folder; None if it ignores the folder itself: then somebody named it."""
    listing = _git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if not listing and _git(folder, "check-ignore", os.path.realpath(folder), statuses=(0, 1)):
        return None
    names = dict.fromkeys(os.fsdecode(listing).split("\0"))  # in a merge git names a file three times
    prefix = "" if folder in (".", "") else os.path.join(folder, "")
    return [prefix + name for name in names if name.endswith(DOCUMENT_SUFFIXES) and os.path.isfile(prefix + name)]


def _git(folder: str, *words: str, statuses: Sequence[int] = (0,)) -> bytes:
    """What git says. Raises PathError where it cannot say anything."""
    import subprocess

    try:
        ran = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    except OSError:
        reason = "it lies in a git repository, and there is no git to say which files it ignores"
        raise PathError("unreadable", folder, reason) from None
    if ran.returncode not in statuses:
        said = ran.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise PathError("unreadable", folder, f"git cannot say which files it ignores: {said}")
    return ran.stdout


def _walk(folder: str, problems: list[PathError]) -> Iterator[str]:
    folders: Sequence[str] = [folder]
    while folders:
        below: list[str] = []
        for name in folders:
            try:
                entries = list(os.scandir(name))
            except OSError as error:
                problems.append(
                    PathError("unreadable", name.removeprefix("./"), f"cannot be read: {error.strerror or error}")
                )
                continue
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not entry.name.startswith(".") and entry.name not in _SKIPPED_WITHOUT_GIT:
                        below.append(entry.path)
                elif entry.name.endswith(DOCUMENT_SUFFIXES) and os.path.isfile(entry.path):
                    yield entry.path.removeprefix("./")
        folders = below
