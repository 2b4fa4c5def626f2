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
    before = first
    for token in found:
        if before.spelled == ";":
            raise ValueError("a query is one statement: there is something after its ;")
        if before.kind == "word" and before.spelled.upper() == "INTO":
            raise OptionError("a query only selects: INTO would write what it selects", before.at, before.end)
        before = token
    _check_only_selects(sql)


_WRITING = frozenset(
    [
        "ALTER",
        "CALL",
        "COPY",
        "CREATE",
        "DELETE",
        "DROP",
        "EXEC",
        "GRANT",
        "INSERT",
        "MERGE",
        "REPLACE",
        "TRUNCATE",
        "UPDATE",
    ]
)


def _check_only_selects(sql: str) -> None:
    """Raise ValueError for a statement that writes where a SELECT may be: below WITH, or within it."""
    found = [*tokens(sql), Token("mark", "", len(sql))]
    for before, token, after in zip(found, found[1:], found[2:], strict=False):
        is_call = after.spelled in ("(", ",", ")", ".", "") or after.kind == "mark"
        if before.spelled in ("(", ")") and token.spelled.upper() in _WRITING and token.kind == "word" and not is_call:
            raise OptionError(f"a query only selects: {token.spelled} writes", token.at, token.end)


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


def edits_for_sqlite(sql: str) -> list[tuple[int, int, str]]:
    """Return the edits after which SQL means in SQLite what it means elsewhere: start, end and new text of each.

    `/` divides with decimals: in SQLite, 7 / 2 is 3. A name in double quotes is one: SQLite takes it for a text where
    there is no such column.
    """
    edits: list[tuple[int, int, str]] = []
    for token in tokens(sql):
        if token.spelled == "/" and token.kind == "mark":
            edits.append((token.at, token.end, DIVISION))
        elif token.kind == "name" and token.spelled.startswith('"'):
            edits.append((token.at, token.end, "`" + token.value.replace("`", "``") + "`"))
    return edits


DIVISION = "*1.0/"
