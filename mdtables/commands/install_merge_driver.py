"""Setting up git to use the merge driver: in .gitattributes for everybody, in the configuration of this clone."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.workspace import files, git

PATTERNS = ("*.md", "*.markdown", "*.mdx", "*.qmd", "*.Rmd", "*.csv", "*.tsv", "*.yaml", "*.yml", "*.json")
DRIVER = (
    "mdtables merge-driver -- %O %A %B %P || { test $? -ne 3 && git merge-file -L ours -L base -L theirs %A %O %B; }"
)
"""3 means that conflicts are left; any other failure, like a missing mdtables, leaves the merge to git."""
_CONFIG = {"merge.mdtables.name": "tables and data row by row", "merge.mdtables.driver": DRIVER}


def install_merge_driver(folder: str) -> list[str]:
    """Set up the repository of a folder, and return what was done, a line each. Raise MdtablesError."""
    root = git.root_of(folder)
    if root is None:
        raise failure("unreadable", "not in a git repository", at=Location("."), hint="git init")
    try:
        return [*_add_attributes(os.path.join(root, ".gitattributes")), *_configure(root)]
    except git.GitError as error:
        raise failure("unreadable", str(error), at=Location(root)) from None
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise failure("unwritable", message, at=Location(".gitattributes")) from None


def _add_attributes(path: str) -> Iterator[str]:
    """Add a line for each pattern that has no merge driver yet, above all others: those stay in force."""
    exists = os.path.lexists(path)
    before = files.read(path) if exists else b""
    words = [line.split() for line in before.decode(errors="replace").splitlines()]
    taken = {each[0] for each in words if any(word.lstrip("-!").startswith("merge") for word in each[1:])}
    lines = [f"{pattern} merge=mdtables" for pattern in PATTERNS if pattern not in taken]
    if not lines:
        return
    ending = b"\r\n" if b"\r\n" in before else b"\n"
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    new = mark + b"".join(line.encode() + ending for line in lines) + before.removeprefix(mark)
    if exists:
        files.write(path, new, expected=before)
    else:
        files.create(path, new)
    yield from (f".gitattributes: added {line}" for line in lines)


def _configure(root: str) -> Iterator[str]:
    for name, value in _CONFIG.items():
        before = git.configured(root, name)
        if before != value:
            git.configure(root, name, value)
            yield f"git config {name} {_quoted(value)}" + (f" (was {_quoted(before)})" if before else "")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
