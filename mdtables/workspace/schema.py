"""The configuration as a JSON Schema, for editors and checkers, made from the definitions that reading it uses.

It is what `validate-pyproject` finds as the schema of [tool.mdtables]. JSON Schema draft 7, which all of them know.
"""

from __future__ import annotations

from typing import Any

from mdtables.model.diagnostics import CODES
from mdtables.model.options import SPECS
from mdtables.model.snapshots import ENGINES, MOST_ROWS, TEXTS
from mdtables.workspace.config import KEYS

ADDRESS = "https://raw.githubusercontent.com/mdtables/mdtables/main/docs/mdtables.schema.json"

_TYPES: dict[str, dict[str, Any]] = {
    "a list of text": {"type": "array", "items": {"type": "string"}},
    "true or false": {"type": "boolean"},
    "1 or 2": {"enum": [1, 2]},
}


def schema(tool_name: str = "mdtables") -> dict[str, Any]:  # noqa: ARG001  # validate-pyproject gives it
    """Return the schema of mdtables.toml, which is that of [tool.mdtables] in pyproject.toml."""
    properties: dict[str, Any] = {}
    for name, key in KEYS.items():
        properties[name] = {"description": key.summary, **_TYPES.get(key.kind, {})}
    warnings = [code for code, (severity, _) in CODES.items() if severity == "warning"]
    properties["ignore"]["items"] = {"enum": warnings}
    properties["refresh"] |= {
        "type": "object",
        "propertyNames": {"pattern": r"\.[cC][sS][vV]$"},
        "additionalProperties": _snapshot(),
    }
    for spec in SPECS.values():
        if spec.configurable:
            kind: dict[str, Any] = {"type": "integer", "minimum": 1} if spec.is_number else {"type": "string"}
            kind = {"enum": list(spec.words)} if spec.words else kind
            properties[spec.name] = {"description": f"{spec.summary}; default: {spec.default}", **kind}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": ADDRESS,
        "title": "mdtables",
        "description": "The configuration of mdtables: defaults for all tables of a project.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }


def _snapshot() -> dict[str, Any]:
    names = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
    properties: dict[str, Any] = {name: {"type": "string", "minLength": 1} for name in TEXTS}
    properties["engine"] = {"enum": list(ENGINES)}
    properties["key"] = {"anyOf": [{"type": "string", "minLength": 1}, names]}
    properties["header-row"] = {"type": "integer", "minimum": 1}
    properties["most-rows"] = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "oneOf": [{"required": ["connection"]}, {"required": ["engine"]}],
    }
