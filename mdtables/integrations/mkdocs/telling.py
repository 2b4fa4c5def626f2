"""What a build says about tables: diagnostics and stale tables, each once, through MkDocs' own logger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mkdocs.plugins import get_plugin_logger

from mdtables.model import Diagnostic, Location
from mdtables.outcome import Outcome
from mdtables.report.legible import shell_word
from mdtables.report.words import as_text

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
            if one.code == "excluded":
                continue
            same = f"{path if one.location.path == path else one.location} {one.code} {one.message}"
            text = as_text(one if has_lines else _without_lines(one, path))
            self._tell(f"{one.location} {same}" if has_lines else same, text, is_error=self._is_error(one))
            self._said.add(same)

    def stale(self, outcome: Outcome) -> None:
        """Tell of each table that is not the same in its file."""
        if self._on_stale == "ignore":
            return
        path = shell_word(outcome.path)
        ways = {
            "stale": f"this table is stale; run: mdtables fix {path}",
            "edited": f"this table was edited by hand; take that into its source: mdtables pull {path}, "
            f"or let the source win: mdtables fix --force {path}",
        }
        for region in outcome.regions:
            if region.state in ways:
                text = f"{region.location}: {ways[region.state]}"
                self._tell(text, text, is_error=self._on_stale == "error")

    def warn(self, text: str) -> None:
        """Tell of something that is no diagnostic."""
        self._tell(text, text, is_error=False)

    def _is_error(self, found: Diagnostic) -> bool:
        return found.severity == "error" and self._on_error == "error"

    def _tell(self, what: str, text: str, *, is_error: bool) -> None:
        if what not in self._said:
            self._said.add(what)
            self.errors += is_error
            (log.error if is_error else log.warning)(text)


def _without_lines(found: Diagnostic, path: str) -> Diagnostic:
    if found.location.path == path:
        return replace(found, location=Location(path))
    return replace(found, asked_by=(Location(path),) if found.asked_by else ())
