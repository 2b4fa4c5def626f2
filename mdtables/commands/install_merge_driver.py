"""Set up git to use the merge driver: in .gitattributes for all clones, in the configuration of this one."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator, Sequence

from mdtables.document import marker
from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.sources import FORMATS
from mdtables.workspace import discover, files, git, writing
from mdtables.workspace.config import Projects
from mdtables.workspace.dependents import sources_of
from mdtables.workspace.glob import Pattern

_PATTERNS = ("*.md", "*.markdown", "*.mdx", "*.qmd", "*.Rmd", "*.csv", "*.tsv")
_TREES = tuple(suffix for suffix, found in FORMATS.items() if found.merges and not found.has_header)
DRIVER = (
    "mdtables merge-driver -- %O %A %B %P || { test $? -ne 3 && git merge-file -L ours -L base -L theirs %A %O %B; }"
)
"""3 means that conflicts are left; any other failure, like a missing mdtables, leaves the merge to git."""
_CONFIG = {"merge.mdtables.name": "tables and data row by row", "merge.mdtables.driver": DRIVER}


def install_merge_driver(folder: str) -> list[str]:
    """Set up the repository of a folder, and return what was done, a line each. Raise MdtablesError."""
    root = git.root_of(folder)
    if root is None:
        raise failure("unreadable", "not in a git repository", at=Location("."), hint="run this inside the repository")
    for name in (".gitattributes", os.path.join(".git", "config")):
        if os.path.islink(os.path.join(root, name)):
            message = f"a symbolic link to {os.path.realpath(os.path.join(root, name))}"
            raise failure("unwritable", message, at=Location(name), hint="replace it with a file")
    try:
        patterns = [*_PATTERNS, *_sources(root)]
        return [*_add_attributes(os.path.join(root, ".gitattributes"), patterns), *_configure(root)]
    except git.GitError as error:
        raise failure("unreadable", str(error), at=Location(root)) from None
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise failure("unwritable", message, at=Location(".gitattributes")) from None


def _sources(root: str) -> list[str]:
    """Return a pattern for the YAML and JSON files that documents of the repository use: others are not tables."""
    projects, found, patterns = Projects(root), set[str](), list[Pattern]()
    for path in discover.documents_in(root)[0]:
        document = os.path.join(root, path)
        data = files.read(document)
        if marker.may_be_in(data):
            for each in sources_of(document, data, projects):
                patterns += [each] if isinstance(each, Pattern) else []
                found.update([each] if isinstance(each, str) else [])
    paths = {path for path in found if os.path.isfile(path) and not any(each.matches(path) for each in patterns)}
    every = sorted(
        path for path in {*paths, *(each.path for each in patterns)} if path.startswith(os.path.join(root, ""))
    )
    inside = (os.path.relpath(path, root).replace(os.sep, "/") for path in every)
    return [f"/{path}" for path in inside if path.lower().endswith(_TREES) and re.fullmatch(r"[\w./*?-]+", path)]


def _add_attributes(path: str, patterns: Sequence[str]) -> Iterator[str]:
    """Add a line for each pattern that has no merge driver yet, above all others: those stay in force."""
    exists = os.path.lexists(path)
    before = files.read(path) if exists else b""
    own = [line.split() for line in before.decode(errors="replace").splitlines()]
    taken = {each[0]: each for each in own if any(_sets_merge(word) for word in each[1:])}
    kept = [" ".join(each) for each in taken.values() if "merge=mdtables" not in each and each[0] in patterns]
    yield from (f".gitattributes: kept {line}, which takes precedence" for line in kept)
    lines = [f"{pattern} merge=mdtables" for pattern in patterns if pattern not in taken]
    if not lines:
        return
    ending = b"\r\n" if b"\r\n" in before else b"\n"
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    new = mark + b"".join(line.encode() + ending for line in lines) + before.removeprefix(mark)
    if exists:
        writing.write(path, new, expected=before)
    else:
        files.create(path, new)
    yield from (f".gitattributes: added {line}" for line in lines)


def _sets_merge(word: str) -> bool:
    return word.lstrip("-!").partition("=")[0] == "merge" or word == "binary"


def _configure(root: str) -> Iterator[str]:
    for name, value in _CONFIG.items():
        before = git.configured(root, name)
        if before != value:
            git.configure(root, name, value)
            yield f"git config {name} {_quoted(value)}" + (f" (was {_quoted(before)})" if before else "")


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
