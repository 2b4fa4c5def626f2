"""Paths in diagnostics -> paths that a repository's host knows."""

from __future__ import annotations

import os
import posixpath

from mdtables.model.diagnostics import Location


def repository_path(at: Location, folder: str) -> str:
    """Return the path of a file in the repository, of which `folder` is the working directory; "" for no file."""
    if not at.path:
        return ""
    path = at.path.replace(os.sep, "/")
    return posixpath.normpath(path if os.path.isabs(at.path) else posixpath.join(folder, path))
