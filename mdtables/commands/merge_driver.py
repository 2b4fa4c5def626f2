"""git's merge driver: merges generated tables and data files row by row, and the rest as git does.

It always leaves a merge behind: where its own fails, the one that git would have made. While a driver runs, the working
tree still has our data, so no source is read.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import NamedTuple

from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.merge import merged
from mdtables.sources.merge import merge_data
from mdtables.workspace import files
from mdtables.workspace.config import Projects
from mdtables.workspace.discover import is_document
from mdtables.workspace.load import context_of
from mdtables.workspace.merge_file import merge_file
from mdtables.workspace.time_limit import time_limit

_SECONDS = 60  # for one file: a merge with a hundred of them must end

_Three = tuple[bytes, bytes, bytes]


class DriverResult(NamedTuple):
    """Whether the merge has no conflicts, and what kept it from being one row by row."""

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
    except Exception as error:  # a bug here must not cost anybody the other side of a merge
        message = f"merged as plain text: {type(error).__name__}: {error}"
        problems = (Diagnostic("not-merged", message, at=Location(path)),)
        result, clean = merge_file(*before)
    files.write(ours, result, expected=before[1])
    return DriverResult(clean, problems)


def _by_rows(before: _Three, path: str, projects: Projects) -> tuple[bytes, bool]:
    """Return the merge of three versions, and True if it has no conflicts. Raise MdtablesError."""
    settings = context_of(path, projects).settings
    if is_document(path):
        try:
            texts = merged(before[0].decode(), before[1].decode(), before[2].decode(), settings.policy())
        except UnicodeDecodeError:
            return merge_file(*before)
        return merge_file(*(text.encode() for text in texts))
    data = merge_data(os.path.splitext(path)[1].lower(), before, settings.defaults)
    if data is None:
        return merge_file(*before)
    result, clean = merge_file(*data.versions)
    if clean and not data.has_all(result):
        result, clean = merge_file(*before)
    if clean and not data.is_sound(result):
        return merge_file(b"", *before[1:])  # a row twice, or a file that cannot be read: a conflict git does not see
    return result, clean
