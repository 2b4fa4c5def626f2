"""The words of one command -> its arguments, by argparse; errors show the command's usage and a suggestion."""

from __future__ import annotations

import argparse
import os
import sys

from mdtables.model.suggestions import did_you_mean

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn


class Formatter(argparse.RawDescriptionHelpFormatter):
    """A help formatter that is cheap to make: argparse makes one for every argument, and needs one only for help.

    By default each would import shutil, to find the width of the terminal, and in Python 3.14 _colorize and with it
    dataclasses and inspect: 5 and 15 ms of every run.
    """

    def __init__(self, prog: str) -> None:
        given = os.environ.get("COLUMNS", "")
        width = int(given) if given.isdecimal() else 0
        try:
            width = width or os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
        except (AttributeError, OSError, ValueError):
            width = 0
        super().__init__(prog, width=(width or 80) - 2)

    def _set_color(self, color: bool) -> None:
        """Remember what argparse sets; Python 3.13 and older set nothing."""
        self._asked = color

    def __getattr__(self, name: str) -> object:
        """Apply the color that argparse set once it first uses the formatter, which is when it writes help."""
        if "_asked" not in self.__dict__:
            raise AttributeError(name)
        super()._set_color(self.__dict__.pop("_asked"))  # type: ignore[misc]
        return getattr(self, name)


class Parser(argparse.ArgumentParser):
    """The parser of one command."""

    def __init__(self, prog: str, description: str, epilog: str) -> None:
        super().__init__(prog, description=description, epilog=epilog, formatter_class=Formatter, allow_abbrev=False)

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """Return the arguments. Print a message and raise SystemExit if they are wrong."""
        for word in words[: words.index("--")] if "--" in words else words:
            if word.startswith("--") and word.endswith("=--"):  # Python 3.11 makes an empty list of it
                self.error(f'"--" is not a value of {word[:-3]}')
        arguments, unknown = self.parse_known_args(words)
        if unknown:
            word = unknown[0]
            if not word.startswith("-"):
                has_options = any(each.startswith("-") for each in words)
                hint = "write options before or after all paths" if has_options else "one is enough"
                self.error(f'unexpected argument "{word}"', hint)
            known = [name for name in self._option_string_actions if name.startswith("--")]
            hint = did_you_mean(word.partition("=")[0], known, what="options")
            self.error(f'unknown option "{word}"', hint)
        return arguments

    def error(self, message: str, hint: str = "") -> NoReturn:
        """Print a message and a hint, without the control characters that a word may have, and raise SystemExit."""
        from mdtables.report.escape import printable  # where there is something to report

        super().error(printable(message) + (f"\n  hint: {printable(hint)}" if hint else ""))
