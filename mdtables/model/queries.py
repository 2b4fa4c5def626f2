"""The text of a query: its words and where they are. Knows how SQL is spelled, and runs none of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from mdtables.model.errors import OptionError
from mdtables.records import NamedTuple

MOST_CHARACTERS = 100_000
_FILE = r"""[^\s"'();]+\.sql"""
_TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|$))
    |(?P<text>'(?:[^']|'')*(?:'|$))
    |(?P<name>"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)|\[[^\]]*(?:\]|$))
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<mark>\|\||<=|>=|<>|!=|==|<<|>>|->>?|.)""",
    re.VERBOSE | re.DOTALL,
)
_BEGINNINGS = ("SELECT", "WITH", "VALUES")


class Query(NamedTuple):
    """A query: its SQL, or the path of the file that has it, as it is written."""

    sql: str = ""
    path: str = ""


class Token(NamedTuple):
    """A token of SQL, as it is spelled, and its offset. A name is one in quotes, a word may be one."""

    kind: Literal["text", "name", "number", "word", "mark"]
    spelled: str
    at: int

    @property
    def end(self) -> int:
        return self.at + len(self.spelled)

    @property
    def value(self) -> str:
        """The text without the quotes that it is in."""
        if self.kind not in ("text", "name"):
            return self.spelled
        quote = self.spelled[-1]
        return self.spelled[1:-1].replace(quote * 2, quote)


def query_of(text: str) -> Query:
    """Return the query that the value of the option means. Raise ValueError."""
    found = path_or_sql(text)
    if found.path:
        return found
    check_query(text)
    if comment := next((found for found in _TOKEN.finditer(text) if found[0].startswith("--")), None):
        reason = "a -- comment would hide all that follows, as the lines of an option are one: put it into /* … */"
        raise OptionError(reason, comment.start(), comment.end())
    return found


def path_or_sql(text: str) -> Query:
    """Return what a text names: a file with a query, or one itself, which may not be well formed."""
    if re.fullmatch(_FILE, text.strip(), re.IGNORECASE):
        return Query(path=text.strip())
    return Query(text)


def check_query(sql: str) -> None:
    """Raise ValueError for a text that cannot be a query: it has to be one statement that only reads."""
    if len(sql) > MOST_CHARACTERS:
        raise ValueError(f"a query of more than {MOST_CHARACTERS} characters")
    found = tokens(sql)
    first = next(found, None)
    if first is None or first.spelled.upper() not in _BEGINNINGS:
        raise ValueError("expected SELECT …, or the path of a .sql file")
    after = False
    for token in found:
        if after:
            raise ValueError("a query is one statement: there is something after its ;")
        after = token.spelled == ";"


def tokens(sql: str) -> Iterator[Token]:
    """Yield the tokens of SQL, without comments."""
    for found in _TOKEN.finditer(sql):
        if found.lastgroup != "blank":
            yield Token(found.lastgroup, found[0], found.start())  # type: ignore[arg-type]


def is_ordered(sql: str) -> bool:
    """Return True if the outermost SELECT has an ORDER BY."""
    depth, before = 0, ""
    for token in tokens(sql):
        word = token.spelled.upper()
        depth += (word == "(") - (word == ")")
        if depth == 0 and before == "ORDER" and word == "BY":
            return True
        before = word
    return False


def names_within(sql: str) -> frozenset[str]:
    """Return the names that a query gives to the tables of its WITH, in lower case."""
    found = list(tokens(sql))
    names: set[str] = set()
    for index, token in enumerate(found):
        if token.spelled.upper() == "AS" and any(each.spelled == "(" for each in found[index + 1 : index + 4]):
            at = index - 1
            if at > 0 and found[at].spelled == ")":
                at = next((i for i in range(at, -1, -1) if found[i].spelled == "("), 0) - 1
            names.add(found[at].value.lower())
    return frozenset(names)


def compared_with_numbers(sql: str) -> frozenset[str]:
    """Return the names that are compared with a number by their order, like `stars >= 1000`, in lower case."""
    found = list(tokens(sql))
    names: set[str] = set()
    for left, mark, right in zip(found, found[1:], found[2:], strict=False):
        if mark.spelled in ("<", "<=", ">", ">=") or mark.spelled.upper() == "BETWEEN":
            sides = {left.kind: left, right.kind: right}
            if "number" in sides and len(sides) == 2:
                names.update(each.value.lower() for kind, each in sides.items() if kind in ("word", "name"))
    return frozenset(names)


def for_sqlite(sql: str) -> str:
    """Return SQL that means in SQLite what it means elsewhere.

    `/` divides with decimals: in SQLite, 7 / 2 is 3. A name in double quotes is one: SQLite takes it for a text where
    there is no such column.
    """
    parts, at = [], 0
    for token in tokens(sql):
        instead = ""
        if token.spelled == "/" and token.kind == "mark":
            instead = DIVISION
        elif token.kind == "name" and token.spelled.startswith('"'):
            instead = "`" + token.value.replace("`", "``") + "`"
        if instead:
            parts += [sql[at : token.at], instead]
            at = token.end
    return "".join([*parts, sql[at:]])


DIVISION = "*1.0/"
