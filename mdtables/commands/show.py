"""The table that a source makes, outside any document."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mdtables.cells.render import render
from mdtables.model.diagnostics import Diagnostic, Location
from mdtables.model.errors import MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.tables.shape import shape
from mdtables.workspace.config import Projects
from mdtables.workspace.context import DocumentContext
from mdtables.workspace.load import Loader


def show(options: Options, projects: Projects, working_folder: str) -> tuple[Table, Sequence[Diagnostic]]:
    """Return the shaped table, and warnings. A path on the command line may be anywhere. Raise MdtablesError."""
    folder = os.path.realpath(working_folder)
    root = os.path.splitdrive(folder)[0] + os.sep
    context = DocumentContext(folder, root, projects.settings(folder))

    def locate(option: str = "", word: str = "") -> Location:  # noqa: ARG001  # an argument is one place
        return _place(options) if option in ("", "source") else Location(f"--{option}")

    try:
        table, warnings = Loader(working_folder).load(options, locate, context)
    except MdtablesError as error:
        raise MdtablesError(*map(_without_region, error.diagnostics)) from None
    return shape(table, options, locate).table, list(map(_without_region, warnings))


def as_markdown(table: Table, options: Options, ambiguous_width: int) -> Sequence[str]:
    """Return the table as a region would contain it, in texts of some lines each. Raise MdtablesError."""
    return render(table, options, _place(options), ambiguous_width).texts


def _place(options: Options) -> Location:
    return Location(options.source.path if options.source else "")


def _without_region(found: Diagnostic) -> Diagnostic:
    return found._replace(related=())
