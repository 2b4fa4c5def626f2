"""Raise diagnostics: a single one, or all those collected from a file. Knows no particular problem."""

from __future__ import annotations

from mdtables.model.diagnostics import Code, Diagnostic, Fix, Location
from mdtables.model.errors import MdtablesError


def failure(
    code: Code,
    message: str,
    *,
    at: Location,
    details: tuple[str, ...] = (),
    hint: str = "",
    fixes: tuple[Fix, ...] = (),
) -> MdtablesError:
    """Return the error for a single diagnostic, to be raised."""
    return MdtablesError(Diagnostic(code, message, at=at, details=details, hint=hint, fixes=fixes))


class Collector:
    """Collect the diagnostics of one file: keep the first twenty, count the others."""

    LIMIT = 20

    def __init__(self) -> None:
        self._kept: list[Diagnostic] = []
        self._dropped: list[Location] = []

    def add(self, found: Diagnostic) -> None:
        if len(self._kept) < self.LIMIT:
            self._kept.append(found)
        else:
            self._dropped.append(found.at)

    @property
    def is_full(self) -> bool:
        """True if whatever is added now is only counted: a reader may stop looking."""
        return len(self._kept) == self.LIMIT

    @property
    def diagnostics(self) -> list[Diagnostic]:
        """What was collected; a last diagnostic counts those dropped, and has the place of the first of them."""
        if not self._dropped:
            return list(self._kept)
        count = len(self._dropped)
        message = f"{count} more problem{'s' * (count != 1)} like this"
        return [*self._kept, Diagnostic(self._kept[-1].code, message, at=self._dropped[0])]

    def raise_any(self) -> None:
        """Raise MdtablesError if anything was collected."""
        if self._kept:
            raise MdtablesError(*self.diagnostics)
