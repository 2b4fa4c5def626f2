"""The grammar of `where`: a closed part of SQL's WHERE, text -> conditions. Knows names and values, not tables.

where     := all {"or" all};  all := one {"and" one};  one := ["not"] one | "(" where ")" | NAME test
test      := ("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=") VALUE | ["not"] "in" "(" VALUE {"," VALUE} ")"
           | ["not"] "between" VALUE "and" VALUE | ["not"] ("contains" | "starts with") TEXT | "is" ["not"] "empty"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NoReturn

from mdtables.model.errors import OptionError
from mdtables.model.table import NUMBER
from mdtables.records import NamedTuple

_LONGEST = 4096  # characters
_DEEPEST = 50  # parentheses and nots in each other
_TOKEN = re.compile(
    rf"""(?x)\s*(?:(?P<text>'(?:[^']|'')*') | (?P<quoted>`[^`]*`) | (?P<number>(?a:{NUMBER}))(?![\w.])
    | (?P<word>@?[^\W\d][\w-]*(?:\.[\w-]+)*) | (?P<operator><>|!=|<=|>=|[=<>](?!=)) | (?P<mark>[(),]) | (?P<odd>\S))"""
)
_WORDS = frozenset({"and", "or", "not", "in", "between", "contains", "starts", "with", "is", "empty"})
_OPERATORS = "=, !=, <, <=, >, >=, in (…), between … and …, contains, starts with, is empty"
_OTHER_WORDS = {
    "like": "write contains '…' or starts with '…'",
    "ilike": "write contains '…' or starts with '…'",
    "null": "write is empty",
    "missing": "write is empty",
    "==": "write =",
    '"': "text is in single quotes, a name with blanks in backquotes: `Last Name` = 'Smith'",
    "&": "write and",
    "|": "write or",
    "!": "write not before the condition, or != for =",
}

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "contains", "starts with"]


class Value(NamedTuple):
    """A value to compare with: a number is compared as a number, a text as text."""

    text: str
    is_number: bool


class Comparison(NamedTuple):
    """A column is compared with a value."""

    name: str
    operator: Operator
    value: Value


class Not(NamedTuple):
    """A condition that must not hold."""

    condition: Condition


class Every(NamedTuple):
    """Conditions that must all hold."""

    conditions: tuple[Condition, ...]


class Some(NamedTuple):
    """Conditions of which one must hold."""

    conditions: tuple[Condition, ...]


Condition = Comparison | Not | Every | Some


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def condition_of(text: str) -> Condition:
    """Return the condition that a text means. Raise OptionError with the span of what is wrong."""
    if len(text) > _LONGEST:
        raise OptionError(f"a condition of more than {_LONGEST} characters", _LONGEST, len(text))
    return _Parser(text).whole()


def tests_in(condition: Condition) -> Iterator[Comparison]:
    """Yield every comparison in a condition."""
    if isinstance(condition, Comparison):
        yield condition
    elif isinstance(condition, Not):
        yield from tests_in(condition.condition)
    else:
        for each in condition.conditions:
            yield from tests_in(each)


def pinned(condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each column that can have just one value where the condition holds."""
    if isinstance(condition, Comparison) and condition.operator == "=":
        yield condition.name, condition.value.text
    elif isinstance(condition, Every):
        for each in condition.conditions:
            yield from pinned(each)


class _Parser:
    """Parse by descent, one method for each rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text, 0, 0
        self.tokens: list[_Token] = []
        for found in _TOKEN.finditer(text.rstrip()):
            kind = found.lastgroup or "odd"
            self.tokens.append(_Token(kind, found[kind], found.start(kind), found.end(kind)))
        self.tokens.append(_Token("end", "", len(text), len(text)))

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def whole(self) -> Condition:
        if self.next.kind == "end":
            raise OptionError("a condition is missing", 0, len(self.text))
        condition = self.some()
        if self.next.kind != "end":
            self.fail('"and" or "or"')
        return condition

    def some(self) -> Condition:
        return self.joined("or", self.every, Some)

    def every(self) -> Condition:
        return self.joined("and", self.one, Every)

    def joined(
        self, word: str, part: Callable[[], Condition], together: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition:
        parts = [part()]
        while self.took(word):
            parts.append(part())
        return together(tuple(parts)) if len(parts) > 1 else parts[0]

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise OptionError(f"more than {_DEEPEST} conditions in each other", self.next.start, self.next.end)
        if self.took("not"):
            condition: Condition = Not(self.one())
        elif self.took("("):
            condition = self.some()
            if not self.took(")"):
                self.fail('"and", "or" or ")"')
        else:
            condition = self.test(self.name())
        self.depth -= 1
        return condition

    def test(self, name: str) -> Condition:
        if self.took("is"):
            negated = self.took("not")
            if not self.took("empty"):
                self.fail('"empty"')
            return _negated(Comparison(name, "=", Value("", is_number=False)), negated=negated)
        token = self.next
        if token.kind == "operator":
            self.at += 1
            return Comparison(name, "!=" if token.text == "<>" else token.text, self.value())  # type: ignore[arg-type]
        negated = self.took("not")
        if self.took("in"):
            condition: Condition = Some(tuple(Comparison(name, "=", value) for value in self.values()))
        elif self.took("between"):
            least = self.value()
            if not self.took("and"):
                self.fail('"and" and the second value of between')
            condition = Every((Comparison(name, ">=", least), Comparison(name, "<=", self.value())))
        elif self.took("contains"):
            condition = Comparison(name, "contains", self.value(only_text=True))
        elif self.took("starts"):
            if not self.took("with"):
                self.fail('"with"')
            condition = Comparison(name, "starts with", self.value(only_text=True))
        else:
            self.fail(f"one of {_OPERATORS}", "" if self.next.text else f": a column is compared, {name} != 'true'")
        return _negated(condition, negated=negated)

    def name(self) -> str:
        token = self.next
        if token.kind == "quoted" and len(token.text) > 2:
            self.at += 1
            return token.text[1:-1]
        if token.kind != "word" or token.text.lower() in _WORDS:
            self.fail("the name of a column")
        self.at += 1
        return token.text

    def values(self) -> Iterator[Value]:
        if not self.took("("):
            self.fail('"(" and values')
        yield self.value()
        while self.took(","):
            yield self.value()
        if not self.took(")"):
            self.fail('"," or ")"')

    def value(self, *, only_text: bool = False) -> Value:
        token = self.next
        if token.kind == "text":
            self.at += 1
            return Value(token.text[1:-1].replace("''", "'"), is_number=False)
        if token.kind == "number" and not only_text:
            if re.search(r"[eE][+-]?\d{7}", token.text):
                raise OptionError(f"{token.text} is too large, or too small, to be compared", token.start, token.end)
            self.at += 1
            return Value(token.text, is_number=True)
        hint = f": text is in single quotes, '{token.text}'" if token.kind in ("word", "number") else ""
        if self.text[max(token.start - 1, 0) : token.end] in ("=>", "=<"):
            reason = f'write {token.text}= instead of "={token.text}"'
            raise OptionError(reason, token.start - 1, token.end)
        return self.fail("text in single quotes" if only_text else "a number or text in single quotes", hint)

    def took(self, word: str) -> bool:
        """Go on if the next token is this word or mark."""
        token = self.next
        if token.kind in ("word", "mark") and token.text.lower() == word:
            self.at += 1
            return True
        return False

    def fail(self, wanted: str, hint: str = "") -> NoReturn:
        token = self.next
        if token.text == "'":
            raise OptionError("this text is not closed: it ends with '", token.start, len(self.text))
        doubled = self.text[token.start : token.start + 2] if token.kind == "odd" else ""
        found = doubled if doubled in ("==", "&&", "||") else token.text
        known = _OTHER_WORDS.get(found.lower()) or _OTHER_WORDS.get(found[:1])
        hint = hint or (f": {known}" if known else "")
        there = f'"{found}"' if found else "the end"
        end = max(token.end, token.start + len(found))
        raise OptionError(f"expected {wanted} instead of {there}{hint}", token.start, end)


def _negated(condition: Condition, *, negated: bool) -> Condition:
    return Not(condition) if negated else condition
