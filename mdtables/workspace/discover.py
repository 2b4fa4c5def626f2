"""Paths -> documents. Knows names and folders, not contents. Loaded by every run, so it imports next to nothing."""

from __future__ import annotations

import os

from mdtables.workspace import git

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mdtables.workspace.exclude import Ignored

_DOCUMENT_SUFFIXES = (".md", ".markdown", ".mdx", ".qmd", ".rmd")
CONFIGURATION_NAMES = ("mdtables.toml", "pyproject.toml")
_SKIPPED_WITHOUT_GIT = frozenset({"node_modules", "venv", "_site", "site", "vendor"})


class PathError(Exception):
    """A path that cannot be read as a document or a folder: a diagnostic's code, and the reason."""

    def __init__(self, code: str, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.code, self.path, self.reason = code, path, reason


class Found:
    """What paths mean: documents, each with whether it was named itself; data files; what is wrong with the rest.

    `data_named` is whether somebody named the data files, and so wants to know which of them nobody uses.
    """

    def __init__(self, data_files: Iterable[str] = ()) -> None:
        self.documents: dict[str, bool] = {}
        self.data_files = list(data_files)
        self.data_named = True
        self.problems: list[PathError] = []


def find(paths: Sequence[str], tracked: git.Tracked | None = None) -> Found:
    """What files and folders mean: all that is not ignored, or only what is tracked.

    A data file is one by its name; its documents are for others to find.
    """
    found = Found()
    for path in paths:
        try:
            if os.path.isdir(path):
                documents, problems = documents_in(path, tracked)
                found.documents = dict.fromkeys(documents, False) | found.documents
                found.problems += problems
            else:
                check_named(path)
                if not _is_document(path) and _is_data(path):
                    found.data_files.append(path)
                elif tracked is None or tracked.holds(path):
                    found.documents[path.removeprefix("./")] = True
                else:
                    found.problems.append(PathError("untracked", path, "git does not track it, so it is left alone"))
        except PathError as error:
            found.problems.append(error)
        except git.GitError as error:
            found.problems.append(PathError("unreadable", path, str(error)))
    return found


def find_changed(
    paths: Sequence[str], tracked: git.Tracked | None = None, between: tuple[str, str] | None = None
) -> Found:
    """What is staged, or differs between two commits, and what these paths mean, as if nobody had named them.

    What is deleted counts: somebody may still use it. A configuration file means every document below its folder.
    Documents outside of the working folder are left to whoever works there.
    """
    found = find(paths, tracked)
    found.documents = dict.fromkeys(found.documents, False)
    found.data_named = False
    try:
        changed = git.changed(".", between)
    except git.GitError as error:
        found.problems.append(PathError("unreadable", ".", str(error)))
        return found
    for path in sorted(changed):
        try:
            _add_changed(path, found, tracked)
        except git.GitError as error:
            found.problems.append(PathError("unreadable", path, str(error)))
    return found


def _add_changed(path: str, found: Found, tracked: git.Tracked | None) -> None:
    """Raises GitError where git cannot say whether it tracks a document."""
    folder, name = os.path.split(path)
    if name in CONFIGURATION_NAMES:
        if set(folder.split(os.sep)) == {os.pardir}:
            folder = ""  # one above the working folder holds in all of it
        if not _is_outside(folder):
            below = find([folder or "."], tracked)
            found.documents |= dict.fromkeys(below.documents, False)
            found.problems += below.problems
    elif not _is_document(path):
        # what is no file may be or have been a submodule, or a link that led to data
        if _is_data(path) or os.path.islink(path) or not os.path.isfile(path):
            found.data_files.append(path)
    elif not _is_outside(path) and (tracked is None or tracked.holds(path)):
        found.documents[path] = False


def _is_outside(relative: str) -> bool:
    """Whether a path that is relative to the working folder leads out of it."""
    return relative.split(os.sep, 1)[0] == os.pardir


def _is_document(name: str) -> bool:
    return name.lower().endswith(_DOCUMENT_SUFFIXES)


def _is_data(path: str) -> bool:
    from mdtables.sources import FORMATS

    return os.path.splitext(path)[1].lower() in FORMATS


def documents_in(folder: str, tracked: git.Tracked | None = None) -> tuple[list[str], list[PathError]]:
    """The documents below a folder, sorted, and the folders there that cannot be read.

    In a git work tree those that git does not ignore, or only those it tracks; elsewhere by a walk. Some may be gone,
    or links to folders: that shows when they are read. Raises PathError where git cannot say.
    """
    problems: list[PathError] = []
    try:
        if tracked:
            listed: Iterable[str] | None = tracked.below(folder)
        else:
            listed = git.not_ignored(folder) if git.root_of(folder) else None
    except git.GitError as error:
        raise PathError("unreadable", folder, str(error)) from None
    if listed is None:
        return sorted(_walk(folder, problems)), problems
    prefix = "" if folder in (".", "") else os.path.join(folder, "")
    return sorted(prefix + name for name in listed if _is_document(name)), problems


def check_named(path: str) -> None:
    """Raises PathError unless the path is a regular file, or a link to one."""
    if os.path.isfile(path):
        return
    if os.path.islink(path) and not os.path.exists(path):
        raise PathError("no-document", path, f"a symbolic link to {os.readlink(path)}, which does not exist")
    reason = "not a file or a folder" if os.path.lexists(path) else "no such file or folder"
    raise PathError("no-document", path, reason)


def _walk(folder: str, problems: list[PathError]) -> Iterator[str]:
    folders: Sequence[tuple[str, Ignored | None]] = [(folder, _ignored_above(folder, problems))]
    while folders:
        below: list[tuple[str, Ignored | None]] = []
        for name, above in folders:
            try:
                entries = list(os.scandir(name))
            except OSError as error:
                reason = f"cannot be read: {error.strerror or error}"
                problems.append(PathError("unreadable", name.removeprefix("./"), reason))
                continue
            ignored = above
            if any(entry.name == ".gitignore" for entry in entries):
                ignored = _ignored_in(name, above, problems)
            documents = []
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    skipped = entry.name.startswith(".") or entry.name in _SKIPPED_WITHOUT_GIT
                    if not (skipped or (ignored and os.path.join(entry.path, "") in ignored)):
                        below.append((entry.path, ignored))
                elif _is_document(entry.name):
                    documents.append(entry.path)
            yield from (path.removeprefix("./") for path in documents if not (ignored and path in ignored))
        folders = below


def _ignored_above(folder: str, problems: list[PathError]) -> Ignored | None:
    """What `.gitignore` files leave out that stand between the working folder and this one, if it lies in there.

    If they leave out the folder itself, somebody named it nevertheless: then they do not hold.
    """
    ignored = None
    relative = os.path.relpath(folder)
    if relative == os.curdir or _is_outside(relative):
        return None
    above = ""
    for name in relative.split(os.sep):
        if os.path.isfile(os.path.join(above, ".gitignore")):
            ignored = _ignored_in(above or ".", ignored, problems)
        above = os.path.join(above, name)
    return None if ignored and os.path.join(folder, "") in ignored else ignored


def _ignored_in(folder: str, above: Ignored | None, problems: list[PathError]) -> Ignored | None:
    from mdtables.workspace.exclude import Ignored  # pathspec, where there is something to match

    path = os.path.join(folder, ".gitignore")
    try:
        ignored = Ignored(path, above)
    except IsADirectoryError:
        return above
    except OSError as error:
        problems.append(PathError("unreadable", path, f"cannot be read: {error.strerror or error}"))
        return above
    problems += [PathError("config", path, problem) for problem in ignored.problems]
    return ignored
