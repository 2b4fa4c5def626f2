"""What ends a run as a whole. Loaded by every run, so it imports nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mdtables.model.diagnostics import Diagnostic


class CannotStartError(Exception):
    """A run that ends before its first document. `path` is what is to blame, `diagnostics` say why."""

    def __init__(self, path: str, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(path)
        self.path, self.diagnostics = path, diagnostics
