"""The table that a source makes, outside any document."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from mdtables.cells.render import render
from mdtables.model.diagnostics import Diagnostic, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Shaped
from mdtables.tables.shape import shape
from mdtables.workspace.config import Projects
from mdtables.workspace.context import DocumentContext
from mdtables.workspace.load import Loader


def show(options: Options, projects: Projects, working_folder: str) -> tuple[Shaped, Sequence[Diagnostic]]:
    """Return the shaped table, and warnings. A path on the command line may be anywhere. Raise MdtablesError."""
    folder = os.path.realpath(working_folder)
    root = os.path.splitdrive(folder)[0] + os.sep
    context = DocumentContext(folder, root, projects.settings(folder))

    def locate(
        option: str = "",
        word: str = "",  # noqa: ARG001  # an argument is one place
        span: tuple[int, int] | None = None,  # noqa: ARG001
    ) -> Location:
        return _place(options) if option in ("", "source") else Location(f"--{option}")

    try:
        table, warnings = Loader(working_folder).load(options, locate, context)
        shaped = shape(table, options, locate)
    except MdtablesError as error:
        raise MdtablesError(*map(_without_region, error.diagnostics)) from None
    return shaped, list(map(_without_region, [*warnings, *shaped.warnings]))


def as_markdown(shaped: Shaped, options: Options, ambiguous_width: int) -> Iterator[str]:
    """Yield what a region would contain, in texts of some lines each. Raise MdtablesError."""
    rendered = render(shaped, options, located_at(_place(options)), ambiguous_width)
    if shaped.table.caption:
        yield f"{shaped.table.caption}\n"
    for number, part in enumerate(rendered.parts):
        if part.heading:
            above = "\n" if number else ""
            yield f"{above}{part.heading}\n"
        yield from part.texts
    if shaped.table.note:
        yield f"\n{shaped.table.note}"


def _place(options: Options) -> Location:
    return Location(options.source.path if options.source else "")


def _without_region(found: Diagnostic) -> Diagnostic:
    return found._replace(related=())
