"""git's merge driver: merges generated tables and data files row by row, and the rest as git does.

The result is always a merge: where merging by rows fails, that of `git merge-file`. While a driver runs, the working
tree may still have our data, so no source is read for a document.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from mdtables.commands.session import Session
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.pipelines.merge import merged
from mdtables.records import NamedTuple
from mdtables.sources.merge import merge_data
from mdtables.workspace import files, writing
from mdtables.workspace.config import Projects
from mdtables.workspace.context import context_of
from mdtables.workspace.dependents import options_for
from mdtables.workspace.discover import is_document
from mdtables.workspace.load import Loader
from mdtables.workspace.merge_file import merge_file
from mdtables.workspace.time_limit import time_limit

_SECONDS = 60  # for one file: a merge with a hundred of them must end

_Three = tuple[bytes, bytes, bytes]


class DriverResult(NamedTuple):
    """The result of the driver: `clean` is true without conflicts, `problems` are why it merged as plain text."""

    clean: bool
    problems: tuple[Diagnostic, ...] = ()


def merge_driver(base: str, ours: str, theirs: str, path: str, open_projects: Callable[[], Projects]) -> DriverResult:
    """Write the merge of three files over `ours`. Raise OSError if there is none: a file is unreadable, or git failed.

    `path` is where the file belongs. Whatever goes wrong in a merge row by row, git's merge of the texts is written.
    """
    before = files.read(base), files.read(ours), files.read(theirs)
    problems: tuple[Diagnostic, ...] = ()
    try:
        with time_limit(_SECONDS):
            result, clean = _by_rows(before, path, open_projects())
    except MdtablesError as error:
        problems = tuple(error.diagnostics)
        result, clean = merge_file(*before)
    except Exception as error:  # a bug here must not lose the other side of the merge
        message = f"merged as plain text: {type(error).__name__}: {error}"
        problems = (Diagnostic("not-merged", message, at=Location(path)),)
        result, clean = merge_file(*before)
    writing.write(ours, result, expected=before[1])
    return DriverResult(clean, problems)


def _uses(path: str, projects: Projects) -> list[Options]:
    """Return the options of the regions whose source is the file, as far as they can be read."""
    session = Session(projects, Loader(projects.working_folder), projects.working_folder, set())
    source = os.path.join(projects.working_folder, path)
    found: list[Options] = []
    with suppress(MdtablesError):  # what is wrong with another document must not keep this file from being merged
        for document in session.users_of([source])[0]:
            found += options_for(document, files.read(document), source, projects)
    return found


def _by_rows(before: _Three, path: str, projects: Projects) -> tuple[bytes, bool]:
    """Return the merge of three versions, and True if it has no conflicts. Raise MdtablesError."""
    settings = context_of(path, projects).settings
    if is_document(path):
        try:
            texts = merged(before[0].decode(), before[1].decode(), before[2].decode(), settings.policy(), path)
        except UnicodeDecodeError:
            return merge_file(*before)
        return merge_file(*(text.encode() for text in texts))
    data = merge_data(path, before, _uses(path, projects) or [settings.defaults])
    if data is None:
        return merge_file(*before)
    result, clean = merge_file(*data.versions)
    if clean and not data.has_all(result):
        result, clean = merge_file(*before)
    if clean and not data.is_sound(result):
        return merge_file(b"", *before[1:])  # a row twice, or a file that cannot be read: a conflict git does not see
    return result, clean
