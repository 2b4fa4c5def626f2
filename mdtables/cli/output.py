"""Standard output and standard error: colors, diagnostics, and what a reader can run. Every run imports it."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing would take 3 ms of every run
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TextIO

    from mdtables.cli.options import OutputOptions
    from mdtables.model.diagnostics import Diagnostic

BROKEN = 2
"""The exit status for everything that is wrong; `report` has the same."""


def show_diagnostics(diagnostics: Iterable[Diagnostic], output: OutputOptions, stream: TextIO) -> None:
    from mdtables.report.text import as_text  # where there is something to report

    color, program = uses_color(output.color, stream), program_name()
    for found in diagnostics:
        if found.is_error or not output.quiet:
            print(as_text(found, color=color, program=program), file=stream)


def show_how_to_begin(unmarked: Mapping[str, int]) -> None:
    """Print on standard error how to begin, if no document has a marker but some contain tables."""
    if unmarked:
        from mdtables.cli.beginning import how_to_begin  # where nothing is set up yet

        print(how_to_begin(unmarked, program_name()), end="", file=sys.stderr)


def show_content(text: str, stream: TextIO) -> None:
    """Print what documents and data contain, so that neither a terminal nor a workflow on GitHub obeys it."""
    if stream.isatty():
        from mdtables.report.escape import printable_lines

        text = printable_lines(text)
    elif os.environ.get("GITHUB_ACTIONS"):
        from mdtables.report.github import without_commands

        text = without_commands(text)
    print(text, end="", file=stream)


def uses_color(wish: str, stream: TextIO) -> bool:
    """Return True if a stream should get colors; the wish is auto, always or never."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    # an old console of Windows shows escape sequences instead of colors
    obeys = os.name != "nt" or any(os.environ.get(name) for name in ("WT_SESSION", "TERM", "ANSICON", "ConEmuANSI"))
    return stream.isatty() and obeys and os.environ.get("TERM") != "dumb"


def progress_stream(output: OutputOptions) -> TextIO | None:
    """Return standard error if a person is watching it; the output of a hook may be a terminal too."""
    watched = sys.stderr.isatty() and not (os.environ.get("CI") or os.environ.get("PRE_COMMIT"))
    return sys.stderr if watched and not output.quiet else None


def program_name() -> str:
    """Return how the reader can run mdtables: in a hook, it may be installed in the environment of the hook alone."""
    own = os.path.dirname(sys.executable)
    name = "mdtables.exe" if os.name == "nt" else "mdtables"
    here = os.path.join(own, name)
    if not os.environ.get("PRE_COMMIT") or not os.path.isfile(here):
        return "mdtables"
    places = [place for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    elsewhere = (place for place in places if os.path.realpath(place) != os.path.realpath(own))
    if any(os.access(os.path.join(place, name), os.X_OK) for place in elsewhere):
        return "mdtables"
    from mdtables.report.escape import shell_word

    return shell_word(here)
