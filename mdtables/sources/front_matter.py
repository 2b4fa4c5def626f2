"""The front matter of a document -> a table of one row: YAML between lines of `---`, or TOML between three plus signs.

Knows where it begins and ends; what is in it is known to the formats.
"""

from __future__ import annotations

import re

from mdtables.model.diagnostics import Location
from mdtables.model.failures import failure
from mdtables.model.options import Options
from mdtables.model.table import Changes, Table
from mdtables.records import NamedTuple
from mdtables.sources import toml_edit, toml_file, yaml_edit, yaml_file
from mdtables.sources.decode import check_conflicts, decode
from mdtables.sources.tree_table import table_of

_OPENING = re.compile(r"(---|\+\+\+)[ \t]*(?:\r\n|\n|\r)")
_TOML = 3 * "+"
_LOOKS_LIKE_KEY = re.compile(r"[\w\"'-][\w .\"'-]*[:=]")


class FrontMatter(NamedTuple):
    """The span of the text between the two fences, and the fence; all empty if a document has none."""

    start: int = 0
    end: int = 0
    fence: str = ""


def read(data: bytes, path: str, options: Options, _most: int | None = None, *, is_record: bool = True) -> Table:
    """Return the front matter of a document as one row, of a document without it a row without columns.

    Raise MdtablesError if it is not closed, or not well formed.
    """
    text = decode(data, path, "utf-8", "save it as UTF-8", may_conflict=True)  # below it, markers may be an example
    found = _front_matter(text, path)
    inside = text[found.start : found.end]
    check_conflicts(inside, path, above=1)
    if not inside.strip():
        return Table((), [[]], lines=[1], path=path)
    parse = toml_file.parse if found.fence == _TOML else yaml_file.parse
    tree = parse(inside, path, 1)
    if not tree.value:
        return Table((), [[]], lines=[1], path=path)
    if not isinstance(tree.value, dict):
        message = "this front matter is not a mapping of names to values"
        raise failure("source-shape", message, at=Location(path, 2), hint='expected lines like "title: A title"')
    tree = yaml_file.merged(tree, path) if found.fence == "---" else tree
    return table_of(tree._replace(line=1), (), path, options, is_record=is_record)


def edit(data: bytes, path: str, options: Options, changes: Changes, *, is_record: bool = True) -> bytes:
    """Return the document with these changes to its front matter, and everything else byte for byte.

    Raise MdtablesError if it cannot be.
    """
    text = data.decode()
    table = read(data, path, options)
    mark = 1 if text.startswith("\ufeff") else 0
    found = _front_matter(text[mark:], path)
    if not text[mark:][found.start : found.end].strip():
        message = "cannot edit: this document has no front matter"
        raise failure("cannot-pull", message, at=Location(path), hint="add it between two lines of ---, then fix")
    edit_text = toml_edit.edit_text if found.fence == _TOML else yaml_edit.edit_text
    start, end = found.start + mark, found.end + mark
    new = edit_text(text[start:end], path, table, options, changes, above=1, is_record=is_record)
    return (text[:start] + new + text[end:]).encode()


def span(data: bytes, path: str, options: Options, row: int, column: int, *, is_record: bool = True) -> tuple[int, int]:
    """Return the offsets of a value in the text of the document. Raise MdtablesError if it is not in one place."""
    text = data.decode()
    table = read(data, path, options)
    mark = 1 if text.startswith("\ufeff") else 0
    found = _front_matter(text[mark:], path)
    places_in = toml_edit.places_in if found.fence == _TOML else yaml_edit.places_in
    first = found.start + mark
    places = places_in(text[first : found.end + mark], path, table, options, is_record=is_record)
    start, end = places.span(row, column)
    return first + start, first + end


def _front_matter(text: str, path: str) -> FrontMatter:
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter()
    fence = r"---|\.\.\." if opening[1] == "---" else r"\+\+\+"
    closing = re.compile(rf"(?<=[\r\n])(?:{fence})[ \t]*(?:\r\n|\n|\r|\Z)").search(text, opening.end())
    if closing:
        return FrontMatter(opening.end(), closing.start(), opening[1])
    if _LOOKS_LIKE_KEY.match(text, opening.end()):
        hint = f"end it with a line of {opening[1]}"
        raise failure("source-syntax", "this front matter is not closed", at=Location(path, 1), hint=hint)
    return FrontMatter()  # a rule above the text
