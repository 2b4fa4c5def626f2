"""The pages of the reference that are made from the code: a section for each code, and one for each public name."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

import mdtables
from mdtables.model.diagnostics import CODES

ROOT = Path(__file__).parent.parent


def page_of_codes() -> str:
    """Return the page with a section for each code: what it means, an example of a case, why, and what to do."""
    why = yaml.safe_load((ROOT / "docs/data/why.yaml").read_text(encoding="utf-8"))
    parts = [
        "# Why did it say …?",
        "A section for each code of [the diagnostics](diagnostics.md): an example, the reason, and what to do.",
    ]
    examples = examples_of_codes()
    for code, (severity, meaning) in CODES.items():
        parts += [f"## {code}", f"{severity.capitalize()}: {meaning}."]
        parts += [f"```text\n{examples[code]}\n```"] if code in examples else []
        parts += [why[code]["why"].strip(), f"**What to do:** {why[code]['cure'].strip()}"]
    parts += ["## stale", "Not a problem, but work to do: a table is not what its source makes, or not aligned."]
    parts += ["**What to do:** `mdtables fix`, the quick fix of an editor, or the hook, which does it in each commit."]
    return "\n\n".join(parts) + "\n"


def examples_of_codes() -> dict[str, str]:
    """Return the shortest diagnostic with each code that a case expects."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "tests/cases").glob("*/problems.txt")):
        for block in re.findall(r"(?m)^\S.*\n(?:  .*\n)*", path.read_text(encoding="utf-8")):
            code = re.search(r": (?:error|warning)\[([a-z0-9-]+)\]: ", block)
            if code and len(block) < len(found.get(code[1], block + "x")):
                found[code[1]] = block.rstrip()
    return found


def page_of_names() -> str:
    """Return the page with a section for each name in `mdtables.__all__`: its signature, docstring and members."""
    parts = [
        "# Names of the library",
        "Everything in `mdtables.__all__`, from the docstrings. How they work together: [the library](library.md).",
    ]
    functions = [name for name in mdtables.__all__ if not isinstance(getattr(mdtables, name), type)]
    for name in [*functions, *(name for name in mdtables.__all__ if name not in functions)]:
        subject = getattr(mdtables, name)
        parts += [f"## {name}", f"```python\n{signature_of(subject)}\n```", inspect.getdoc(subject) or ""]
        members = list(members_of(subject)) if isinstance(subject, type) else []
        parts += ["\n".join(members)] if members else []
    return "\n\n".join(parts) + "\n"


def signature_of(subject: Any) -> str:
    """Return the signature of a function, or the fields of a class and their defaults, as they would be written."""
    return _signature(subject).replace("'", '"')  # as the formatter writes them


def _signature(subject: Any) -> str:
    if getattr(subject, "_is_protocol", False):
        method = call_of("__call__", inspect.signature(subject.__call__))
        return f"class {subject.__name__}(Protocol):\n    def {method}"
    call = inspect.signature(subject)
    if not isinstance(subject, type):
        return call_of(subject.__name__, call)
    fields = subject.__annotations__ if hasattr(subject, "_fields") else {}
    if not fields:
        return f"class {call_of(subject.__name__, call.replace(return_annotation=inspect.Signature.empty))}"
    lines = [f"    {name}: {kind}{default_of(call.parameters[name].default)}" for name, kind in fields.items()]
    return "\n".join([f"class {subject.__name__}:", *lines])


def call_of(name: str, call: inspect.Signature) -> str:
    """Return a signature with the annotations as they stand in the code, and without long defaults."""
    shown, before = [], None
    for each in call.parameters.values():
        if before is inspect.Parameter.POSITIONAL_ONLY and each.kind is not before:
            shown.append("/")
        if each.kind is inspect.Parameter.KEYWORD_ONLY and before is not each.kind:
            shown.append("*")
        stars = {"VAR_KEYWORD": "**", "VAR_POSITIONAL": "*"}.get(each.kind.name, "")
        annotation = "" if each.annotation is inspect.Parameter.empty else f": {each.annotation}"
        shown.append(f"{stars}{each.name}{annotation}{default_of(each.default)}")
        before = each.kind
    if before is inspect.Parameter.POSITIONAL_ONLY:
        shown.append("/")
    returned = "" if call.return_annotation is inspect.Signature.empty else f" -> {call.return_annotation}"
    line = f"{name}({', '.join(shown)}){returned}"
    if len(line) < 72:  # as wide as a page shows
        return line
    return "\n".join([f"{name}(", *(f"    {each}," for each in shown), f"){returned}"])


def default_of(value: object) -> str:
    """Return the default of an argument, as ` = value`; an ellipsis if its text is long, or differs in each run."""
    if value is inspect.Parameter.empty:
        return ""
    if callable(value) or len(repr(value)) > 20:
        return " = ..."
    return f" = {json.dumps(value) if isinstance(value, str) else repr(value)}"


def members_of(subject: type) -> Iterator[str]:
    """Yield a line for each method and property of a class that has a docstring, as an item of a list."""
    for name, member in vars(subject).items():
        if name.startswith("_") or name in getattr(subject, "_fields", ()) or not (inspect.getdoc(member) or ""):
            continue
        first = " ".join((inspect.getdoc(member) or "").split("\n\n")[0].split())
        yield f"- `{name}{'' if isinstance(member, property) else '()'}`: {first}"
