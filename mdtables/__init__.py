"""Tables in Markdown, kept aligned and true to their data: CSV, YAML, JSON, TOML, front matter."""

from __future__ import annotations

__version__ = "0.1.0"

# Public name -> its module, imported when the name is first used: a run without regions needs none of them.
_MODULES = {
    "Diagnostic": "mdtables.model.diagnostics",
    "Difference": "mdtables.tables.diff",
    "Fix": "mdtables.model.diagnostics",
    "Locate": "mdtables.model.diagnostics",
    "Location": "mdtables.model.diagnostics",
    "MdtablesError": "mdtables.model.errors",
    "Options": "mdtables.model.options",
    "Outcome": "mdtables.pipelines.outcome",
    "Policy": "mdtables.model.policy",
    "RegionOutcome": "mdtables.pipelines.outcome",
    "Related": "mdtables.model.diagnostics",
    "Table": "mdtables.model.table",
    "fix_file": "mdtables.commands.library",
    "read": "mdtables.commands.library",
    "regenerate": "mdtables.pipelines.regenerate",
    "render": "mdtables.commands.library",
}

__all__ = [
    "Diagnostic",
    "Difference",
    "Fix",
    "Locate",
    "Location",
    "MdtablesError",
    "Options",
    "Outcome",
    "Policy",
    "RegionOutcome",
    "Related",
    "Table",
    "fix_file",
    "read",
    "regenerate",
    "render",
]

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from mdtables.commands.library import fix_file, read, render
    from mdtables.model.diagnostics import Diagnostic, Fix, Locate, Location, Related
    from mdtables.model.errors import MdtablesError
    from mdtables.model.options import Options
    from mdtables.model.policy import Policy
    from mdtables.model.table import Table
    from mdtables.pipelines.outcome import Outcome, RegionOutcome
    from mdtables.pipelines.regenerate import regenerate
    from mdtables.tables.diff import Difference


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
