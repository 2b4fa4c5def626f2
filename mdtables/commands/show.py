"""The table that a source makes, outside any document."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mdtables.cells.render import laid_out
from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
from mdtables.model.options import Options
from mdtables.model.table import Table
from mdtables.tables.shape import ShapeError, shape
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Home, Loader


def show(options: Options, projects: Projects, working_folder: str) -> tuple[Table, Sequence[Diagnostic]]:
    """The shaped table, and warnings. Whoever names a path on the command line may read it: no root holds here.

    Raises MdtablesError.
    """
    folder = os.path.realpath(working_folder)
    root = os.path.splitdrive(folder)[0] + os.sep
    home = Home(folder, root, projects.settings(folder))
    try:
        table, warnings = Loader(working_folder).load(options, _place(options), home)
        return shape(table, options), warnings
    except MdtablesError as error:
        raise MdtablesError(*(found._replace(asked_by=()) for found in error.diagnostics)) from None
    except ShapeError as error:
        raise MdtablesError(Diagnostic(error.code, str(error), _place(options))) from None


def as_markdown(table: Table, options: Options, ambiguous_width: int) -> Sequence[str]:
    """The table as a region would hold it, in texts of some lines each. Raises MdtablesError."""
    return laid_out(table, options, _place(options), ambiguous_width)[1]


def _place(options: Options) -> Location:
    """No marker asked, so what is wrong with the options is said of the source."""
    return Location(options.source.path if options.source else "")
