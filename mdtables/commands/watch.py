"""Fixing documents whenever they, their data or their configuration change, by looking at the disk again and again.

What is shown, and how long to wait between two looks, are arguments.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from mdtables.commands.fix import fix
from mdtables.commands.session import Session
from mdtables.document import marker
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.outcome import Outcome
from mdtables.workspace import discover, files
from mdtables.workspace.config import Projects
from mdtables.workspace.dependents import sources_of
from mdtables.workspace.discover import Targets
from mdtables.workspace.glob import Pattern
from mdtables.workspace.watched import Watched, places_of, state_of

_DOCUMENTS = "**/*"


class Watch:
    """The documents below some paths. `open_session` returns a session that writes, as the disk is then."""

    def __init__(self, paths: Sequence[str], open_session: Callable[[], Session]) -> None:
        self._paths, self._open_session = paths, open_session
        self._watched = Watched()
        self._places: dict[str, set[str]] = {}  # of each document: itself, its sources, configuration files
        self._folders: set[str] = set()
        self._gone: set[str] = set()

    @property
    def documents(self) -> int:
        """The number of documents that are watched."""
        return len(self._places)

    def begin(self) -> list[Outcome]:
        """Fix all documents, and return the outcomes."""
        return self._fixed(self._find())

    def look(self) -> list[Outcome]:
        """Fix what changed since the last look, and return the outcomes.

        A file that is gone may be one that an editor is just replacing: it counts at the next look.
        """
        changed = set(self._watched.changed())
        missing = {path for path in changed if state_of(path) is None} - self._gone
        changed = (changed | self._gone) - missing
        self._gone = missing
        if not changed:
            return []
        known = set(self._places)
        if changed & self._folders:
            self._find()
        new = set(self._places) - known
        meant = [path for path, places in self._places.items() if path in new or not places.isdisjoint(changed)]
        return self._fixed(meant)

    def _find(self) -> list[str]:
        """Find the documents, and the folders in which there may be new ones."""
        documents = [path for path in discover.find(self._paths).documents if os.path.isfile(path)]
        self._folders = {place for path in self._paths for place in _folders(path)}
        self._watched.add(self._folders)
        self._places = {path: self._places.get(path, {path}) for path in documents}
        return documents

    def _fixed(self, documents: Sequence[str]) -> list[Outcome]:
        session = self._open_session()
        targets = Targets()
        targets.documents = {path: os.path.dirname(path) for path in documents if os.path.isfile(path)}
        for path in targets.documents:
            places = set(self._depends_on(path, session.projects))
            self._places[path] = {path, *places}
            self._watched.add([path], rarely=not places)  # without a marker, it rarely matters
            self._watched.add(places)
        return fix(targets, lambda: session).outcomes

    def _depends_on(self, path: str, projects: Projects) -> Iterator[str]:
        """Yield the files and folders that the tables of a document depend on."""
        try:
            data = files.read(path)
        except OSError:
            return
        if not marker.may_be_in(data):
            return
        with suppress(MdtablesError):  # of a configuration, which may be repaired
            yield from places_of(sources_of(path, data, projects))
        yield from projects.looked_for()


def _folders(path: str) -> Iterator[str]:
    """Yield the folders in which documents may be that a path means; of a file, none."""
    if os.path.isdir(path) or not os.path.exists(path):
        yield path
        yield from Pattern(os.path.join(os.path.realpath(path), _DOCUMENTS)).folders()
