"""The plugin: regenerates the regions of each page in memory while MkDocs builds, and watches their sources.

Knows MkDocs' events and its pages; what a region is, it leaves to the same run that the command line makes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger

from mdtables.commands.document import Run
from mdtables.document import marker
from mdtables.integrations.mkdocs.options import OF_REGIONS, PluginConfig
from mdtables.integrations.mkdocs.sortable import ASSETS, SCRIPT, STYLE, make_sortable
from mdtables.outcome import Outcome
from mdtables.report.findings import stale_tables
from mdtables.report.words import as_text
from mdtables.workspace import files as on_disk
from mdtables.workspace.config import Projects
from mdtables.workspace.dependents import paths_of, sources_of
from mdtables.workspace.load import Loader, home_of

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

log = get_plugin_logger("mdtables")


@dataclass(slots=True)
class _Build:
    """One build, in however many languages: its run, what was said already, and how much of that was an error."""

    config: MkDocsConfig
    run: Run
    said: set[str] = field(default_factory=set)
    errors: int = 0


class MdtablesPlugin(BasePlugin[PluginConfig]):  # type: ignore[no-untyped-call]  # MkDocs has no types there
    """See `docs/how-to/mkdocs.md`. An instance lives as long as the server does, since it has an `on_startup`."""

    def __init__(self) -> None:
        self._dirty = False
        self._build: _Build | None = None
        self._server: LiveReloadServer | None = None
        self._sources: set[str] = set()
        self._watched: set[str] = set()

    def load_config(self, options: Any, config_file_path: str | None = None) -> Any:
        """To YAML, the name of the option `null` is no text unless it is quoted."""
        named = {"null" if name is None else name: value for name, value in dict(options).items()}
        return super().load_config(named, config_file_path)

    def on_startup(self, *, command: str, dirty: bool) -> None:
        self._dirty = dirty

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """A new build begins; or the same one goes on in another language."""
        if not self.config["enabled"]:
            return config
        if self._build is None or self._build.config is not config:
            self._build = _Build(config, self._run())
        if self.config["sortable"]:
            config.extra_javascript += [] if SCRIPT in config.extra_javascript else [SCRIPT]
            config.extra_css += [] if STYLE in config.extra_css else [STYLE]
        return config

    def _run(self) -> Run:
        """A run like the command line's. What stands in a page is overwritten unless it is written to the file too."""
        here, write = os.getcwd(), self.config["write"]
        over = {name: self.config[name] for name in OF_REGIONS if self.config[name] is not None}
        return Run(Projects(here, over=over), Loader(here), here, write=write, force=not write)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        build = self._build
        if build is None:
            return files
        if self._dirty:
            for file in files.documentation_pages():
                if file.abs_src_path and _is_older(file.abs_dest_path, _sources_in(file.abs_src_path, build.run)):
                    file.is_modified = lambda: True  # type: ignore[method-assign]
        if self.config["sortable"]:
            for path in (SCRIPT, STYLE):
                if files.get_file_from_path(path) is None:
                    files.append(_asset(path, config))
        return files

    @event_priority(75)  # below include-markdown (100), whose regions are ours too; above macros (0), as if done before
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        if self._build is None or marker.PREFIX not in markdown:
            return None
        path = _path_of(page, config)
        above, in_file = _above(page, markdown)
        data = ("\n" * above + markdown).encode("utf-8", "surrogatepass")
        outcome = self._build.run.fix_or_leave_out(path, data)
        self._remember_sources(outcome)
        self._say(outcome, in_file=in_file)
        if self.config["write"] and in_file and outcome.stale and not outcome.failed:
            self._write(path)
        return outcome.new[above:] if not outcome.failed else None

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str | None:
        return make_sortable(html) if self._build and self.config["sortable"] and marker.PREFIX in html else None

    def on_env(self, env: Any, *, config: MkDocsConfig, files: Files) -> Any:
        """All pages have been read: now is the time to end a build that has errors."""
        if self._build and self._build.errors:
            count, self._build.errors = self._build.errors, 0
            raise PluginError(f"mdtables: {count} error{'s' * (count != 1)} in tables, see above")
        return env

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        self._server = server
        self._watch(self._sources)
        return server

    def _say(self, outcome: Outcome, *, in_file: bool) -> None:
        """The outcome's diagnostics and stale tables, each once a build, in the way that the options ask for."""
        for found in outcome.diagnostics:
            if found.code == "excluded":
                continue
            place = found.location
            if not in_file and place.path == outcome.path:
                place = replace(place, line=0, column=0)
            text = as_text(replace(found, location=place, asked_by=() if not in_file else found.asked_by))
            is_error = found.severity == "error" and self.config["on_error"] == "error"
            self._tell(f"{place} {found.code} {found.message}", text, is_error=is_error)
        how = self.config["on_stale"]
        if how == "ignore" or self.config["write"] or outcome.failed:
            return
        for place, message in stale_tables([outcome] if in_file else []):
            self._tell(str(place), f"{place}: {message}", is_error=how == "error")

    def _tell(self, what: str, text: str, *, is_error: bool) -> None:
        """`what` tells one thing to say from another: two pages may meet the same problem in their data."""
        assert self._build
        if what not in self._build.said:
            self._build.said.add(what)
            self._build.errors += is_error
            (log.error if is_error else log.warning)(text)

    def _write(self, path: str) -> None:
        assert self._build
        try:
            data = on_disk.read(path)
        except OSError as error:
            self._tell(path, f"{path}: cannot be read: {error.strerror or error}", is_error=True)
            return
        outcome = self._build.run.fix(path, data, named=False)
        if outcome and outcome.stale and not outcome.failed:
            log.info(f"regenerated {path}")
        elif outcome:
            self._say(outcome, in_file=True)

    def _remember_sources(self, outcome: Outcome) -> None:
        assert self._build
        home = home_of(outcome.path, self._build.run.projects) if outcome.regions else None
        if home:
            found = {path for region in outcome.regions for path in paths_of(region.options, home)}
            self._watch(found - self._sources)
            self._sources |= found

    def _watch(self, sources: Iterable[str]) -> None:
        """The folders of sources, while the server runs. A file that is watched itself is lost when it is deleted."""
        if self._server is None or self._build is None:
            return
        docs = os.path.join(os.path.realpath(self._build.config.docs_dir), "")
        for source in sources:
            folder = os.path.dirname(source)
            while not os.path.isdir(folder):  # to watch what is not there ends the server
                folder = os.path.dirname(folder)
            if folder not in self._watched and not os.path.join(folder, "").startswith(docs):
                self._watched.add(folder)
                self._server.watch(folder, recursive=False)


def _path_of(page: Page, config: MkDocsConfig) -> str:
    """The page's file, or where it would be: pages of other plugins lie in temporary folders, or nowhere."""
    path = os.path.join(config.docs_dir, page.file.src_uri)
    shown = os.path.relpath(path)
    return path if shown.startswith(os.pardir) else shown


def _above(page: Page, markdown: str) -> tuple[int, bool]:
    """How many lines of front matter MkDocs took off, and whether the page is what stands in the file."""
    if getattr(page.file, "generated_by", None):  # MkDocs 1.5 does not know
        return 0, False
    try:
        with open(page.file.abs_src_path or os.devnull, encoding="utf-8-sig") as file:
            content = file.read()
    except (OSError, UnicodeDecodeError):
        content = ""
    is_whole = bool(content) and content.endswith(markdown)
    return (content[: len(content) - len(markdown)].count("\n") if is_whole else 0), is_whole


def _sources_in(path: str, run: Run) -> set[str]:
    try:
        data = on_disk.read(path)
    except OSError:
        return set()
    return set(sources_of(path, data, run.projects)) if marker.may_be_in(data) else set()


def _is_older(path: str, sources: Iterable[str]) -> bool:
    """Whether a file was made before one of these was changed. One that is missing does not count."""
    try:
        made = os.path.getmtime(path)
    except OSError:
        return False
    return any(os.path.getmtime(source) > made for source in sources if os.path.exists(source))


def _asset(path: str, config: MkDocsConfig) -> Any:
    from mkdocs.structure.files import File

    return File(path, ASSETS, config.site_dir, config.use_directory_urls)
