"""The one error that the core raises. Its module imports nothing, since every run has to catch it."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from mdtables.model.diagnostics import Diagnostic


class MdtablesError(Exception):
    """One or more located diagnostics that prevent a result."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{found.at}: {found.message}" for found in diagnostics))
        self.diagnostics = diagnostics
