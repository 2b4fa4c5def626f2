"""Scalars of YAML as they are written, and which plain ones are null. Knows no nodes and no tables."""

from __future__ import annotations

import json
import re

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser: libyaml, or PyYAML's own if it was built without that, which gives the same events ten times slower."""

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN = re.compile(r"[^\W_][\w.+/-]*(?: [\w.+/()-]+)*", re.ASCII)


def scalar(text: str, *, quoted: bool = False) -> str:
    """Return a scalar for a text: plain for words and numbers, unless `quoted`, else in double quotes."""
    if not quoted and _PLAIN.fullmatch(text) and text not in NULLS:
        return text
    return json.dumps(text, ensure_ascii=False)  # YAML reads all escapes of JSON
