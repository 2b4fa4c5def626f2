"""Paths in diagnostics -> paths that a repository's host knows."""

from __future__ import annotations

import posixpath

from mdtables.model.diagnostics import Location


def repository_path(at: Location, folder: str) -> str:
    """Return the path of a file in the repository, of which `folder` is the working directory; "" for no file."""
    return posixpath.normpath(posixpath.join(folder, at.path.replace("\\", "/"))) if at.path else ""
