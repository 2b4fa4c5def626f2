"""Paths -> documents. Knows names and folders, not contents. Every run imports it, so it imports little."""

from __future__ import annotations

import os

from mdtables.sources import DOCUMENTS, FORMATS, QUERY
from mdtables.workspace import git
from mdtables.workspace.paths import is_outside, relative
from mdtables.workspace.patterns import Ignored

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mdtables.model.diagnostics import Code

CONFIGURATION_NAMES = ("mdtables.toml", "pyproject.toml")
SKIPPED_WITHOUT_GIT = frozenset({"node_modules", "venv", "_site", "site", "vendor"})


class Problem:
    """A path that is not a readable document or folder: the code and the message of a diagnostic."""

    __slots__ = ("code", "message", "path")

    def __init__(self, code: Code, path: str, message: str) -> None:
        self.code, self.path, self.message = code, path, message


class Targets:
    """What paths on the command line mean: documents, data files, and problems.

    `documents` has the folder in which each was found, None for one that was named itself.
    `data_named` is true if the data files were named on the command line, so that unused ones are reported.
    """

    def __init__(self, data_files: Iterable[str] = ()) -> None:
        self.documents: dict[str, str | None] = {}
        self.data_files = list(data_files)
        self.data_named = True
        self.problems: list[Problem] = []


def find(paths: Sequence[str], tracked: git.Tracked | None = None) -> Targets:
    """Return what files and folders mean: all documents that are not ignored, or only those that git tracks.

    Data files are recognized by their suffix; which documents use them is not looked up here.
    """
    found = Targets()
    for path in map(plain, paths):
        try:
            if os.path.isdir(path):
                documents, problems = documents_in(path, tracked)
                found.documents = {**dict.fromkeys(documents, path), **found.documents}
                found.problems += problems
            elif problem := _named_problem(path):
                found.problems.append(problem)
            elif not is_document(path) and _is_data(path):
                found.data_files.append(path)
            elif tracked is None or tracked.has(path):
                found.documents[path] = None
            else:
                found.problems.append(Problem("untracked", path, "skipped: git does not track it"))
        except git.GitError as error:
            found.problems.append(Problem("unreadable", path, str(error)))
    return found


def find_changed(
    paths: Sequence[str], tracked: git.Tracked | None = None, between: tuple[str, str] | None = None
) -> Targets:
    """Return what is staged, or differs between two commits, and what these paths mean, none of it named.

    Deleted files count, since documents may still use them. A configuration file means every document below its folder.
    Documents outside the working directory are left out.
    """
    found = find(paths, tracked)
    found.documents.update(dict.fromkeys(found.documents, os.curdir))
    found.data_named = False
    try:
        changed = git.changed(".", between)
    except git.GitError as error:
        found.problems.append(Problem("unreadable", ".", str(error)))
        return found
    for path in sorted(changed):
        try:
            _add_changed(path, found, tracked)
        except git.GitError as error:
            found.problems.append(Problem("unreadable", path, str(error)))
    return found


def _add_changed(path: str, found: Targets, tracked: git.Tracked | None) -> None:
    """Add what one changed path means. Raise GitError if git fails."""
    folder, name = os.path.split(path)
    if name in CONFIGURATION_NAMES:
        if set(folder.split(os.sep)) == {os.pardir}:
            folder = ""  # a configuration above the working directory applies to all of it
        if not is_outside(folder):
            below = find([folder or "."], tracked)
            found.documents |= below.documents
            found.problems += below.problems
    elif not is_document(path):
        # what is not a file may be or have been a submodule, or a link to data
        if _is_data(path) or os.path.islink(path) or not os.path.isfile(path):
            found.data_files.append(path)
    else:
        found.data_files.append(path)  # of a document, the front matter or a table may be a source
        if not is_outside(path) and (tracked is None or tracked.has(path)):
            found.documents[path] = os.curdir


def plain(path: str) -> str:
    """Return a path without a leading `./`, so that a document has one name however it was found."""
    path = path.replace("/", os.sep)
    while path.startswith(os.curdir + os.sep):
        path = path[len(os.curdir) :].lstrip(os.sep) or os.curdir
    return path


def is_document(name: str) -> bool:
    return name.lower().endswith(DOCUMENTS)


def _is_data(path: str) -> bool:
    suffix = os.path.splitext(path)[1].lower()
    return suffix in FORMATS or suffix == QUERY


def documents_in(folder: str, tracked: git.Tracked | None = None) -> tuple[list[str], list[Problem]]:
    """Return the documents below a folder, sorted, and what could not be read there. Raise GitError.

    In a git work tree: those that git does not ignore, or only those it tracks. Elsewhere: those found by a walk. Some
    may have been deleted, or may be links to folders, which shows when they are read.
    """
    problems: list[Problem] = []
    if tracked:
        listed: Iterable[str] | None = tracked.below(folder)
    else:
        listed = git.not_ignored(folder) if git.root_of(folder) else None
    if listed is None:
        return sorted(_walk(folder, problems)), problems
    prefix = "" if folder in (".", "") else os.path.join(folder, "")
    return sorted(prefix + name.replace("/", os.sep) for name in listed if is_document(name)), problems


def _named_problem(path: str) -> Problem | None:
    """Return the problem with a path that is not a folder, unless it is a regular file or a link to one."""
    if os.path.isfile(path):
        return None
    if os.path.islink(path) and not os.path.exists(path):
        return Problem("no-document", path, f"a symbolic link to {os.readlink(path)}, which leads nowhere")
    try:
        os.lstat(path)
    except PermissionError as error:
        return Problem("unreadable", path, f"cannot be read: {error.strerror}")
    except (OSError, ValueError):
        return Problem("no-document", path, "no such file or folder")
    return Problem("no-document", path, "not a file or a folder")


def _walk(folder: str, problems: list[Problem]) -> Iterator[str]:
    folders: Sequence[tuple[str, Ignored | None]] = [(folder, _ignored_above(folder, problems))]
    while folders:
        below: list[tuple[str, Ignored | None]] = []
        for name, above in folders:
            try:
                entries = list(os.scandir(name))
            except OSError as error:
                message = f"cannot be read: {error.strerror or error}"
                problems.append(Problem("unreadable", plain(name), message))
                continue
            ignored = above
            if any(entry.name == ".gitignore" for entry in entries):
                ignored = _ignored_in(name, above, problems)
            documents = []
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and not _is_junction(entry):
                    skipped = entry.name.startswith(".") or entry.name in SKIPPED_WITHOUT_GIT
                    if not (skipped or (ignored and os.path.join(entry.path, "") in ignored)):
                        below.append((entry.path, ignored))
                elif is_document(entry.name):
                    documents.append(entry.path)
            yield from (plain(path) for path in documents if not (ignored and path in ignored))
        folders = below


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Return True for a link between folders on Windows: to follow it may never end."""
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) if os.name == "nt" else 0
    return tag == 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT


def _ignored_above(folder: str, problems: list[Problem]) -> Ignored | None:
    """Return what `.gitignore` files between the working directory and this one leave out.

    None if they leave out this folder itself: it was named nevertheless.
    """
    ignored = None
    from_here = relative(folder)
    if from_here == os.curdir or is_outside(from_here):
        return None
    above = ""
    for name in from_here.split(os.sep):
        if os.path.isfile(os.path.join(above, ".gitignore")):
            ignored = _ignored_in(above or ".", ignored, problems)
        above = os.path.join(above, name)
    return None if ignored and os.path.join(folder, "") in ignored else ignored


def _ignored_in(folder: str, above: Ignored | None, problems: list[Problem]) -> Ignored | None:
    path = os.path.join(folder, ".gitignore")
    if os.path.isdir(path):
        return above
    try:
        return Ignored(path, above)
    except OSError as error:
        problems.append(Problem("unreadable", path, f"cannot be read: {error.strerror or error}"))
        return above
