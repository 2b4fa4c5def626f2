"""What a project needs to begin with mdtables: a configuration, a hook, and the tables that could have data files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from mdtables import __version__
from mdtables.document.hand_written import hand_written
from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.records import NamedTuple
from mdtables.workspace import discover, files
from mdtables.workspace.config import Projects
from mdtables.workspace.schema import ADDRESS

_MOST_DOCUMENTS = 20
_HOOK = ".pre-commit-config.yaml"
_ENTRY = f"""  - repo: https://github.com/mdtables/mdtables
    rev: v{__version__} # until there is this tag: git ls-remote https://github.com/mdtables/mdtables HEAD
    hooks:
      - id: mdtables
"""
_STAGES = "default_install_hook_types: [pre-commit, pre-merge-commit]\n"
_CONFIGURATION = f"""#:schema {ADDRESS}
# Defaults for all tables of this project; each line without its # is an example.
# exclude = ["CHANGELOG.md"]
# style = "compact"
# null = "–"
"""


class Planned(NamedTuple):
    """A file of the project: its path, and the text that it gets; of one that exists, lines to add by hand."""

    path: str
    text: str
    exists: bool = False


class Plan(NamedTuple):
    """The files to write, and the documents with hand-written tables, with the number of these."""

    files: list[Planned]
    tables: dict[str, int]


def plan(folder: str) -> Plan:
    """Return what a project needs that it does not have yet. Raise MdtablesError."""
    projects = Projects(folder)
    root = projects.root(os.path.realpath(folder))
    return Plan(list(_files(root, projects)), dict(_tables(root)))


def _files(root: str, projects: Projects) -> Iterator[Planned]:
    if not projects.settings(root).path:
        yield Planned(os.path.join(root, discover.CONFIGURATION_NAMES[0]), _CONFIGURATION)
    path = os.path.join(root, _HOOK)
    try:
        text = files.read(path).decode("utf-8", "replace")
    except FileNotFoundError:
        yield Planned(path, f"repos:\n{_ENTRY}{_STAGES}")
        return
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise failure("unreadable", message, at=Location(_shown(path, projects))) from None
    if not re.search(r"(?m)^\s*-\s*id:\s*[\"']?mdtables", text):
        also = "" if "default_install_hook_types" in text else _STAGES
        yield Planned(path, f"{_ENTRY}{also}", exists=True)


def _shown(path: str, projects: Projects) -> str:
    """Return a path as diagnostics name it."""
    return path.removeprefix(os.path.join(projects.working_folder, ""))


def _tables(root: str) -> Iterator[tuple[str, int]]:
    """Yield the first documents with hand-written tables, and how many."""
    found = 0
    for path in discover.find([root]).documents:
        try:
            text = files.read(path).decode()
        except (OSError, UnicodeDecodeError):
            continue  # which a run over the documents reports
        if count := sum(table.region is None for table in hand_written(text, path)):
            yield path, count
            found += 1
            if found == _MOST_DOCUMENTS:
                return


def write(planned: Planned) -> None:
    """Write a new file. Raise MdtablesError if there is one by now, or it cannot be written."""
    try:
        files.create(planned.path, planned.text.encode())
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise failure("unwritable", message, at=Location(planned.path)) from None
