"""Tables in documents as sources: each is made once in a session, and none of itself.

Knows which table waits for which; how a source is loaded is an argument.
"""

from __future__ import annotations

from collections.abc import Callable

from mdtables.model.diagnostics import Diagnostic, Locate
from mdtables.model.errors import MdtablesError
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.sources.decode import decode
from mdtables.workspace.config import Projects
from mdtables.workspace.context import DocumentContext, context_of

Place = tuple[str, tuple[str, ...]]
"""The real path of a document, and the keys in the heading above a table; none for its only table."""

LoadSource = Callable[[Options, Locate, DocumentContext], Table]

_MOST_OPEN = 50  # documents whose tables are made of each other: Python's stack has room for 150
_MOST_RELATED = 2


class DocumentTables:
    """The tables in documents that were asked for."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects
        self._made: dict[Place, Table | MdtablesError] = {}
        self._sources: dict[Place, tuple[Options, DocumentContext]] = {}
        self._open: list[Place] = []
        self._uncertain: set[Place] = set()  # refused as too deep, which from further on they may not be

    def __contains__(self, place: Place) -> bool:
        return place in self._made

    def has_any_of(self, path: str) -> bool:
        """Return True if a table in this document was asked for."""
        return any(place[0] == path for place in self._made)

    def source_of(self, place: Place) -> tuple[Options, DocumentContext] | None:
        """Return the options and the context of the region that makes a table; None for a hand-written one."""
        return self._sources.get(place)

    def table(self, place: Place, data: bytes, shown: str, locate: Locate, load: LoadSource) -> Table:
        """Return the table at a place in a document with these bytes; `load` returns that of a region's source.

        Raise MdtablesError.
        """
        if place in self._open:
            raise _circle(f"the table in {shown} is made of this one", locate)
        if len(self._open) == _MOST_OPEN:
            self._uncertain.update(self._open)
            raise _circle(f"more than {_MOST_OPEN} documents, each made of the next", locate)
        if place not in self._made:
            self._open.append(place)
            try:
                self._made[place] = self._make(place, data, shown, load)
            except MdtablesError as error:
                self._made[place] = error
            finally:
                self._open.pop()
        found = self._made[place]
        if not self._open:
            for each in self._uncertain:
                self._made.pop(each, None)
            self._uncertain.clear()
        if isinstance(found, MdtablesError):
            raise MdtablesError(*(_used_at(each, locate) for each in found.diagnostics)) from None
        return found

    def _make(self, place: Place, data: bytes, shown: str, load_source: LoadSource) -> Table:
        from mdtables.pipelines.other_document import table_in  # few sources are documents, and it takes 8 ms

        context = context_of(place[0], self._projects)

        def load(options: Options, locate: Locate) -> Table:
            self._sources[place] = options, context
            return load_source(options, locate, context)

        text = decode(data, shown, "utf-8", "save it as UTF-8")
        table = table_in(text, shown, place[1], context.settings.policy(), load)
        return table._replace(path=table.path or shown)


def _circle(message: str, locate: Locate) -> MdtablesError:
    hint = "use the data itself as the source of one"
    return failure("circular-source", message, at=locate("source"), hint=hint)


def _used_at(found: Diagnostic, locate: Locate) -> Diagnostic:
    """Return a diagnostic with the region that asked for a table; of many that ask each other, the first few."""
    return found if len(found.related) > _MOST_RELATED else found.used_at(locate())
