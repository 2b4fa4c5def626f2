"""What a cell says to its reader, to tell an edit from another spelling. Knows the inline Markdown of one cell."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import mistune

_MEANINGFUL = re.compile(r"[\\&<*_`\[~]")
_LINE_BREAK = re.compile(r"<br\s?/?>", re.IGNORECASE)


def meaning(cell: str) -> str:
    r"""The cell as HTML: `\*` and `&#42;` are the same, `*a*` and `_a_` too, and code is as it is written.

    A line break is `<br>`. What only some dialects know (`==a==`, `$a$`, `{{ a }}`, `@a`) counts as its characters.
    """
    if not _MEANINGFUL.search(cell):
        return cell
    markdown = _markdown()
    tokens = markdown.inline(cell, {"ref_links": {}})
    return _LINE_BREAK.sub("<br>", str(markdown.renderer.render_tokens(tokens, mistune.BlockState())))


@cache
def _markdown() -> Any:
    return mistune.create_markdown(escape=False, plugins=["strikethrough"])
