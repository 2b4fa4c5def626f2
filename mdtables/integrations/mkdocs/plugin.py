"""The plugin: regenerates the regions of each page in memory while MkDocs builds.

Knows MkDocs' events; what a region is, it leaves to the same run that the command line makes.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File

from mdtables.commands.session import Run
from mdtables.document import marker
from mdtables.integrations.mkdocs.options import OF_REGIONS, PluginConfig
from mdtables.integrations.mkdocs.pages import PageText, page_text
from mdtables.integrations.mkdocs.reporting import Telling, log
from mdtables.integrations.mkdocs.sortable import ASSETS, SCRIPT, STYLE, make_sortable
from mdtables.integrations.mkdocs.watching import Watching
from mdtables.pipelines.outcome import Outcome
from mdtables.workspace import files as on_disk
from mdtables.workspace.config import Projects
from mdtables.workspace.dependents import allowed_paths_of, sources_of
from mdtables.workspace.load import Loader, home_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


class _Build(NamedTuple):
    """One build, in however many languages: its run, what it says, and the pages whose regions were seen."""

    config: MkDocsConfig
    run: Run
    telling: Telling
    seen: set[str]


class MdtablesPlugin(BasePlugin[PluginConfig]):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """See `docs/how-to/mkdocs.md`. An instance lives as long as the server does, since it has an `on_startup`."""

    def __init__(self) -> None:
        self._dirty = self._serves = False
        self._build: _Build | None = None
        self._watching = Watching()

    def load_config(self, options: Any, config_file_path: str | None = None) -> Any:
        """To YAML, the name of the option `null` is no text unless it is quoted: both will do."""
        named = {"null" if name is None else name: value for name, value in dict(options).items()}
        return super().load_config(named, config_file_path)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self._dirty, self._serves = dirty, command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """A new build begins; or the same one goes on in another language."""
        if not self.config["enabled"]:
            self._build = None
            return config
        if self._build is None or self._build.config is not config:
            self._build = _Build(config, self._run(), Telling(self.config["on_error"], self.config["on_stale"]), set())
        if self.config["sortable"]:
            config.extra_javascript += [] if SCRIPT in config.extra_javascript else [SCRIPT]
            config.extra_css += [] if STYLE in config.extra_css else [STYLE]
        return config

    def _run(self) -> Run:
        """A run like the command line's, whose options a host may set."""
        here = os.getcwd()
        over = {name: self.config[name] for name in OF_REGIONS if self.config[name] is not None}
        return Run(Projects(here, over=over), Loader(here), here, set(), write=self.config["write"])

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        if self._build and self._dirty:
            for file in files.documentation_pages():
                sources = _sources_in(file.abs_src_path or "", self._build.run)
                if _is_older(file.abs_dest_path, sources):
                    file.is_modified = lambda: True  # type: ignore[method-assign]
        if self._build and self.config["sortable"]:
            for path in (SCRIPT, STYLE):
                if files.get_file_from_path(path) is None:
                    files.append(File(path, ASSETS, config.site_dir, config.use_directory_urls))
        return files

    @event_priority(75)  # after include-markdown (100), before macros (0), as `mdtables fix` before the build would be
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        if self._build is None or marker.PREFIX not in markdown:
            return None
        self._build.seen.add(page.file.src_uri)
        shown = page_text(page, markdown, config)
        outcome = self._regenerated(shown, self._build)
        if outcome is None:
            return None
        if not shown.in_file:
            self._tell_of_file(shown, self._build)
        elif outcome.stale:
            self._tell_of_stale(shown.file, self._build)
        self._build.telling.diagnostics(outcome.diagnostics, outcome.path, has_lines=shown.in_file)
        return None if outcome.failed else outcome.new[shown.above :]

    def _regenerated(self, shown: PageText, build: _Build) -> Outcome | None:
        """What a page shows: its data; where the file is written too, a hand edit stays. None if it is left out."""
        run = build.run._replace(write=False, force=not build.run.write)
        with _without_collecting():
            outcome = run.fix(shown.path, shown.text.encode("utf-8", "surrogatepass"), named=False)
        if outcome and outcome.regions and self._serves:
            home = home_of(outcome.path, run.projects)
            sources = (path for region in outcome.regions for path in allowed_paths_of(region.options, home))
            self._watching.add(sources, home.root)
        return outcome

    def _tell_of_file(self, shown: PageText, build: _Build) -> None:
        """Of the file behind a page that other plugins have changed: there the lines are right."""
        outcome = _judged(shown.file, build.run)
        if outcome:
            found = [d for d in outcome.diagnostics if d.code != "hand-edit" or build.run.write]
            build.telling.diagnostics(found, outcome.path, has_lines=True)
            self._tell_of_outcome(outcome, build)

    def _tell_of_stale(self, file: str, build: _Build) -> None:
        if build.run.write or self.config["on_stale"] != "ignore":
            outcome = _judged(file, build.run)
            if outcome:
                self._tell_of_outcome(outcome, build)

    def _tell_of_outcome(self, outcome: Outcome, build: _Build) -> None:
        if not build.run.write:
            build.telling.stale(outcome)
        elif outcome.stale and not outcome.failed:
            log.info(f"regenerated {outcome.path}")

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        if self._build is None or not re.search(marker.NAME, html):
            return None
        if page.file.src_uri not in self._build.seen:
            path = page_text(page, "", config).path
            why = "its markers come from a plugin that runs later, so they are left as they are"
            self._build.telling.warn(f"{path}: {why}")
        return make_sortable(html) if self.config["sortable"] else None

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """All pages have been read: now is the time to end a build that has errors."""
        telling = self._build.telling if self._build else None
        if telling and telling.errors:
            count, telling.errors = telling.errors, 0
            raise PluginError(f"mdtables: {count} error{'s' * (count != 1)} in tables, see above")
        return env

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        self._watching.begin(server)
        return server


@contextmanager
def _without_collecting() -> Iterator[None]:
    """There are no cycles among cells, and looking for some goes through all that MkDocs holds."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _judged(path: str, run: Run) -> Outcome | None:
    """What fixing says about a file as it stands, and does to it where the run writes. None if it has no marker."""
    data = _with_markers(path)
    return run.fix(path, data, named=False) if data else None


def _sources_in(path: str, run: Run) -> set[str]:
    data = _with_markers(path)
    return set(sources_of(path, data, run.projects)) if data else set()


def _with_markers(path: str) -> bytes:
    """The bytes of a document that may hold a marker; nothing of any other, or where there is none."""
    try:
        data = on_disk.read(path) if path else b""
    except OSError:
        return b""
    return data if marker.may_be_in(data) else b""


def _is_older(path: str, sources: Iterable[str]) -> bool:
    """Whether a file was made before one of these was changed, or taken away."""
    try:
        made = os.path.getmtime(path)
    except OSError:
        return False
    return any(not os.path.exists(source) or os.path.getmtime(source) > made for source in sources)
