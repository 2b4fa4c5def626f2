"""The relative links in a value, as they are from another folder. Knows Markdown's and HTML's links, and no disk."""

from __future__ import annotations

import posixpath
import re

# Text that `re` compiles at its first use: most tables do not ask for it.
_LINK = r"""(?xi)
      (?<=\]\() (?P<angle><)? (?P<inline> (?(angle)[^<>\n]* | [^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*) ) (?(angle)>)
        (?=\s|\))
    | (?<=\s)(?:href|src)\s*=\s*(?P<quote>["']) (?P<attribute> [^"'<>]* ) (?P=quote)
    | (?P<code> (?P<ticks>`+) .*? (?P=ticks) )
    """
_ABSOLUTE = r"[A-Za-z][A-Za-z0-9+.-]*:|[/#?\\{]|$"
_PATH = r"[^?#]*"


def rebased(value: str, here: str, there: str) -> str:
    """Return a value whose relative links count from one folder, with the links as they are from another one.

    Both folders are absolute, with `/`, in a tree of their own. Links in code stay, and so do absolute ones, those to a
    place in the page, and those of a template.
    """
    if here == there or not any(mark in value for mark in ("](", "=")):
        return value

    def replaced(found: re.Match[str]) -> str:
        kind = next((name for name in ("inline", "attribute") if found[name] is not None), None)
        if kind is None or re.match(_ABSOLUTE, found[kind]):
            return found[0]
        start, end = found.start(kind) - found.start(), found.end(kind) - found.start()
        return found[0][:start] + _from(there, here, found[kind]) + found[0][end:]

    return re.sub(_LINK, replaced, value, flags=re.DOTALL)


def rebased_address(address: str, here: str, there: str) -> str:
    """Return the address of a link, if it is a relative one, as it is from another folder."""
    return address if here == there or re.match(_ABSOLUTE, address) else _from(there, here, address)


def _from(there: str, here: str, target: str) -> str:
    found = re.match(_PATH, target)
    path = found[0] if found else ""
    relative = posixpath.relpath(posixpath.join(here, path), there)
    return relative + ("/" if path.endswith("/") and relative != "." else "") + target[len(path) :]
