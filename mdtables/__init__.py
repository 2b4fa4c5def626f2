"""Tables in Markdown, kept aligned and true to their CSV and YAML sources."""

from __future__ import annotations

__version__ = "0.1.0"

# Public name -> the module that has it. They load when they are first asked for: the command line starts in a third of
# the time when a run has nothing to do.
_HOMES = {
    "Diagnostic": "mdtables.model",
    "Difference": "mdtables.edits",
    "Location": "mdtables.model",
    "MdtablesError": "mdtables.model",
    "Options": "mdtables.options",
    "Outcome": "mdtables.outcome",
    "Policy": "mdtables.policy",
    "RegionOutcome": "mdtables.outcome",
    "Table": "mdtables.model",
    "regenerate": "mdtables.generate",
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
    from mdtables.edits import Difference
    from mdtables.generate import regenerate
    from mdtables.model import Diagnostic, Location, MdtablesError, Table
    from mdtables.options import Options
    from mdtables.outcome import Outcome, RegionOutcome
    from mdtables.policy import Policy


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
