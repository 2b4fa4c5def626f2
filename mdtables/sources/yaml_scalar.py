"""Scalars of YAML: how a text is written so that every reader reads a text, and which plain ones are null.

Knows no nodes and no tables.
"""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser: libyaml, or PyYAML's own if it was built without that, which gives the same events ten times slower."""

_RESOLVER: Any = yaml.resolver.Resolver()

Kind = str
"""What a plain scalar is to readers of YAML 1.1 and 1.2, like PyYAML, Ruby's Psych and Go's yaml.

They agree on `text`, `null`, `bool`, `number` and `date`, numbers and dates in their usual form. What some take for a
number or a date, like 0o17, 1e5, 12:30 and 2020-02-30, is of one kind only if all of them take both for the same.
"""

_WORDS: dict[str, Kind] = {
    **dict.fromkeys(("yes", "no", "on", "off", "true", "false"), "bool"),
    **dict.fromkeys(("y", "n"), "letter"),
    **dict.fromkeys(("null", "~", ""), "null"),
    **dict.fromkeys((".inf", "+.inf", "-.inf", ".nan"), "infinite"),
    **dict.fromkeys(("<<", "="), "special"),
}
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+")
_ODD_NUMBER = re.compile(
    r"[-+]?(?:0x[0-9a-f_,]+|0o?[0-7_,]+|0b[01_,]+|[0-9][0-9_,]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|(?:[0-9][0-9_,]*)?\.?[0-9_]*(?:e[-+]?[0-9]+)?)",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ODD_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?")
_CORE = {  # the types of YAML 1.2's core schema
    "int": re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    "float": re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
}
_WORDS_AND_NUMBERS = re.compile(r"[^\W_][\w.+/-]*(?: [\w.+/()-]+)*")
_NOT_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@`=<")
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")


def kind_of(text: str) -> Kind:
    """Return what a plain scalar with this text is to a reader that does not take it for a text."""
    if word := _WORDS.get(text.lower()):
        return word
    if _NUMBER.fullmatch(text):
        return "number"
    if _DATE.fullmatch(text) and _is_date(text):
        return "date"
    is_odd_number = _ODD_NUMBER.fullmatch(text) and any(character.isdigit() for character in text)
    return _odd_kind(text) if is_odd_number or _ODD_DATE.fullmatch(text) else "text"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _odd_kind(text: str) -> Kind:
    """Return the types of YAML 1.1 and 1.2 for a scalar that looks like a number or a date."""
    types = [str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False))).rpartition(":")[2]]
    types.append(next((name for name, pattern in _CORE.items() if pattern.fullmatch(text)), "str"))
    return " ".join(["odd", *types, "," if "," in text else ""])


def scalar(text: str) -> str:
    """Return a scalar that every reader takes for this text: plain for words, else in double quotes."""
    if _WORDS_AND_NUMBERS.fullmatch(text) and kind_of(text) == "text":
        return text
    return double_quoted(text)


def double_quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)  # YAML reads all escapes of JSON but surrogate pairs
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def can_be_plain(text: str, *, in_brackets: bool) -> bool:
    """Return True if a plain scalar can hold this text, whatever type readers give it."""
    if kind_of(text) in ("number", "date") or kind_of(text).startswith("odd"):
        return not (in_brackets and ("," in text or ":" in text))
    return (
        bool(text)
        and text.isprintable()
        and text == text.strip()
        and text[0] not in _NOT_FIRST
        and ": " not in text
        and " #" not in text
        and text[-1] != ":"
        and not (in_brackets and any(c in text for c in ",[]{}:"))
    )
