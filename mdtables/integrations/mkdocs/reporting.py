"""What a build says about tables: diagnostics and stale tables, each once, through MkDocs' own logger."""

from __future__ import annotations

from collections.abc import Iterable

from mkdocs.plugins import get_plugin_logger

from mdtables.model.diagnostics import Diagnostic
from mdtables.pipelines.outcome import Outcome
from mdtables.report.report import stale_tables, without_lines
from mdtables.report.text import as_text

log = get_plugin_logger("mdtables")


class Telling:
    """One build's words. `on_error` and `on_stale` say what is a warning and what an error; `errors` counts those."""

    def __init__(self, on_error: str, on_stale: str) -> None:
        self._on_error, self._on_stale = on_error, on_stale
        self._said: set[str] = set()
        self.errors = 0

    def diagnostics(self, found: Iterable[Diagnostic], path: str, *, has_lines: bool) -> None:
        """Tell of what was found in a document; without its lines where those are of what other plugins made of it."""
        for one in found:
            same = f"{path if one.location.path == path else one.location} {one.code} {one.message}"
            text = as_text(one if has_lines else without_lines(one, path))
            is_error = one.severity == "error" and self._on_error == "error"
            self._tell(f"{one.location} {same}" if has_lines else same, text, is_error=is_error)
            self._said.add(same)

    def stale(self, outcome: Outcome) -> None:
        """Tell of each table that is not the same in its file, those that were edited by hand among them."""
        texts = [f"{place}: {message}" for place, message in stale_tables(outcome)]
        texts += [as_text(found) for found in outcome.diagnostics if found.code == "hand-edit"]
        for text in texts if self._on_stale != "ignore" else ():
            self._tell(text, text, is_error=self._on_stale == "error")

    def warn(self, text: str) -> None:
        """Tell of something that is no diagnostic."""
        self._tell(text, text, is_error=False)

    def _tell(self, what: str, text: str, *, is_error: bool) -> None:
        if what not in self._said:
            self._said.add(what)
            self.errors += is_error
            (log.error if is_error else log.warning)(text)
