"""What a query does with names: what it compares, and which it uses in places where a text is not what it seems.

Works on tokens, so it knows what is next to what, not what SQL makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mdtables.model.queries import Token, tokens
from mdtables.records import NamedTuple

_COMPARISONS = ("=", "==", "<>", "!=", "<", "<=", ">", ">=", "IS")
_ORDERS = ("<", "<=", ">", ">=")
_EQUALITIES = ("=", "==", "<>", "!=")
_NO_OPERANDS = frozenset(
    [
        "ALL",
        "AND",
        "AS",
        "BETWEEN",
        "BY",
        "CASE",
        "DISTINCT",
        "ELSE",
        "END",
        "EXCEPT",
        "EXISTS",
        "FROM",
        "GROUP",
        "HAVING",
        "IN",
        "INTERSECT",
        "IS",
        "JOIN",
        "LIKE",
        "LIMIT",
        "NOT",
        "NULL",
        "ON",
        "OR",
        "ORDER",
        "SELECT",
        "THEN",
        "UNION",
        "USING",
        "VALUES",
        "WHEN",
        "WHERE",
        "WITH",
        "TRUE",
        "FALSE",
    ]
)
_RETURN_NUMBERS = frozenset(
    [
        "abs",
        "avg",
        "count",
        "cume_dist",
        "dense_rank",
        "instr",
        "length",
        "ntile",
        "percent_rank",
        "rank",
        "round",
        "row_number",
        "sum",
    ]
)
_KEEP_VALUES = frozenset(
    ["coalesce", "first_value", "ifnull", "iif", "lag", "last_value", "lead", "max", "min", "nth_value", "nullif"]
)
_BEFORE_CONDITIONS = frozenset(["WHERE", "AND", "OR", "NOT", "WHEN", "HAVING", "ON"])
_BELOW_CONDITIONS = frozenset(
    ["", "AND", "OR", "THEN", ")", ";", ",", "GROUP", "ORDER", "LIMIT", "HAVING", "UNION", "EXCEPT", "INTERSECT"]
)
_PARTS = ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "WINDOW")
_ARITHMETIC = ("*", "/", "%", "+", "-", "||")
_AGGREGATES = frozenset(["avg", "count", "group_concat", "max", "min", "sum"])


class Operand(NamedTuple):
    """One side of a comparison with a number: where it is, and the name that it is, in lower case, "" for others.

    `by_order` is true for a comparison like `<`, false for `=`.
    """

    start: int
    end: int
    name: str
    by_order: bool = False


def compared_with_numbers(sql: str) -> list[Operand]:
    """Return what is compared with a number, like `stars` in `stars >= 1000`: names, calls that may return texts."""
    found = list(tokens(sql))
    operands: list[Operand] = []
    for at, token in enumerate(found):
        word = token.spelled.upper()
        if word in _COMPARISONS:
            after = at + 1 + (word == "IS" and _word(found, at + 1) == "NOT")
            own: Iterator[Operand] = iter(())
            if _is_number(found, after):
                own = _left_of(found, at)
            elif at and found[at - 1].kind == "number" and word != "IS":
                own = _right_of(found, after)
            operands += [each._replace(by_order=word in _ORDERS) for each in own]
        elif word == "BETWEEN" and (_is_number(found, at + 1) or _is_number(found, _and_after(found, at) + 1)):
            left = _left_of(found, at - (_word(found, at - 1) == "NOT"))
            operands += [each._replace(by_order=True) for each in left]
        elif word == "IN" and _word(found, at + 1) == "(" and _is_number(found, at + 2):
            operands += _left_of(found, at - (_word(found, at - 1) == "NOT"))
    return operands


def equal_names(sql: str) -> list[tuple[str, str]]:
    """Return the pairs of names that are compared by `=`, as in a join, in lower case."""
    found = list(tokens(sql))
    pairs: list[tuple[str, str]] = []
    for at, token in enumerate(found):
        if token.spelled in _EQUALITIES:
            sides = [*_left_of(found, at), *_right_of(found, at + 1)]
            if len(sides) == 2 and all(side.name for side in sides):
                pairs.append((sides[0].name, sides[1].name))
    return pairs


def compared_with_truth(sql: str) -> Iterator[tuple[str, Token]]:
    """Yield the names that are compared with TRUE or FALSE, in lower case, and that word."""
    found = list(tokens(sql))
    for at, token in enumerate(found):
        before = at - 1 - (_word(found, at - 1) == "NOT" and _word(found, at - 2) == "IS")
        is_compared = token.kind == "word" and _word(found, before) in (*_EQUALITIES, "IS")
        if token.spelled.upper() in ("TRUE", "FALSE") and is_compared:
            for side in _left_of(found, before):
                if side.name:
                    yield side.name, token


def bare_conditions(sql: str) -> Iterator[Token]:
    """Yield the names that are conditions by themselves, like `b` in `WHERE NOT b`."""
    found = list(tokens(sql))
    for at, token in enumerate(found):
        if not _is_name(token) or _word(found, at + 1) not in _BELOW_CONDITIONS:
            continue
        first = at - 2 if _word(found, at - 1) == "." else at
        is_iif = _word(found, first - 1) == "(" and _word(found, first - 2) == "IIF" and _word(found, at + 1) == ","
        while _word(found, first - 1) == "(" and found[at + 1 : at + 2] and found[at + 1].spelled == ")":
            first -= 1
        before = _word(found, first - 1)
        is_condition = before in _BEFORE_CONDITIONS and not (before == "AND" and _is_of_between(found, first - 1))
        if is_iif or is_condition:
            yield token


def names_in_expressions(sql: str) -> frozenset[str]:
    """Return the names, in lower case, whose values an expression passes on, like `a` in `coalesce(a, 0)`."""
    found = list(tokens(sql))
    names: set[str] = set()
    calls: list[str] = []
    for at, token in enumerate(found):
        if token.spelled == "(":
            calls.append(_word(found, at - 1).lower())
        elif token.spelled == ")" and calls:
            calls.pop()
        elif _is_name(token) and _word(found, at + 1) not in (".", "("):
            first = at - 2 if _word(found, at - 1) == "." else at
            is_argument = _word(found, first - 1) in ("(", ",") and calls and calls[-1] in _KEEP_VALUES
            is_aggregated = calls[-1:] in (["max"], ["min"]) and (_word(found, first - 1), _word(found, at + 1)) == (
                "(",
                ")",
            )
            if (is_argument and not is_aggregated) or _word(found, first - 1) in ("THEN", "ELSE"):
                names.add(token.value.lower())
    return frozenset(names)


def outside_of_groups(sql: str) -> Token | None:
    """Return the first name that a SELECT with GROUP BY shows and that is not grouped by; None if there is none.

    With one `max` or `min`, SQLite shows the values of the row that has it.
    """
    found = list(tokens(sql))
    for at, token in enumerate(found):
        if token.kind == "word" and token.spelled.upper() == "SELECT":
            items, grouped = _select(found, at)
            if grouped is None:
                continue
            calls = [each.spelled.lower() for item in items for each in item]
            if sum(calls.count(name) for name in _AGGREGATES) == sum(map(calls.count, ("max", "min"))) == 1:
                continue
            for number, item in enumerate(items, 1):
                name = _only_name(item)
                if name and not grouped & {name.value.lower(), str(number), _alias(item)}:
                    return name
    return None


def _select(found: Sequence[Token], at: int) -> tuple[list[list[Token]], set[str] | None]:
    """Return the items of a SELECT, and the names and numbers in its GROUP BY, None without one."""
    items: list[list[Token]] = [[]]
    grouped: set[str] | None = None
    depth, part = 0, "SELECT"
    for index in range(at + 1, len(found)):
        token, word = found[index], found[index].spelled.upper()
        depth += (word == "(") - (word == ")")
        if depth < 0 or (depth == 0 and word in ("UNION", "EXCEPT", "INTERSECT", ";")):
            break
        if depth == 0 and token.kind == "word" and word in _PARTS:
            part = word
            grouped = set() if word == "GROUP" else grouped
        elif part == "SELECT":
            if depth == 0 and word == ",":
                items.append([])
            elif not (word in ("DISTINCT", "ALL") and not items[-1]):
                items[-1].append(token)
        elif part == "GROUP" and grouped is not None and word != "BY":
            grouped.add(token.value.lower())
    return items, grouped


def _only_name(item: Sequence[Token]) -> Token | None:
    """Return the name that an item of a SELECT is, without its alias; None for an expression."""
    own = list(item)
    if len(own) >= 3 and own[-2].spelled.upper() == "AS":
        own = own[:-2]
    if len(own) == 3 and own[1].spelled == ".":
        own = own[2:]
    return own[0] if len(own) == 1 and _is_name(own[0]) else None


def _alias(item: Sequence[Token]) -> str:
    return item[-1].value.lower() if len(item) >= 3 and item[-2].spelled.upper() == "AS" else ""


def _word(found: Sequence[Token], at: int) -> str:
    return found[at].spelled.upper() if 0 <= at < len(found) and found[at].kind in ("word", "mark") else ""


def _is_name(token: Token) -> bool:
    return token.kind == "name" or (token.kind == "word" and token.spelled.upper() not in _NO_OPERANDS)


def _is_number(found: Sequence[Token], at: int) -> bool:
    at += _word(found, at) in ("-", "+")
    return 0 <= at < len(found) and found[at].kind == "number" and _word(found, at + 1) not in _ARITHMETIC


def _and_after(found: Sequence[Token], at: int) -> int:
    """Return the index of the AND of a BETWEEN."""
    depth = 0
    for index in range(at + 1, len(found)):
        word = found[index].spelled.upper()
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == "AND":
            return index
    return len(found)


def _is_of_between(found: Sequence[Token], at: int) -> bool:
    """Return True if an AND belongs to a BETWEEN."""
    for index in range(at - 1, -1, -1):
        word = _word(found, index)
        if word == "BETWEEN":
            return True
        if word in ("AND", "OR", "WHERE", "WHEN", "HAVING", "ON", "SELECT"):
            return False
    return False


def _left_of(found: Sequence[Token], at: int) -> Iterator[Operand]:
    """Yield the operand that ends before a token, if it is a name or a call that may return a text."""
    last = at - 1
    if last < 0:
        return
    first, name = last, ""
    if found[last].spelled == ")":
        first = _opening(found, last)
        if _word(found, first - 1) == "OVER" and _word(found, first - 2) == ")":
            first = _opening(found, first - 2)
        if first > 0 and _is_name(found[first - 1]) and found[first - 1].kind == "word":
            first -= 1
    elif _is_name(found[last]):
        name = found[last].value.lower()
        first = last - 2 if _word(found, last - 1) == "." else last
    else:
        return
    yield from _operand(found, first, last, name)


def _right_of(found: Sequence[Token], at: int) -> Iterator[Operand]:
    """Yield the operand that begins with a token, if it is a name or a call that may return a text."""
    if at >= len(found):
        return
    last, name = at, ""
    if _is_name(found[at]) and _word(found, at + 1) != "(":
        last = at + 2 if _word(found, at + 1) == "." and at + 2 < len(found) else at
        name = found[last].value.lower()
    elif found[at].spelled == "(" or _word(found, at + 1) == "(":
        last = _closing(found, at if found[at].spelled == "(" else at + 1)
        if _word(found, last + 1) == "OVER" and _word(found, last + 2) == "(":
            last = _closing(found, last + 2)
    else:
        return
    yield from _operand(found, at, last, name)


def _operand(found: Sequence[Token], first: int, last: int, name: str) -> Iterator[Operand]:
    if not 0 <= first <= last < len(found):
        return
    if _word(found, first - 1) in ("||", ".") or _word(found, last + 1) in ("||", "COLLATE", "."):
        return
    if not name and found[first].spelled.lower() in _RETURN_NUMBERS:
        return
    depth = 0
    for token in found[first : last + 1] if found[first].spelled == "(" else ():
        depth += (token.spelled == "(") - (token.spelled == ")")
        if depth == 1 and token.spelled == ",":
            return  # values in a row
    yield Operand(found[first].at, found[last].end, name)


def _opening(found: Sequence[Token], at: int) -> int:
    depth = 0
    for index in range(at, -1, -1):
        depth += (found[index].spelled == ")") - (found[index].spelled == "(")
        if depth == 0:
            return index
    return -1


def _closing(found: Sequence[Token], at: int) -> int:
    depth = 0
    for index in range(at, len(found)):
        depth += (found[index].spelled == "(") - (found[index].spelled == ")")
        if depth == 0:
            return index
    return len(found)
