"""An extension of Python-Markdown, for Zensical, Pelican and others. Regenerates pages in memory and writes nothing.

Knows how to find out from each host which page is being rendered. Processes regions with a session, as the command
line does.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from mdtables.commands.session import start
from mdtables.document import marker
from mdtables.model.diagnostics import Diagnostic
from mdtables.model.errors import MdtablesError
from mdtables.model.suggestions import did_you_mean
from mdtables.report.report import Report, without_lines
from mdtables.report.text import as_text
from mdtables.workspace.paths import relative

# MkDocs counts warnings of loggers below `mkdocs`; other hosts accept any name.
log = logging.getLogger("mkdocs.mdtables")
# After code fences (25), which are stashed by then, and before raw HTML (20), which includes markers.
_PRIORITY = 22


class MdtablesExtension(Extension):
    """`root` is the folder of pages whose host is unknown. `on_error` is `warn` or `raise`."""

    def __init__(self, **options: Any) -> None:
        """Raise ValueError for an unknown option."""
        self.config = {
            "root": [".", "the folder of pages whose host is unknown"],
            "on_error": ["warn", "`warn`: log it and leave the page unchanged; `raise`: end the build"],
        }
        if unknown := options.keys() - self.config.keys():
            name = min(unknown)
            hint = did_you_mean(name, self.config, what="options")
            raise ValueError(f'mdtables: unknown option "{name}"; {hint}')
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # Python-Markdown's name
        """Register the preprocessor."""
        if self.getConfig("on_error") not in ("warn", "raise"):
            raise ValueError(f"mdtables: on_error must be warn or raise, not {self.getConfig('on_error')!r}")
        md.preprocessors.register(_Regenerate(md, self.getConfigs()), "mdtables", _PRIORITY)


class _Regenerate(Preprocessor):
    def __init__(self, md: Markdown, options: dict[str, Any]) -> None:
        super().__init__(md)
        self._options = options

    def run(self, lines: list[str]) -> list[str]:
        """Return the page's lines with every region regenerated, or with an error unchanged.

        Raise MdtablesError if the option `on_error` is `raise`.
        """
        text = "\n".join(lines)
        if marker.PREFIX not in text:
            return lines
        unnamed = os.path.join(self._options["root"], "(page without a known path)")
        path = relative(_page_path(self.md) or unnamed)
        here = os.getcwd()  # a new session for each page: a server runs for days, and hosts do not announce a new build
        session = start(here, force=True)
        outcome = session.fix(path, text.encode("utf-8", "surrogatepass"), found_in=os.path.dirname(path))
        if outcome is None:
            return lines
        # the host removed front matter and other extensions removed code, so lines here are not those of the file
        self._log([without_lines(found, path) for found in Report([outcome], 1).diagnostics])
        return lines if outcome.failed else outcome.new.split("\n")

    def _log(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = [found for found in diagnostics if found.is_error]
        if errors and self._options["on_error"] == "raise":
            raise MdtablesError(*errors)
        for found in diagnostics:
            log.warning("mdtables: %s", as_text(found))


def _page_path(md: Markdown) -> str:
    """Return the file of the page being rendered, or "": Zensical and MkDocs give it, each in its own way."""
    for processor in md.preprocessors:
        page, config = getattr(processor, "page", None), getattr(processor, "config", None)
        path = getattr(page, "path", None)
        if isinstance(config, dict) and isinstance(path, str):
            return os.path.join(str(config.get("root_dir", ".")), str(config.get("docs_dir", "docs")), path)
    trees = md.treeprocessors
    relpath = trees["relpath"] if "relpath" in trees else None  # noqa: SIM401  # it has no get
    return str(getattr(getattr(relpath, "file", None), "abs_src_path", None) or "")
