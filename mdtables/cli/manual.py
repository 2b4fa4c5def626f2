"""The commands -> a manual page, in the macros of man(7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mdtables import __version__
from mdtables.cli.commands import DOCS, EXIT_STATUS
from mdtables.cli.described import Argument, Command
from mdtables.model.options import SPECS


def manual(commands: Sequence[Command]) -> str:
    """Return the page mdtables(1)."""
    return "\n".join(_lines(commands)) + "\n"


def _lines(commands: Sequence[Command]) -> Iterator[str]:
    yield f'.TH MDTABLES 1 "" "mdtables {__version__}" "User Commands"'
    yield from (".SH NAME", r"mdtables \- keep tables in Markdown aligned and true to their data")
    yield from (".SH SYNOPSIS", ".B mdtables", r"\fICOMMAND\fR [\fIOPTIONS\fR] \&...")
    yield ".SH DESCRIPTION"
    yield "Regenerates the tables between a pair of markers in Markdown documents from CSV, YAML, JSON, TOML and front"
    yield "matter, and writes hand edits in them back into the data. Without a source, a table is only aligned."
    yield ".SH COMMANDS"
    for command in commands:
        operands = " ".join(f"[\\fI{_escaped(each.value)}\\fR]" for each in command.operands)
        yield f".SS mdtables {_escaped(command.name)} {operands}".rstrip()
        yield _escaped(f"{command.summary[0].upper()}{command.summary[1:]}.")
        for each in [*command.operands, *command.options]:
            yield from _argument(each)
    yield ".SH OPTIONS OF A REGION"
    yield "A start marker takes these, like sort=\\(dq\\-year\\(dq."
    for spec in SPECS.values():
        yield from (".TP", f".B {_escaped(spec.name)}", _escaped(f"{spec.summary}. Default: {spec.default}."))
    yield ".SH EXIT STATUS"
    for line in EXIT_STATUS.splitlines()[1:]:
        status, _, meaning = line.strip().partition(" ")
        yield from (".TP", f".B {status}", _escaped(meaning.strip()))
    yield from (".SH FILES", ".TP", ".B mdtables.toml", "The configuration of a project; also [tool.mdtables] in")
    yield from (".B pyproject.toml", "of the same folder or one above it.", ".SH SEE ALSO", _escaped(DOCS))


def _argument(argument: Argument) -> Iterator[str]:
    if argument.names == ["-h", "--help"]:
        return
    names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in argument.names)
    value = f"\\fI{_escaped(argument.value)}\\fR" if argument.value else ""
    yield from (".TP", " ".join(filter(None, [names, value])), _escaped(argument.summary))


def _escaped(text: str) -> str:
    """Return text that troff shows as it is."""
    text = text.replace("`", "").replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text
