"""The plugin for MkDocs: regenerates the regions of each page in memory during a build.

Knows the events of MkDocs. Processes regions with a session, as the command line does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File

from mdtables.commands.session import Session, start
from mdtables.document import marker
from mdtables.integrations.mkdocs.options import OF_REGIONS, PluginConfig
from mdtables.integrations.mkdocs.page_tables import with_accessible_tables
from mdtables.integrations.mkdocs.pages import PageText, page_text
from mdtables.integrations.mkdocs.reporting import BuildLog, log
from mdtables.integrations.mkdocs.watching import Watching
from mdtables.model.errors import MdtablesError
from mdtables.pipelines.outcome import Outcome
from mdtables.records import NamedTuple
from mdtables.workspace import files as on_disk
from mdtables.workspace.context import context_of
from mdtables.workspace.dependents import allowed_paths_of, sources_of
from mdtables.workspace.watched import places_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


_ASSETS = os.path.dirname(__file__)
_SCRIPT, _STYLE = "assets/mdtables-sortable.js", "assets/mdtables-sortable.css"


class _Build(NamedTuple):
    """One build, in one or several languages: its session, its log, and the number of start markers on each page."""

    config: MkDocsConfig
    session: Session
    log: BuildLog
    start_markers: dict[str, int]


class MdtablesPlugin(BasePlugin[PluginConfig]):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """See `docs/how-to/mkdocs.md`. Because of `on_startup`, an instance lives as long as the server."""

    def __init__(self) -> None:
        self._dirty = self._serves = False
        self._build: _Build | None = None
        self._watching = Watching()

    def load_config(self, options: Any, config_file_path: str | None = None) -> Any:
        """Accept the option `null` with and without quotes: without them, YAML reads its name as None."""
        named = {"null" if name is None else name: value for name, value in dict(options).items()}
        return super().load_config(named, config_file_path)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self._dirty, self._serves = dirty, command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Begin a new build, or continue the same one in another language."""
        if not self.config["enabled"]:
            self._build = None
            return config
        if self._build is None or self._build.config is not config:
            self._build = _Build(
                config, self._session(), BuildLog(self.config["on_error"], self.config["on_stale"]), {}
            )
        if self.config["sortable"]:
            config.extra_javascript += [] if _SCRIPT in config.extra_javascript else [_SCRIPT]
            config.extra_css += [] if _STYLE in config.extra_css else [_STYLE]
        return config

    def _session(self) -> Session:
        """Return a session like the command line's, with the plugin's defaults for options of regions."""
        over = {name: self.config[name] for name in OF_REGIONS if self.config[name] is not None}
        return start(os.getcwd(), over=over, write=self.config["write"])

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        if self._build and self._dirty:
            for file in files.documentation_pages():
                sources = _sources_in(file.abs_src_path or "", self._build.session)
                if _is_older(file.abs_dest_path, sources):
                    file.is_modified = lambda: True  # type: ignore[method-assign]
        if self._build and self.config["sortable"]:
            for path in (_SCRIPT, _STYLE):
                if files.get_file_from_path(path) is None:
                    files.append(File(path, _ASSETS, config.site_dir, config.use_directory_urls))
        return files

    @event_priority(75)  # after include-markdown (100), before macros (0): like `mdtables fix` before the build
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        if self._build is None or marker.PREFIX not in markdown:
            return None
        shown = page_text(page, markdown, config)
        outcome = self._regenerated(shown, self._build)
        self._build.start_markers[page.file.src_uri] = _start_markers(markdown, outcome)
        if outcome is None:
            return None
        if not shown.in_file:
            self._log_file(shown, self._build)
        elif outcome.stale:
            self._log_stale(shown.file, self._build)
        self._build.log.diagnostics(outcome.diagnostics, outcome.path, has_lines=shown.in_file)
        return None if outcome.failed else outcome.new[shown.above :]

    def _regenerated(self, shown: PageText, build: _Build) -> Outcome | None:
        """Return the outcome for a page, None if it is excluded.

        Unless files are written, hand edits are overwritten.
        """
        session = build.session._replace(write=False, force=not build.session.write)
        outcome = session.fix(
            shown.path, shown.text.encode("utf-8", "surrogatepass"), found_in=os.path.dirname(shown.path)
        )
        if outcome and outcome.regions and self._serves:
            context = context_of(outcome.path, session.projects)
            sources = (path for region in outcome.regions for path in allowed_paths_of(region.options, context))
            self._watching.add(sources, context.root)
        return outcome

    def _log_file(self, shown: PageText, build: _Build) -> None:
        """Log what is in the file of a page that other plugins changed: there the lines are right."""
        outcome = _checked(shown.file, build)
        if outcome:
            drifts = {region.drift for region in outcome.regions}
            found = [d for d in outcome.diagnostics if d not in drifts or build.session.write]
            build.log.diagnostics(found, outcome.path, has_lines=True)
            self._log_outcome(outcome, build)

    def _log_stale(self, file: str, build: _Build) -> None:
        if build.session.write or self.config["on_stale"] != "ignore":
            outcome = _checked(file, build)
            if outcome:
                self._log_outcome(outcome, build)

    def _log_outcome(self, outcome: Outcome, build: _Build) -> None:
        if not build.session.write:
            build.log.stale(outcome)
        elif outcome.stale and not outcome.failed:
            log.info(f"regenerated {outcome.path}")

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        if self._build is None or not re.search(marker.NAME, html):
            return None
        shown = sum(found[1] == marker.START for found in re.finditer(marker.NAME, html))
        seen = self._build.start_markers.get(page.file.src_uri, 0)
        if shown > seen:
            path = page_text(page, "", config).path
            whose = "some of its markers" if seen else "its markers"
            why = f"{whose} come from a plugin that runs later, so their tables are not regenerated"
            self._build.log.warn(f"{path}: {why}")
        return with_accessible_tables(html, sortable=self.config["sortable"])

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """End a build that has errors, after all pages have been read."""
        build_log = self._build.log if self._build else None
        if build_log and build_log.errors:
            count, build_log.errors = build_log.errors, 0
            raise PluginError(f"mdtables: {count} error{'s' * (count != 1)} in tables, see above")
        return env

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        self._watching.begin(server)
        return server


def _start_markers(markdown: str, outcome: Outcome | None) -> int:
    """Return how many start markers become comments in a page; where that is not known, how many there are."""
    if outcome is None or outcome.failed:
        return markdown.count(marker.START)
    return len(outcome.regions)


def _checked(path: str, build: _Build) -> Outcome | None:
    """Return the outcome for a file, and write it if the session writes. None if it has no marker."""
    data = _with_markers(path)
    return build.session.fix(path, data, found_in=build.config.docs_dir) if data else None


def _sources_in(path: str, session: Session) -> set[str]:
    data = _with_markers(path)
    try:
        found = sources_of(path, data, session.projects) if data else ()
        return set(places_of(found))
    except MdtablesError:  # a broken configuration, which is reported where the page is read
        return set()


def _with_markers(path: str) -> bytes:
    """Return the bytes of a document that may contain a marker; nothing for any other, or if it cannot be read."""
    try:
        data = on_disk.read(path) if path else b""
    except OSError:
        return b""
    return data if marker.may_be_in(data) else b""


def _is_older(path: str, sources: Iterable[str]) -> bool:
    """Return True if one of the sources was changed or deleted after a file was made."""
    try:
        made = os.path.getmtime(path)
    except OSError:
        return False
    return any(not os.path.exists(source) or os.path.getmtime(source) > made for source in sources)
