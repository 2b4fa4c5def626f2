"""The short names of emojis as GitLab and Gitea replace them: after Markdown, in the text of a page."""

from __future__ import annotations

import re


def with_emoji(html: str, not_after: str = "") -> str:
    """Return a page in which each known `:name:` outside of code is its name in a tag, as a reader would miss it."""
    from pymdownx.gemoji_db import aliases, emoji

    def replaced(found: re.Match[str]) -> str:
        name = found.group("name")
        is_known = name and (f":{name}:" in emoji or f":{name}:" in aliases)
        return f'<span class="emoji">{name}</span>' if is_known else found.group()

    skipped = r"<(?P<tag>pre|code|tt)\b.*?</(?P=tag)>|<[^>]*>"
    return re.sub(rf"(?s){skipped}|{not_after}:(?P<name>[-+\w]+):(?!:|[^\W_])", replaced, html)
