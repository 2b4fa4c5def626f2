"""What Python programs call: reading a source, writing a table as Markdown, fixing a file; options as on a marker."""

from __future__ import annotations

import os

from mdtables.commands.session import start
from mdtables.commands.show import as_markdown, show
from mdtables.model.diagnostics import Diagnostic, Location, located_at
from mdtables.model.errors import MdtablesError
from mdtables.model.options import SPECS, Options, option_meant, with_values
from mdtables.model.suggestions import did_you_mean
from mdtables.model.table import Table
from mdtables.pipelines.outcome import Outcome
from mdtables.tables.shape import shape
from mdtables.workspace import files
from mdtables.workspace.config import Projects


def read(source: str, /, **options: str) -> Table:
    """Return the table that a source makes, as values: `read("data/x.csv", sort="-year", columns="name, year")`.

    Paths are relative to the working folder. Options are those of a region, with `_` for `-`. Raise MdtablesError for a
    source that is missing or wrong, ValueError for a wrong option, TypeError for one that is no text.
    """
    folder = os.getcwd()
    shaped, _ = show(_options({"source": source, **options}), Projects(folder), folder)
    return shaped.table


def render(table: Table, /, **options: str) -> str:
    """Return a table as Markdown, aligned: `render(Table(["a"], [["1"]]), align="left")`.

    Every value is encoded so that renderers show it as it is. Raise MdtablesError for what no table can contain,
    ValueError for a wrong option, TypeError for one that is no text.
    """
    chosen, here = _options(options), located_at(Location(""))
    return "".join(f"{text}\n" for text in as_markdown(shape(table, chosen, here), chosen, 1))


def fix_file(path: str | os.PathLike[str], /, *, write: bool = True, force: bool = False) -> Outcome:
    """Regenerate and align the tables of a document, as `mdtables fix` does, and return what came of it.

    The file is written if something changed and nothing is wrong, unless `write` is false. With `force`, tables that
    were edited by hand are overwritten. Raise OSError if the file cannot be read, MdtablesError if it is excluded.
    """
    name = os.fspath(path)
    session = start(os.getcwd(), write=write, force=force)
    outcome = session.fix(name, files.read(name), found_in=None)
    if outcome is None:  # it is only for documents that were found, instead of named
        raise MdtablesError(Diagnostic("excluded", "excluded", at=Location(name)))
    return outcome


def _options(texts: dict[str, str]) -> Options:
    values = {}
    for name, text in texts.items():
        spec = SPECS.get(name.replace("_", "-"))
        if spec is None:
            meant = did_you_mean(option_meant(name), SPECS, what="options")
            raise ValueError(f'unknown option "{name}"; {meant}')
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a text, as on a marker, not {type(text).__name__}")
        try:
            values[spec.name] = spec.parse(text)
        except ValueError as reason:
            raise ValueError(f'invalid {name}="{text}": {reason}') from None
    return with_values(Options(), values)
