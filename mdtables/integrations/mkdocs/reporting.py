"""The log of a build: diagnostics and stale tables, each once, through MkDocs' own logger."""

from __future__ import annotations

from collections.abc import Iterable

from mkdocs.plugins import get_plugin_logger

from mdtables.model.diagnostics import Diagnostic
from mdtables.pipelines.outcome import Outcome
from mdtables.report.report import stale_tables, without_lines
from mdtables.report.text import as_text

log = get_plugin_logger("mdtables")


class BuildLog:
    """The log of one build.

    `on_error` and `on_stale` decide what is a warning and what an error; `errors` counts errors.
    """

    def __init__(self, on_error: str, on_stale: str) -> None:
        self._on_error, self._on_stale = on_error, on_stale
        self._logged: set[str] = set()
        self.errors = 0

    def diagnostics(self, found: Iterable[Diagnostic], path: str, *, has_lines: bool) -> None:
        """Log the diagnostics of a document; without lines if those are of a text that other plugins changed."""
        for one in found:
            same = f"{path if one.at.path == path else one.at} {one.code} {one.message}"
            text = as_text(one if has_lines else without_lines(one, path))
            is_error = one.is_error and self._on_error == "error"
            self._log(f"{one.at} {same}" if has_lines else same, text, is_error=is_error)
            self._logged.add(same)

    def stale(self, outcome: Outcome) -> None:
        """Log each table that differs from the one in its file, including those edited by hand."""
        texts = [f"{at}: {message}" for at, message in stale_tables(outcome)]
        texts += [as_text(region.drift) for region in outcome.regions if region.drift]
        for text in texts if self._on_stale != "ignore" else ():
            self._log(text, text, is_error=self._on_stale == "error")

    def warn(self, text: str) -> None:
        """Log something other than a diagnostic."""
        self._log(text, text, is_error=False)

    def _log(self, what: str, text: str, *, is_error: bool) -> None:
        if what not in self._logged:
            self._logged.add(what)
            self.errors += is_error
            (log.error if is_error else log.warning)(text)
