"""The picture of a terminal in the README: `python -m tests.terminal_picture` runs the session and draws it again.

The commands run in a new folder, in colors; rich draws what they print. The picture loads no font from elsewhere.
"""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.conftest import ISOLATED_GIT_ENV

PICTURE = Path(__file__).parent.parent / "docs/images/terminal.svg"
WIDTH = 96  # characters
FILES = {
    "courses.csv": "course,year\nMachine Learning,2011\nDL for Coders,2020\n",
    "README.md": """\
# Courses

<!-- TABLE_GENERATE_START source="courses.csv" sort="-year" -->
<!-- TABLE_GENERATE_END -->
""",
}
SESSION = [
    "mdtables fix",
    "cat README.md",
    "# somebody edits the table, not the data",
    "sed -i 's/2011/2012/' README.md && mdtables fix",
    "mdtables pull",
    "git diff -U0 courses.csv | tail -n 2",
]
_COLORS = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [(72, 79, 88), (255, 123, 114), (63, 185, 80), (210, 153, 34), (88, 166, 255), (188, 140, 255), (57, 197, 207),
     (177, 186, 196)],
)  # fmt: skip
_DRAWING = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{unique_id}-label">
<title id="{unique_id}-label">A terminal: mdtables fix, a hand edit, and mdtables pull</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ display: none; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def recorded() -> str:
    """Run the session and return what a terminal shows, with its escape sequences."""
    shown = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        for name, text in FILES.items():
            (path / name).write_text(text, encoding="utf-8")
        (path / "bin").mkdir()
        program = path / "bin/mdtables"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mdtables "$@"\n')
        program.chmod(0o755)
        environment = os.environ | ISOLATED_GIT_ENV | {
            "FORCE_COLOR": "1", "PATH": f"{path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(PICTURE.parents[2]),
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "color.ui", "GIT_CONFIG_VALUE_0": "always",
        }  # fmt: skip
        for words in (["init", "-q"], ["add", *FILES], ["commit", "-q", "-m", "first"]):
            subprocess.run(["git", *words], cwd=path, env=environment, check=True)
        for command in SESSION:
            ran = subprocess.run(
                ["bash", "-c", command], cwd=path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                check=False,
            )  # fmt: skip
            prompt = (
                f"\x1b[2m{command}\x1b[0m" if command.startswith("#") else f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m"
            )
            shown.append(f"{prompt}\n{ran.stdout.decode()}")
    return "\n".join(shown)


def drawn(session: str) -> str:
    """Return the picture of a terminal with this text in it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(session), soft_wrap=False)
    return console.export_svg(title="", theme=_COLORS, code_format=_DRAWING, unique_id="terminal")


def text_of(session: str) -> str:
    """Return what can be read in a session, without blanks."""
    return "".join(re.sub(r"\x1b\[[\d;]*m", "", session).split())


def text_in(picture: str) -> str:
    """Return what can be read in a picture, without blanks."""
    drawing = re.sub(r"<title.*?</title>|<style>.*?</style>", "", picture, flags=re.DOTALL)
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", drawing)).split())


if __name__ == "__main__":
    PICTURE.write_text(drawn(recorded()), encoding="utf-8")
