"""A page of MkDocs -> the file it comes from, and its text with the line numbers of that file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page


class PageText(NamedTuple):
    """What MkDocs has of a page: `text` has an empty line for each of the `above` lines of front matter.

    `path` is that of its file, or where it would be. `file` is that path where there is such a file, else nothing;
    `in_file` says whether the text is what stands there, and not what other plugins made of it.
    """

    path: str
    text: str
    above: int
    file: str
    in_file: bool


def page_text(page: Page, markdown: str, config: MkDocsConfig) -> PageText:
    """The text of a page whose Markdown this is."""
    path = os.path.join(config.docs_dir, page.file.src_uri)
    real = page.file.abs_src_path or ""
    places = (config.docs_dir, os.path.dirname(os.path.abspath(config.config_file_path or "")))
    is_ours = real.startswith(tuple(os.path.join(place, "") for place in places))
    is_file = is_ours and not getattr(page.file, "generated_by", None)
    path = _shown(real if is_file else path)  # pages of other plugins lie in temporary folders, or nowhere
    content = _content(path) if is_file else ""
    in_file = bool(content) and content.endswith(markdown)
    above = content[: len(content) - len(markdown)].count("\n") if in_file else 0
    return PageText(path, "\n" * above + markdown, above, path if is_file else "", in_file)


def _shown(path: str) -> str:
    relative = os.path.relpath(path)
    return path if relative.split(os.sep, 1)[0] == os.pardir else relative


def _content(path: str) -> str:
    """A file's text as MkDocs reads it; nothing where it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""
