"""Where a document is, and what paths mean there: which sources it names, and whether they may be read.

Knows paths and settings, and reads no source.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from mdtables.model.diagnostics import Locate
from mdtables.model.failures import failure
from mdtables.model.option_values import without_credentials
from mdtables.records import NamedTuple
from mdtables.workspace.config import NO_SETTINGS, Projects, Settings
from mdtables.workspace.git import root_of
from mdtables.workspace.paths import is_remote


class DocumentContext(NamedTuple):
    """Where a document is: its real folder, the real root of its project, and the settings that apply there.

    `document` is its own real path, "" where there is none.
    """

    folder: str
    root: str
    settings: Settings = NO_SETTINGS
    document: str = ""


def context_of(document: str, projects: Projects) -> DocumentContext:
    """Return the context of the document at this path, which need not exist; for a link, that of its target.

    Raise MdtablesError.
    """
    real = projects.paths.of(document)
    folder = os.path.dirname(real)
    settings = projects.settings(folder)
    return DocumentContext(folder, projects.root(folder), settings, real)


def named_path(path: str, context: DocumentContext) -> str:
    """Return the absolute path of a source that a document names, without following links.

    It may contain `..`, which after a link means another folder than without it.
    """
    place = context.root if path.startswith("/") else context.folder
    return os.path.join(place, _for_system(path.lstrip("/")))


def _for_system(path: str) -> str:
    """Return a path as the system encodes it: in a locale of ASCII, a name in UTF-8 is bytes without a meaning."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return os.fsdecode(path.encode("utf-8", "surrogatepass"))
    return path


def resolve(
    path: str, context: DocumentContext, locate: Locate, real_path: Callable[[str], str] = os.path.realpath
) -> str:
    """Return the real path of a source that a document names. Raise MdtablesError if it is not allowed."""
    if is_remote(path):
        what = "a URL" if "://" in path else "on another machine"
        message = f"{without_credentials(path)} is {what}, and mdtables does not use the network"
        raise failure("source-outside", message, at=locate("source"), hint="download it to a file in the project")
    if "\0" in path:
        raise failure("source-missing", "the path contains a NUL character", at=locate("source"))
    return check_inside(real_path(named_path(path, context)), path, context, locate)


def check_inside(real: str, path: str, context: DocumentContext, locate: Locate) -> str:
    """Return the real path of a source if it may be read. Raise MdtablesError if not."""
    if os.name == "nt" and ":" in os.path.splitdrive(real)[1]:
        raise failure("source-outside", f"{path} names a stream of a file", at=locate("source"), hint="name a file")
    allowed = [context.root, *context.settings.allowed_folders]
    if not any(real == place or real.startswith(os.path.join(place, "")) for place in allowed):
        hint = "move it into the project, or create an empty mdtables.toml in the folder where the project begins"
        if root_of(context.folder):
            hint = "move it into the project, or allow its folder with --allow-folder or MDTABLES_ALLOWED_FOLDERS"
        message = f"{path} is outside the project ({context.root})"
        raise failure("source-outside", message, at=locate("source"), hint=hint)
    return real
