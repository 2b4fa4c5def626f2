"""An extension of Python-Markdown, for Zensical, Pelican and whatever renders with it. Regenerates, writes nothing.

Knows where hosts say which page is being rendered; what a region is, it leaves to the same run as the command line's.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from mdtables.commands.session import Run
from mdtables.document import marker
from mdtables.model.diagnostics import Diagnostic, MdtablesError
from mdtables.model.options import did_you_mean
from mdtables.report.report import diagnostics_of, without_lines
from mdtables.report.text import as_text
from mdtables.workspace.config import Projects
from mdtables.workspace.load import Loader

# MkDocs counts the warnings below `mkdocs`; elsewhere any name will do.
log = logging.getLogger("mkdocs.mdtables")
# Below that of code fences (25), which are put away by then; above that of raw HTML (20), and so of markers.
_PRIORITY = 22


class MdtablesExtension(Extension):
    """`root`: the folder in which pages are that no host tells the path of. `on_error`: `warn` or `raise`."""

    def __init__(self, **options: Any) -> None:
        """Raises ValueError for an option that there is not."""
        self.config = {
            "root": [".", "the folder of pages whose host does not say where they are"],
            "on_error": ["warn", "`warn`: log it and leave the page's tables as they stand; `raise`: end the build"],
        }
        if unknown := options.keys() - self.config.keys():
            raise ValueError(f'mdtables: unknown option "{min(unknown)}"{did_you_mean(min(unknown), self.config)}')
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Put the preprocessor in its place."""
        if self.getConfig("on_error") not in ("warn", "raise"):
            raise ValueError(f"mdtables: on_error is warn or raise, not {self.getConfig('on_error')!r}")
        md.preprocessors.register(_Regenerate(md, self.getConfigs()), "mdtables", _PRIORITY)


class _Regenerate(Preprocessor):
    def __init__(self, md: Markdown, options: dict[str, Any]) -> None:
        super().__init__(md)
        self._options = options

    def run(self, lines: list[str]) -> list[str]:
        """The page's lines with every region regenerated, or as they are. Raises MdtablesError if that is asked for."""
        text = "\n".join(lines)
        if marker.PREFIX not in text:
            return lines
        unnamed = os.path.join(self._options["root"], "(a page that the host does not name)")
        path = os.path.relpath(_page_path(self.md) or unnamed)
        here = os.getcwd()  # a new run for each page: a server goes on for days, and nobody says when a build begins
        run = Run(Projects(here), Loader(here), here, set(), force=True)
        outcome = run.fix(path, text.encode("utf-8", "surrogatepass"), named=False)
        if outcome is None:
            return lines
        # the host took front matter off, other extensions took code out: a line here is none of the file's
        self._tell([without_lines(found, path) for found in diagnostics_of([outcome])])
        return lines if outcome.failed else outcome.new.split("\n")

    def _tell(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = [found for found in diagnostics if found.severity == "error"]
        if errors and self._options["on_error"] == "raise":
            raise MdtablesError(*errors)
        for found in diagnostics:
            log.warning("mdtables: %s", as_text(found))


def _page_path(md: Markdown) -> str:
    """The file of the page that is being rendered, if the host says so: Zensical and MkDocs do, each in its own way."""
    for processor in md.preprocessors:
        page, config = getattr(processor, "page", None), getattr(processor, "config", None)
        path = getattr(page, "path", None)
        if isinstance(config, dict) and isinstance(path, str):
            return os.path.join(str(config.get("root_dir", ".")), str(config.get("docs_dir", "docs")), path)
    trees = md.treeprocessors
    relpath = trees["relpath"] if "relpath" in trees else None  # noqa: SIM401  # it has no get
    return str(getattr(getattr(relpath, "file", None), "abs_src_path", None) or "")
