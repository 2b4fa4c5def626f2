"""HTML in a value -> JSX, which is what MDX compiles. Knows tags, not what is between them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

# Text that `re` compiles at its first use: few documents are MDX.
JSX_TAG = r"""(?xa)<(?P<name>/?[A-Za-z][\w-]*(?:\.[A-Za-z]\w*)*)
    (?:\s+(?:[A-Za-z_$][\w$:-]*(?:=(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}))?|\{\.\.\.[^{}]*\}))*\s*/?>"""
_PARTS = r"(?sa)</?[A-Za-z][A-Za-z0-9-]*(?P<attributes>.*?)(?P<end>\s*/?>)$"
_ATTRIBUTE = r"""(?sa)\s+(?P<name>[^\s=/>]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_JSX_NAME = r"(?a)[A-Za-z_$][\w$-]*(?::[A-Za-z_$][\w$-]*)?"
_CODE = r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)"
_EMPHASIS = r"(?<![\w*])(\*{1,3}|~~?|_{1,3})(?![\s*_~])[^*_~]*(?<![\s*_~])\1(?![\w*])"
_DELIMITERS = r"(?a)[*~\[\]]|(?<!\w)_|_(?!\w)"
_LINK = r"!?\[[^\[\]]*\](?:\([^()]*\))?"


class Tag(NamedTuple):
    """A tag in a value: where it is, its name, and whether it needs no partner."""

    start: int
    end: int
    name: str
    is_whole: bool


def jsx_tag(tag: str, name: str, *, is_whole: bool, keep_expressions: bool) -> str | None:
    """Return an HTML tag as JSX, with this name: attributes quoted, styles as objects, void elements closed.

    Return None for a tag with an attribute that JSX has no name for.
    """
    found = re.match(_PARTS, tag)
    if found is None:
        return None
    attributes = []
    for each in re.finditer(_ATTRIBUTE, found["attributes"]):
        if not re.fullmatch(_JSX_NAME, each["name"]):
            return None
        attributes.append(_attribute(each["name"], each["value"], keep_expressions=keep_expressions))
    if "/" in found["end"] and not attributes:
        return f"<{name}/>"
    return f"<{name}{''.join(attributes)}{' />' if is_whole and not name.startswith('/') else '>'}"


def _attribute(name: str, value: str | None, *, keep_expressions: bool) -> str:
    if value is None:
        return f" {name}"
    if keep_expressions and value.startswith("{") and value.endswith("}"):
        return f" {name}={value}"
    text = value[1:-1] if value[0] in "\"'" else value
    if name.lower() == "style":
        return f" style={{{{{', '.join(_styles(text))}}}}}"
    quote = value[0] if value[0] in "\"'" else '"'
    return f" {name}={quote}{text}{quote}"


def _styles(text: str) -> Sequence[str]:
    """Return the declarations of a style as the members of an object, as React wants them."""
    members = []
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon and name.strip():
            words = name.strip().split("-")
            camel = words[0] + "".join(word.capitalize() for word in words[1:])
            members.append(f"{camel if camel.isidentifier() else json.dumps(camel)}: {json.dumps(value.strip())}")
    return members


def paired(value: str, tags: Sequence[Tag]) -> set[int]:
    """Return the offsets of the tags that MDX compiles: those without a need for a partner, and those with one.

    What is between the two must be whole: MDX refuses a tag that is closed outside of the emphasis that it begins in.
    """
    found: set[int] = set()
    waiting: list[Tag] = []
    for tag in tags:
        if tag.is_whole:
            found.add(tag.start)
        elif not tag.name.startswith("/"):
            waiting.append(tag)
        elif any(each.name == tag.name[1:] for each in waiting):
            while (opening := waiting.pop()).name != tag.name[1:]:
                pass
            if _is_whole(value[opening.end : tag.start]):
                found |= {opening.start, tag.start}
    return found


def _is_whole(text: str) -> bool:
    """Return True for text in which no emphasis and no link begins or ends that does not end or begin there."""
    text = re.sub(_CODE, "", re.sub(r"\\.", "", text, flags=re.DOTALL))
    before = ""
    while before != text:
        before, text = text, re.sub(_EMPHASIS, "", re.sub(_LINK, "", text))
    return not re.search(_DELIMITERS, text)
