"""HTML in a value -> JSX, which is what MDX compiles. Knows tags, not what is between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mdtables.records import NamedTuple
from mdtables.text.code_spans import code_spans

# Text that `re` compiles at its first use: few documents are MDX.
JSX_TAG = r"""(?xa)<(?P<name>/?[A-Za-z][\w-]*(?:\.[A-Za-z]\w*)*)
    (?:\s+(?:[A-Za-z_$][\w$:-]*(?:=(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}))?|\{\.\.\.[^{}]*\}))*\s*/?>"""
_PARTS = r"(?sa)</?[A-Za-z][A-Za-z0-9-]*(?P<attributes>.*?)(?P<end>\s*/?>)$"
_ATTRIBUTE = r"""(?sa)\s+(?P<name>[^\s=/>]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'=<>`]+))?"""
_JSX_NAME = r"(?a)[A-Za-z_$][\w$-]*(?::[A-Za-z_$][\w$-]*)?"
_LIVE = r"(?s)\\.|\{|<(?=[A-Za-z/>])"
_STYLE = r"""(?:[^;"'(]|"[^"]*"|'[^']*'|\([^)]*\)|["'(])+"""
_OF_REACT = frozenset(["children", "dangerouslySetInnerHTML", "key", "ref"])
_MOST_TAGS, _LONGEST_INSIDE = 100, 1000  # in a value; characters between a tag and its partner
_CODE = r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)"
_EMPHASIS = r"(?<![\w*])(\*{1,3}|~~?|_{1,3})(?![\s*_~])[^*_~]*(?<![\s*_~])\1(?![\w*])"
_DELIMITERS = r"(?a)[*~\[\]]|(?<!\w)_|_(?!\w)"
_LINK = r"!?\[[^\[\]]*\](?:\([^()]*\))?"


def _marked(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("\\") else f"\x0f{found[0]}"


def with_live_marks(cell: str) -> str:
    """Return a cell of MDX in which what begins an expression or a tag has a mark that no text contains.

    So canonical text, which knows no MDX, tells `{x}` from `&#123;x}`. What only keeps an address apart is left out.
    """
    pieces, at = [], 0
    for start, end in [*code_spans(cell), (len(cell), len(cell))]:
        text = cell[at:start].replace(NOTHING, "")
        pieces += [re.sub(_LIVE, _marked, text), cell[start:end]]
        at = end
    return "".join(pieces)


NOTHING = '{""}'
"""An expression of MDX that shows nothing: it keeps apart what Docusaurus would find in the text of a page."""

_LONGEST_HOST = 300  # characters: names of hosts have at most 253


def is_sound_address(value: str, at: int, *, is_text: bool = False, in_link: bool = False) -> bool:
    """Return True if what a program may take for an address, from this offset on, can be parsed as one.

    `is_text` is for a value whose marks are text, `in_link` for the text of a link. Docusaurus finds addresses in the
    text of a page, however that is spelled, and cannot build a page with any other.
    """
    word = re.split(r"[ \t\n]", value[at : at + _LONGEST_HOST], maxsplit=1)[0]
    if not is_text:
        word = re.split(r"<|\]\(" if in_link else "<", word, maxsplit=1)[0]
    number = "(?:2[0-4]|1?[0-9])?[0-9]"
    # what ends in a number is an IP address
    host = rf"(?:{number}\.){{3}}{number}|(?:[\w-]+\.)*(?!\d+(?:[:/?#]|$))[\w-]+"
    sound = rf"(?i)(?:(?:https?|ftp)://|www\.|mailto:)(?:[\w.~%-]+@)?(?:{host})(?::[1-5]?[0-9]{{1,4}})?(?:[/?#]|$)"
    return re.match(sound, word.rstrip("!\"'),.:;?]}*_~" if not is_text else "!\"'),.:;?]}")) is not None


class Tag(NamedTuple):
    """A tag in a value: where it is, its name, and whether it needs no partner."""

    start: int
    end: int
    name: str
    is_whole: bool


def jsx_tag(
    tag: str, name: str, spelled: Callable[[str], str], *, is_whole: bool, keep_expressions: bool
) -> str | None:
    """Return an HTML tag as JSX, with this name: attributes quoted, styles as objects, void elements closed.

    `spelled` spells the text of an attribute for a cell. Return None for a tag with an attribute that JSX has no name
    for, or to which React gives a meaning of its own. Raise ValueError for a pipe inside an expression.
    """
    found = re.match(_PARTS, tag)
    if found is None:
        return None
    attributes = []
    for each in re.finditer(_ATTRIBUTE, found["attributes"]):
        if not re.fullmatch(_JSX_NAME, each["name"]) or each["name"] in _OF_REACT:
            return None
        attributes.append(_attribute(each["name"], each["value"], spelled, keep_expressions=keep_expressions))
    if "/" in found["end"] and not attributes:
        return f"<{name}/>"
    return f"<{name}{''.join(attributes)}{' />' if is_whole and not name.startswith('/') else '>'}"


def _attribute(name: str, value: str | None, spelled: Callable[[str], str], *, keep_expressions: bool) -> str:
    if value is None:
        return f" {name}={{{{}}}}" if name.lower() == "style" else f" {name}"
    if keep_expressions and value.startswith("{") and value.endswith("}"):
        if "|" in value:
            raise ValueError(f"a pipe inside {value[:80]}")
        return f" {name}={value}"
    text = value[1:-1] if value[0] in "\"'" else value
    if name.lower() == "style":
        return f" style={{{{{', '.join(_styles(text))}}}}}"
    quote = value[0] if value[0] in "\"'" else '"'
    return f" {name}={quote}{spelled(text)}{quote}"


def _styles(text: str) -> Sequence[str]:
    """Return the declarations of a style as the members of an object, as React wants them."""
    members = []
    from html import unescape  # few cells have styles, and fewer are in MDX

    for declaration in re.findall(_STYLE, unescape(text)):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if colon and name and (name.islower() or name.startswith("--")):  # CSS knows no `fontSize`
            words = name.split("-")
            camel = name if name.startswith("--") else words[0] + "".join(word.capitalize() for word in words[1:])
            members.append(f"{camel if camel.isidentifier() else _string(camel)}: {_string(value)}")
    return members


def _string(text: str) -> str:
    """Return a string of JavaScript without characters that have a meaning in a cell."""
    import json  # the same

    return re.sub(r"[|`$<{}]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def paired(value: str, tags: Sequence[Tag]) -> set[int]:
    """Return the offsets of the tags that MDX compiles: those without a need for a partner, and those with one.

    What is between the two must be whole: MDX refuses a tag that is closed outside of the emphasis that it begins in.
    """
    if len(tags) > _MOST_TAGS:  # finding their partners takes time quadratic in them
        return {tag.start for tag in tags if tag.is_whole}
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
    if len(text) > _LONGEST_INSIDE:
        return False
    text = re.sub(_CODE, "", re.sub(r"\\.", "", text, flags=re.DOTALL))
    before = ""
    while before != text:
        before, text = text, re.sub(_EMPHASIS, "", re.sub(_LINK, "", text))
    return not re.search(_DELIMITERS, text)
