"""Tables in Markdown, kept aligned and true to their CSV and YAML sources."""

from __future__ import annotations

__version__ = "0.1.0"

# Public name -> the module that has it. They load when they are first asked for: the command line starts in a third of
# the time when a run has nothing to do.
_HOMES = {
    "Diagnostic": "mdtables.model.diagnostics",
    "Difference": "mdtables.tables.diff",
    "Location": "mdtables.model.diagnostics",
    "MdtablesError": "mdtables.model.diagnostics",
    "Options": "mdtables.model.options",
    "Outcome": "mdtables.pipelines.outcome",
    "Policy": "mdtables.model.policy",
    "RegionOutcome": "mdtables.pipelines.outcome",
    "Table": "mdtables.model.table",
    "regenerate": "mdtables.pipelines.regenerate",
}

__all__ = [
    "Diagnostic",
    "Difference",
    "Location",
    "MdtablesError",
    "Options",
    "Outcome",
    "Policy",
    "RegionOutcome",
    "Table",
    "regenerate",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mdtables.model.diagnostics import Diagnostic, Location, MdtablesError
    from mdtables.model.options import Options
    from mdtables.model.policy import Policy
    from mdtables.model.table import Table
    from mdtables.pipelines.outcome import Outcome, RegionOutcome
    from mdtables.pipelines.regenerate import regenerate
    from mdtables.tables.diff import Difference


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
