"""A page of MkDocs -> its file, and its text with the line numbers of that file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mdtables.records import NamedTuple
from mdtables.workspace.paths import is_outside, relative

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page


class PageText(NamedTuple):
    """A page as MkDocs has it. `text` begins with an empty line for each of the `above` lines of front matter.

    `path` is the path of its file, or where that would be. `file` is the same path if there is such a file, else "".
    `in_file` is true if the text is that of the file, false if another plugin changed it.
    """

    path: str
    text: str
    above: int
    file: str
    in_file: bool


def page_text(page: Page, markdown: str, config: MkDocsConfig) -> PageText:
    """Return the page with this Markdown."""
    path = os.path.join(config.docs_dir, page.file.src_uri)
    real = page.file.abs_src_path or ""
    places = (config.docs_dir, os.path.dirname(os.path.abspath(config.config_file_path or "")))
    is_ours = real.startswith(tuple(os.path.join(place, "") for place in places))
    is_file = is_ours and not getattr(page.file, "generated_by", None)
    path = _shown(real if is_file else path)  # files of pages made by plugins are in temporary folders, if any
    content = _content(path) if is_file else ""
    in_file = bool(content) and content.endswith(markdown)
    above = content[: len(content) - len(markdown)].count("\n") if in_file else 0
    return PageText(path, "\n" * above + markdown, above, path if is_file else "", in_file)


def _shown(path: str) -> str:
    from_here = relative(path)
    return path if is_outside(from_here) else from_here


def _content(path: str) -> str:
    """Return a file's text as MkDocs reads it; "" if it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
