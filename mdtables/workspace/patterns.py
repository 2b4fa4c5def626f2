"""Patterns of `.gitignore`, matched as git does, in time that grows with a path's length times a pattern's.

Knows paths as texts. Not by a library: pathspec tries every way in which stars could match, which takes hours for
four of them and a name of 250 characters.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress

from mdtables.workspace import files
from mdtables.workspace.paths import relative

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_LONGEST = 4096  # characters of a pattern, as of a path
_CLASS = re.compile(r"\[([!^]?)(\]?(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]")
_NAMED = r"\[:([a-z]+):\]"
_NAMED_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": "\\s",
    "xdigit": "0-9a-fA-F",
    "punct": "!-/:-@\\[-`{-~",
    "print": " -~",
    "graph": "!-~",
    "cntrl": "\\x00-\\x1f\\x7f",
}


class _Name:
    """A name in a pattern: pieces of a fixed length, with a star between each two."""

    def __init__(self, text: str) -> None:
        """Raise ValueError for a class in brackets that is not closed, or a backslash at the end."""
        pieces: list[list[str]] = [[]]
        for element in _elements(text):
            if element == "*":
                pieces.append([])
            else:
                pieces[-1].append(element)
        self._first = re.compile("".join(pieces[0]), re.DOTALL)
        self._others = [(re.compile("".join(piece), re.DOTALL), len(piece)) for piece in pieces[1:] if piece]
        self._is_fixed = len(pieces) == 1
        self._is_open = not pieces[-1]  # it ends with a star

    def matches(self, name: str) -> bool:
        """Return True if the whole name matches: each piece where it first occurs, and the last one at the end."""
        if self._is_fixed:
            return bool(self._first.fullmatch(name))
        begins = self._first.match(name)
        if begins is None:
            return False
        at, middle = begins.end(), self._others
        if not self._is_open:
            last, length = middle[-1]
            middle = middle[:-1]
            end = len(name) - length
            if end < at or not last.fullmatch(name, end):
                return False
            name = name[:end]
        for piece, _ in middle:
            found = piece.search(name, at)
            if found is None:
                return False
            at = found.end()
        return True


def _elements(text: str) -> Iterator[str]:
    """Yield the expressions for the characters that a name in a pattern matches one by one, and `*`."""
    at = 0
    while at < len(text):
        character, at = text[at], at + 1
        if character == "*":
            yield "*"
        elif character == "?":
            yield "."
        elif character == "[":
            found = _CLASS.match(text, at - 1)
            if found is None:
                raise ValueError("a bracket is not closed")
            at = found.end()
            yield _class(found[2], is_negated=bool(found[1]))
        elif character == "\\":
            if at == len(text):
                raise ValueError("a backslash at the end")
            yield re.escape(text[at])
            at += 1
        else:
            yield re.escape(character)


def _class(inside: str, *, is_negated: bool) -> str:
    """Return an expression for one character of a class in brackets. Raise ValueError for a name that is not known."""
    written, at = "", 0
    for found in re.finditer(_NAMED, inside):
        if found[1] not in _NAMED_CLASSES:
            raise ValueError(f"there is no class {found[0]}")
        written += _ranges(inside[at : found.start()]) + _NAMED_CLASSES[found[1]]
        at = found.end()
    written += _ranges(inside[at:])
    return f"[{'^' * is_negated}{written}]" if written else "(?!)"


def _ranges(text: str) -> str:
    """Return characters and ranges of them for a class of `re`."""
    characters = re.findall(r"\\(.)|(.)", text, re.DOTALL)
    plain = [(escaped or other, bool(escaped)) for escaped, other in characters]
    written, index = [], 0
    while index < len(plain):
        first = plain[index][0]
        if index + 2 < len(plain) and plain[index + 1] == ("-", False):
            last = plain[index + 2][0]
            # of a range backwards, git matches the first character
            written.append(f"{re.escape(first)}-{re.escape(last)}" if first <= last else re.escape(first))
            index += 3
        else:
            written.append(re.escape(first))
            index += 1
    return "".join(written)


def _bytes(text: str) -> str:
    """Return a text with a character for each of its bytes: to git, `?` is one byte."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _split(line: str) -> list[str]:
    """Split a pattern at its slashes, which a backslash does not change, and which a class in brackets may contain."""
    names, at, start = [], 0, 0
    line = line.replace("\\/", "/")
    while at < len(line):
        found = _CLASS.match(line, at) if line[at] == "[" else None
        if line[at] == "/":
            names.append(line[start:at])
            start = at + 1
        at = found.end() if found else at + 1 + (line[at] == "\\")
    return [*names, line[start:]]


class _Pattern:
    """One line of a `.gitignore`: runs of names, one folder each, with any number of folders between two runs."""

    def __init__(self, line: str) -> None:
        """Raise ValueError for a line that is not a pattern."""
        if len(line) > _LONGEST:
            raise ValueError(f"it has more than {_LONGEST} characters")
        line = _bytes(line)
        self.ignores = not line.startswith("!")
        line = line.removeprefix("!")
        self._only_folders = line.endswith("/")
        names = _split(line.removesuffix("/"))
        is_anchored = "/" in line.removesuffix("/")  # even in a class
        names = names[1:] if names[:1] == [""] else names
        if not names or "" in names:
            raise ValueError("it names nothing")
        self._all_inside = (
            is_anchored and len(names[-1]) > 1 and not names[-1].strip("*")
        )  # everything in a folder, and not the folder
        runs: list[list[_Name]] = [[]] if is_anchored else [[], [_Name(names.pop())]]
        for name in names:
            if len(name) > 1 and not name.strip("*"):
                runs.append([])
            else:
                runs[-1].append(_Name(name))
        self._first, self._others = runs[0], runs[1:]

    def matches(self, names: Sequence[str], *, is_folder: bool) -> bool:
        """Return True if this line is about the file or folder with these names, relative to the `.gitignore`."""
        if self._only_folders and not is_folder:
            return False
        if not _is_run(self._first, names, 0):
            return False
        at = len(self._first)
        if not self._others:
            return at == len(names)
        *middle, last = self._others
        for run in middle:
            found = next((n for n in range(at, len(names) - len(run) + 1) if _is_run(run, names, n)), None)
            if found is None:
                return False
            at = found + len(run)
        if self._all_inside:
            return at < len(names)
        return len(names) - len(last) >= at and _is_run(last, names, len(names) - len(last))


def _is_run(run: Sequence[_Name], names: Sequence[str], at: int) -> bool:
    """Return True if the names from an index on match, one by one."""
    return len(names) - at >= len(run) and all(name.matches(names[at + n]) for n, name in enumerate(run))


class Patterns:
    """The lines of a `.gitignore`: of those that are about a path, the last one decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read lines; comments and what is not a pattern are left out, as by git."""
        self._patterns: list[_Pattern] = []
        for line in dict.fromkeys(reversed(list(lines))):  # of equal lines, the last one decides
            if line.strip() and not line.startswith("#"):
                with suppress(ValueError):
                    self._patterns.append(_Pattern(_without_blanks(line)))

    def decision(self, names: Sequence[str], *, is_folder: bool) -> bool | None:
        """Return True if a file or folder is ignored, False if it is not, None if no pattern is about it."""
        found = (each.ignores for each in self._patterns if each.matches(names, is_folder=is_folder))
        return next(found, None)

    def ignores(self, path: str) -> bool:
        """Return True if a file, relative to the folder of the patterns, or a folder that it is in, is ignored."""
        names = _bytes(path).split("/")
        folders = (self.decision(names[:depth], is_folder=True) for depth in range(1, len(names)))
        return any(folders) or self.decision(names, is_folder=False) is True

    def match(self, path: str) -> bool:
        """Return True if a pattern is about a file itself, whatever the folders are that it is in."""
        return self.decision(_bytes(path).split("/"), is_folder=False) is True


def _without_blanks(line: str) -> str:
    """Return a line without the blanks at its end, but with one that a backslash escapes."""
    text = line.rstrip(" ")
    backslashes = len(text) - len(text.rstrip("\\"))
    return text + " " if backslashes % 2 and len(text) < len(line) else text


def problem_of(pattern: str) -> str:
    """Return why a text is not a pattern; "" if it is one."""
    try:
        _Pattern(pattern)
    except ValueError as error:
        return str(error)
    return ""


class Ignored:
    """The paths that a `.gitignore` ignores. If no pattern is about a path, `above` decides: the next one up."""

    def __init__(self, path: str, above: Ignored | None) -> None:
        """Raise OSError if the file cannot be read."""
        lines = files.read(path).decode("utf-8-sig", "surrogateescape").split("\n")
        self._folder, self._above = os.path.dirname(path), above
        self._patterns = Patterns(line.removesuffix("\r") for line in lines)

    def __contains__(self, path: str) -> bool:
        """Return True if a file is left out, or a folder, whose path must end with a slash."""
        names = _bytes(relative(path, self._folder or os.curdir)).split(os.sep)
        decision = self._patterns.decision(names, is_folder=path.endswith(os.sep))
        if decision is None:
            return self._above is not None and path in self._above
        return decision
