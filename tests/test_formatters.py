"""The treaty with the formatters: what mdtables writes is a fixed point of theirs. The real programs, over every case.

Like the judges they are skipped where they are not installed, unless `MDTABLES_JUDGES=all`. Each exception has its
reason, and one that is none any more is a failure too.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mdtables import Table, regenerate
from mdtables.cells.width import width
from mdtables.document.parse import parse
from tests.judges import NODE_FOLDER
from tests.test_cases import CASES

ALL = os.environ.get("MDTABLES_JUDGES") == "all"

COMPACT = "compact is a choice against the aligned layout"
LINE_ENDINGS = "it writes LF for every other line ending"
BELOW = "text that touches a table from below is a row to it, and so it is to GitHub"
ABOVE = "text that touches a table from above gets a blank line, or is found fault with"
AUTHORS = "it rewrites the author's own Markdown or blanks, which mdtables leaves alone"
INDENTATION = "it moves a list's content to the item's text and leaves the markers; mdtables accepts that"
WIDTH = "it counts the columns of an invisible character otherwise"
AMBIGUOUS = "two columns for … and ° are a choice against the usual layout"
CARRIAGE_RETURNS = "a document with lone carriage returns is one line to it"

EXCEPTIONS: dict[str, dict[str, str]] = {
    "prettier": {
        "bare-blank-lines-at-the-edges": AUTHORS,
        "bare-blank-lines-in-a-block-quote": AUTHORS,
        "bare-compact": COMPACT,
        "bare-crlf": LINE_ENDINGS,
        "bare-dashes-below-an-attribute-line": BELOW,
        "bare-header-that-ends-a-paragraph": ABOVE,
        "bare-heading-is-no-header": AUTHORS,
        "bare-in-a-nested-list-with-four-blanks": INDENTATION,
        "bare-kramdown-attributes-stay": BELOW,
        "bare-lone-carriage-returns": CARRIAGE_RETURNS,
        "bare-markers-deeper-than-the-table": INDENTATION,
        "bare-mixed-line-endings": LINE_ENDINGS,
        "bare-no-table": AUTHORS,
        "bare-row-outside-of-the-list-item": AUTHORS,
        "bare-row-that-starts-a-list": AUTHORS,
        "bare-tabs": "it counts a tab inside a cell as columns",
        "bare-text-directly-below-the-table": BELOW,
        "bare-two-tables-and-text-between": AUTHORS,
        "cells-control-characters": WIDTH,
        "cells-markdown": "it writes `_a_` for `*a*`: Markdown that is live in a cell is its to rewrite",
        "cells-scripts-of-the-world": WIDTH,
        "config-ambiguous-width": AMBIGUOUS,
        "config-defaults": COMPACT,
        "region-crlf": LINE_ENDINGS,
        "region-in-a-list": INDENTATION,
        "region-keeps-attribute-lines": BELOW,
        "shape-compact": COMPACT,
    },
    "rumdl": {
        "bare-compact": COMPACT,
        "bare-dashes-below-an-attribute-line": BELOW,
        "bare-tabs": "it counts a tab inside a cell as a column",
        "cells-control-characters": WIDTH,
        "config-ambiguous-width": AMBIGUOUS,
        "config-defaults": COMPACT,
        "shape-compact": COMPACT,
    },
}


def documents() -> dict[str, bytes]:
    """What mdtables makes of each case in which nothing is wrong."""
    made = {}
    for case in CASES:
        problems = case / "problems.txt"
        if not (problems.exists() and "error[" in problems.read_text(encoding="utf-8")):
            fixed = case / "out.md"
            made[case.name] = (fixed if fixed.exists() else case / "in.md").read_bytes()
    return made


def bodies(document: bytes) -> list[str]:
    return ["".join(region.body) for region in parse(document.decode(), "").regions]


def formatted(folder: Path, command: list[str]) -> dict[str, bytes]:
    for name, document in documents().items():
        (folder / f"{name}.md").write_bytes(document)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return {name: (folder / f"{name}.md").read_bytes() for name in documents()}


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, or fails where all are asked for."""
    local = NODE_FOLDER / ".bin" / name
    found = str(local) if local.exists() else shutil.which(name)
    if found is None:
        missing: Callable[[str], None] = pytest.fail if ALL else pytest.skip
        missing(f"no {name}; tests/judges/install brings it")
    return str(found)


def test_prettier_has_nothing_to_say(tmp_path: Path) -> None:
    changed = formatted(tmp_path, [program("prettier"), "--write", "."])
    different = {name for name, document in documents().items() if bodies(changed[name]) != bodies(document)}
    assert different == set(EXCEPTIONS["prettier"])


def test_rumdl_has_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / ".rumdl.toml").write_text('[MD060]\nenabled = true\nstyle = "aligned"\n')
    changed = formatted(tmp_path, [program("rumdl"), "fmt", "--no-cache", "-e", "MD060", "."])
    different = {name for name, document in documents().items() if bodies(changed[name]) != bodies(document)}
    assert different == set(EXCEPTIONS["rumdl"])


WIDTHS = [
    *(
        "a",
        "abc",
        "é",
        "e\u0301",
        "n\u0303o",
        "漢字",
        "こころ",
        "한국어",
        "ㄱ",
        "각",
        "ｆｕｌｌ",
        "ｱｲｳ",
        "ﾊﾟ",
        "、。",
        "「」",
        "〜",
    ),
    *(
        "…",
        "—",
        "“",
        "”",
        "·",
        "°",
        "±",
        "×",
        "→",
        "★",
        "☆",
        "●",
        "○",
        "■",
        "①",
        "Ⅳ",
        "℃",
        "㎏",
        "㈱",
        "½",
        "ﬀ",
        "\u3000",
        "\u00a0",
    ),
    *(
        "👩",
        "👍🏽",
        "👩\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d🚀",
        "🏳\ufe0f\u200d🌈",
        "🏴\u200d☠\ufe0f",
        "🇫🇷",
        "🇯🇵🇩🇪",
        "🫠",
        "🪿",
    ),
    *(
        "1\ufe0f\u20e3",
        "#\ufe0f\u20e3",
        "⚠",
        "⚠\ufe0f",
        "⚠\ufe0e",
        "✔",
        "✔\ufe0f",
        "✅",
        "❤",
        "❤\ufe0f",
        "☺",
        "☺\ufe0f",
        "©",
        "™",
    ),
    *(
        "⌚",
        "⏰",
        "⬇",
        "⬇\ufe0f",
        "कि",
        "क्ष",
        "नमस्ते",
        "ไทย",
        "กำ",
        "ภาษาไทย",
        "العربية",
        "لا",
        "עברית",
        "שָׁלוֹם",
        "தமிழ்",
        "မြန်မာ",
    ),
    *("བོད་", "\u1112", "\u00ad", "a\u00adb", "\u0300", "𝔸", "𠮷", "🀄", "🃏"),
]
# Ours first, prettier's second. wcwidth's is taken: terminals and editors do so, and a sequence counts as a whole.
OTHER_WIDTHS = {
    "🇦": (2, 1),  # half a flag
    "\u1112\u1161": (2, 3),  # a Hangul syllable in its letters
    "1\u20e3": (1, 2),  # a keycap without its variation selector
    "हिन्दी": (4, 5),  # conjuncts of Indic scripts
    "বাংলা": (4, 5),
    "ខ្មែរ": (3, 4),
    "\u200b": (0, 1),  # characters that nobody sees
    "\ufeff": (0, 1),
    "\u2060": (0, 1),
    "\u200e": (0, 1),
    "\u202eabc\u202c": (3, 5),
}


def test_what_mdformat_rewrites_is_stale_and_never_taken_for_a_hand_edit() -> None:
    """Where a cell needs a character reference it writes the character; the next check says so, and no more."""
    mdformat = pytest.importorskip("mdformat") if not ALL else __import__("mdformat")
    table = Table(["value"], [["{{ x }} $5"], ["a == b == c"], ["`x|y`"], ["a <b"], ["---"], ["https://e.com/*"]])
    text = "<!-- TABLE_GENERATE_START source=d cells={} -->\n<!-- TABLE_GENERATE_END -->\n"
    rewritten = 0
    for cells in ("text", "markdown"):
        made = regenerate(text.format(cells), "a.md", lambda options, place: (table, []))
        changed = mdformat.text(made.new, extensions={"gfm", "tables"})
        rewritten += changed != made.new
        again = regenerate(changed, "a.md", lambda options, place: (table, []))
        assert [region.state for region in again.regions] == ["stale" if changed != made.new else "clean"], changed
        assert again.new == made.new
    assert rewritten


def test_widths_are_prettiers() -> None:
    program("prettier")
    texts = [*WIDTHS, *OTHER_WIDTHS]
    module = (NODE_FOLDER / "prettier" / "index.mjs").as_uri()
    script = (
        f'import {{util}} from "{module}"; import fs from "fs"; const given = JSON.parse(fs.readFileSync(0, "utf8"));'
    )
    script += "console.log(JSON.stringify(given.map((text) => util.getStringWidth(text))));"
    command = ["node", "--input-type=module", "-e", script]
    ran = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True, check=True)
    prettiers = dict(zip(texts, json.loads(ran.stdout), strict=True))
    assert {text: prettiers[text] for text in WIDTHS} == {text: width(text) for text in WIDTHS}
    assert {text: (width(text), prettiers[text]) for text in OTHER_WIDTHS} == OTHER_WIDTHS
    assert len(WIDTHS) > 80


MARKDOWNLINT = {"default": False, "MD055": True, "MD056": True, "MD058": True, "MD060": {"style": "aligned"}}
MARKDOWNLINT_EXCEPTIONS = {
    "bare-compact": COMPACT,
    "bare-dashes-below-an-attribute-line": BELOW,
    "bare-header-that-ends-a-paragraph": ABOVE,
    "bare-kramdown-attributes-stay": BELOW,
    "bare-row-outside-of-the-list-item": BELOW,
    "bare-row-that-starts-a-list": BELOW,
    "bare-text-directly-below-the-table": BELOW,
    "bare-wide-characters": "it counts Devanagari otherwise than prettier and wcwidth",
    "cells-scripts-of-the-world": "it counts Devanagari otherwise than prettier and wcwidth",
    "config-ambiguous-width": AMBIGUOUS,
    "config-defaults": COMPACT,
    "region-keeps-attribute-lines": BELOW,
    "shape-compact": COMPACT,
}


def test_markdownlint_finds_nothing_in_a_region(tmp_path: Path) -> None:
    """What it finds outside of regions, in the tables that a case leaves alone, is not counted."""
    linter = program("markdownlint-cli2")
    for name, document in documents().items():
        (tmp_path / f"{name}.md").write_bytes(document)
    (tmp_path / ".markdownlint-cli2.jsonc").write_text(json.dumps({"config": MARKDOWNLINT, "globs": ["*.md"]}))
    ran = subprocess.run([linter], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "markdownlint" in ran.stdout
    found = set()
    for line in ran.stderr.splitlines():
        name, _, place = line.partition(".md:")
        number = int(place.split(":")[0].split(" ")[0])
        regions = parse(documents()[name].decode(), "").regions
        if any(region.first_line <= number <= region.first_line + len(region.body) for region in regions):
            found.add(name)
    assert found == set(MARKDOWNLINT_EXCEPTIONS)


MDFORMAT_EXCEPTIONS = {
    "bare-code-in-the-region-is-not-touched": AUTHORS,
    "bare-empty-region": AUTHORS,
    "bare-header-and-delimiter-differ": AUTHORS,
    "region-in-an-admonition": "it knows admonitions only with the plugin mdformat-mkdocs",
}


def test_mdformat_has_nothing_to_say_where_no_cell_needs_a_reference() -> None:
    """It resolves character references and escapes less; beyond that its exceptions are prettier's."""
    mdformat = pytest.importorskip("mdformat") if not ALL else __import__("mdformat")
    asked = [name for name in documents() if name not in EXCEPTIONS["prettier"]]
    different, count = set(), 0
    for name in asked:
        document = documents()[name]
        if not any("&" in body or "<" in body for body in bodies(document)):
            count += 1
            changed = mdformat.text(document.decode(), extensions={"gfm", "tables", "frontmatter"})
            if bodies(changed.encode()) != bodies(document):
                different.add(name)
    assert different == set(MDFORMAT_EXCEPTIONS)
    assert count > 50
