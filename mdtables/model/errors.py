"""The errors of the core. This module imports nothing, since every run has to catch them."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from mdtables.model.diagnostics import Diagnostic


class MdtablesError(Exception):
    """One or more located diagnostics that prevent a result."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(f"{found.at}: {found.message}" for found in diagnostics))
        self.diagnostics = diagnostics


class OptionError(ValueError):
    """The value of an option that cannot be parsed: why, and the span in the value that is wrong."""

    def __init__(self, reason: str, start: int, end: int) -> None:
        super().__init__(reason)
        self.start, self.end = start, end
