"""Formatters leave the tables that mdtables writes unchanged. Tested with the real programs on every case.

Tests of a formatter that is not installed are skipped; with `MDTABLES_JUDGES=all` they fail. Each exception has a
reason, and an exception that is no longer needed is a failure.
"""

from __future__ import annotations

import csv
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
from tests.conftest import Ran
from tests.judges import NODE_FOLDER
from tests.test_cases import CASES

pytestmark = pytest.mark.slow

REQUIRE_ALL = os.environ.get("MDTABLES_JUDGES") == "all"

COMPACT = "the user chose compact instead of the aligned layout"
LINE_ENDINGS = "it converts every line ending to LF"
TEXT_BELOW = "text directly below a table is a row to it, as on GitHub"
TEXT_ABOVE = "it adds or demands a blank line between text and a table below it"
AUTHORS_MARKDOWN = "it rewrites the author's own Markdown or whitespace, which mdtables leaves alone"
INDENTATION = "it aligns list content with the item's text but not the markers; mdtables accepts that"
WIDTH = "it counts a different width for an invisible character"
AMBIGUOUS = "the user chose a width of two columns for characters such as … and °"
CARRIAGE_RETURNS = "it treats a document with lone carriage returns as one line"

EXCEPTIONS: dict[str, dict[str, str]] = {
    "prettier": {
        "bare-blank-lines-at-the-edges": AUTHORS_MARKDOWN,
        "bare-blank-lines-in-a-block-quote": AUTHORS_MARKDOWN,
        "bare-compact": COMPACT,
        "bare-crlf": LINE_ENDINGS,
        "bare-dashes-below-an-attribute-line": TEXT_BELOW,
        "bare-header-that-ends-a-paragraph": TEXT_ABOVE,
        "bare-heading-is-not-a-header": AUTHORS_MARKDOWN,
        "bare-in-a-nested-list-with-four-blanks": INDENTATION,
        "bare-indented-code-is-not-a-header": AUTHORS_MARKDOWN,
        "bare-kramdown-attributes-stay": TEXT_BELOW,
        "bare-lone-carriage-returns": CARRIAGE_RETURNS,
        "bare-markers-deeper-than-the-table": INDENTATION,
        "bare-mixed-line-endings": LINE_ENDINGS,
        "bare-no-table": AUTHORS_MARKDOWN,
        "bare-row-begins-with-inline-html": AUTHORS_MARKDOWN,
        "bare-row-outside-of-the-list-item": AUTHORS_MARKDOWN,
        "bare-row-that-starts-a-list": AUTHORS_MARKDOWN,
        "bare-table-on-the-line-of-a-list-item": AUTHORS_MARKDOWN,
        "bare-tables-in-a-list-in-the-region": AUTHORS_MARKDOWN,
        "bare-tabs": "it counts a tab inside a cell as columns",
        "bare-text-directly-below-the-table": TEXT_BELOW,
        "bare-two-tables-and-text-between": AUTHORS_MARKDOWN,
        "cells-control-characters": WIDTH,
        "cells-markdown": "it writes `_a_` for `*a*`, as it does with Markdown anywhere",
        "config-ambiguous-width": AMBIGUOUS,
        "config-defaults": COMPACT,
        "region-crlf": LINE_ENDINGS,
        "region-in-a-list": INDENTATION,
        "region-keeps-attribute-lines": TEXT_BELOW,
        "shape-compact": COMPACT,
        "shape-group-crlf": LINE_ENDINGS,
        "shape-group-keeps-attribute-lines": TEXT_BELOW,
        "shape-map-from-configuration": COMPACT,
        "sourced-caption-and-attributes-stay": TEXT_BELOW,
        "tsv-with-null": COMPACT,
        "yaml-with-style": COMPACT,
    },
    "rumdl": {
        "bare-compact": COMPACT,
        "bare-dashes-below-an-attribute-line": TEXT_BELOW,
        "bare-table-on-the-line-of-a-list-item": AUTHORS_MARKDOWN,
        "bare-tabs": "it counts a tab inside a cell as a column",
        "cells-control-characters": WIDTH,
        "config-ambiguous-width": AMBIGUOUS,
        "config-defaults": COMPACT,
        "shape-compact": COMPACT,
        "shape-map-from-configuration": COMPACT,
        "tsv-with-null": COMPACT,
        "yaml-with-style": COMPACT,
    },
}


def fixed_documents() -> dict[str, bytes]:
    """Return the fixed document of each case without errors."""
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
    for name, document in fixed_documents().items():
        (folder / f"{name}.md").write_bytes(document)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return {name: (folder / f"{name}.md").read_bytes() for name in fixed_documents()}


def find_program(name: str) -> str:
    """Return the path of a program. If it is missing, skip the test; with MDTABLES_JUDGES=all, fail it."""
    local = NODE_FOLDER / ".bin" / name
    found = str(local) if local.exists() else shutil.which(name)
    if found is None:
        missing: Callable[[str], None] = pytest.fail if REQUIRE_ALL else pytest.skip
        missing(f"{name} is not installed; run: bash tests/judges/install")
    return str(found)


def test_prettier_keeps_regions(tmp_path: Path) -> None:
    changed = formatted(tmp_path, [find_program("prettier"), "--write", "."])
    different = {name for name, document in fixed_documents().items() if bodies(changed[name]) != bodies(document)}
    assert different == set(EXCEPTIONS["prettier"])


def test_rumdl_keeps_regions(tmp_path: Path) -> None:
    (tmp_path / ".rumdl.toml").write_text('[MD060]\nenabled = true\nstyle = "aligned"\n')
    changed = formatted(tmp_path, [find_program("rumdl"), "fmt", "--no-cache", "-e", "MD060", "."])
    different = {name for name, document in fixed_documents().items() if bodies(changed[name]) != bodies(document)}
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
    *("🇦", "\u1112\u1161", "ᄒᆞᆫ", "1\u20e3", "हिन्दी", "स्वास्थ्य", "বাংলা", "ক্ষমা", "தமிழ்நாடு", "ខ្មែរ"),
    *("می\u200cخواهم", "क\u094d\u200dष", "a\u200bb", "\ufeff", "\u2060", "\u200e", "\u202eabc\u202c"),
]


def test_mdformat_rewrites_are_stale_not_hand_edits() -> None:
    """mdformat replaces character references by characters. The next check must report stale, not a hand edit."""
    mdformat = pytest.importorskip("mdformat") if not REQUIRE_ALL else __import__("mdformat")
    table = Table(["value"], [["{{ x }} $5"], ["a == b == c"], ["`x|y`"], ["a <b"], ["---"], ["https://e.com/a"]])
    text = "<!-- TABLE_GENERATE_START source=d cells={} -->\n<!-- TABLE_GENERATE_END -->\n"
    rewritten = 0
    for cells in ("text", "markdown"):
        made = regenerate(text.format(cells), "a.md", lambda options, locate: (table, []))
        changed = mdformat.text(made.new, extensions={"gfm", "tables"})
        rewritten += changed != made.new
        again = regenerate(changed, "a.md", lambda options, locate: (table, []))
        assert [region.state for region in again.regions] == ["stale" if changed != made.new else "clean"], changed
        assert again.new == made.new
    assert rewritten


def test_mdformat_making_text_a_link_is_a_hand_edit() -> None:
    """GitHub links the address only after mdformat removed its reference, so the page has changed."""
    mdformat = pytest.importorskip("mdformat") if not REQUIRE_ALL else __import__("mdformat")
    table = Table(["value"], [["https://e.com/*"]])
    text = "<!-- TABLE_GENERATE_START source=d cells=text -->\n<!-- TABLE_GENERATE_END -->\n"
    generated = regenerate(text, "a.md", lambda options, locate: (table, [])).new
    changed = mdformat.text(generated, extensions={"gfm", "tables"})
    again = regenerate(changed, "a.md", lambda options, locate: (table, []))
    assert [region.state for region in again.regions] == ["drifted"]


def test_widths_match_prettier() -> None:
    find_program("prettier")
    texts = WIDTHS
    module = (NODE_FOLDER / "prettier" / "index.mjs").as_uri()
    script = (
        f'import {{util}} from "{module}"; import fs from "fs"; const given = JSON.parse(fs.readFileSync(0, "utf8"));'
    )
    script += "console.log(JSON.stringify(given.map((text) => util.getStringWidth(text))));"
    command = ["node", "--input-type=module", "-e", script]
    ran = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True, check=True)
    prettier_widths = dict(zip(texts, json.loads(ran.stdout), strict=True))
    assert {text: prettier_widths[text] for text in WIDTHS} == {text: width(text) for text in WIDTHS}
    assert len(WIDTHS) > 80


MARKDOWNLINT = {"default": False, "MD055": True, "MD056": True, "MD058": True, "MD060": {"style": "aligned"}}
MARKDOWNLINT_EXCEPTIONS = {
    "bare-compact": COMPACT,
    "bare-dashes-below-an-attribute-line": TEXT_BELOW,
    "bare-header-that-ends-a-paragraph": TEXT_ABOVE,
    "bare-kramdown-attributes-stay": TEXT_BELOW,
    "bare-row-outside-of-the-list-item": TEXT_BELOW,
    "bare-row-that-starts-a-list": TEXT_BELOW,
    "bare-text-directly-below-the-table": TEXT_BELOW,
    "bare-wide-characters": "it counts a different width for Devanagari than prettier",
    "cells-scripts-of-the-world": "it counts a different width for Devanagari than prettier",
    "config-ambiguous-width": AMBIGUOUS,
    "config-defaults": COMPACT,
    "region-keeps-attribute-lines": TEXT_BELOW,
    "shape-compact": COMPACT,
    "shape-group-keeps-attribute-lines": TEXT_BELOW,
    "shape-map-from-configuration": COMPACT,
    "sourced-caption-and-attributes-stay": TEXT_BELOW,
    "tsv-with-null": COMPACT,
    "yaml-with-style": COMPACT,
}


def test_markdownlint_finds_nothing_in_a_region(tmp_path: Path) -> None:
    """Findings outside regions, in tables that mdtables leaves alone, are not counted."""
    linter = find_program("markdownlint-cli2")
    for name, document in fixed_documents().items():
        (tmp_path / f"{name}.md").write_bytes(document)
    (tmp_path / ".markdownlint-cli2.jsonc").write_text(json.dumps({"config": MARKDOWNLINT, "globs": ["*.md"]}))
    ran = subprocess.run([linter], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert "markdownlint" in ran.stdout
    found = set()
    for line in ran.stderr.splitlines():
        name, _, place = line.partition(".md:")
        number = int(place.split(":")[0].split(" ")[0])
        regions = parse(fixed_documents()[name].decode(), "").regions
        if any(region.first_line <= number <= region.first_line + len(region.body) for region in regions):
            found.add(name)
    assert found == set(MARKDOWNLINT_EXCEPTIONS)


MDFORMAT_EXCEPTIONS = {
    "bare-code-in-the-region-is-not-touched": AUTHORS_MARKDOWN,
    "bare-empty-region": AUTHORS_MARKDOWN,
    "bare-header-and-delimiter-differ": AUTHORS_MARKDOWN,
    "cells-brackets-of-other-dialects": "it removes backslashes that CommonMark does not need",
    "cells-scripts-of-the-world": "it counts a different width for Devanagari than prettier",
    "region-in-an-admonition": "it knows admonitions only with the plugin mdformat-mkdocs",
    "yaml-with-cells": "it has rules of its own for backslashes",
}


def test_mdformat_keeps_regions_without_references() -> None:
    """mdformat resolves character references and escapes less; otherwise its exceptions are those of prettier."""
    mdformat = pytest.importorskip("mdformat") if not REQUIRE_ALL else __import__("mdformat")
    names = [name for name in fixed_documents() if name not in EXCEPTIONS["prettier"]]
    different, count = set(), 0
    for name in names:
        document = fixed_documents()[name]
        if not any("&" in body or "<" in body for body in bodies(document)):
            count += 1
            changed = mdformat.text(document.decode(), extensions={"gfm", "tables", "frontmatter"})
            if bodies(changed.encode()) != bodies(document):
                different.add(name)
    assert different == set(MDFORMAT_EXCEPTIONS)
    assert count > 50


RESPELLED = {
    "markdown": [
        *("*a*", "__b__", "***c***", "*a_b*", "**a*b**", "_a*b_", "<b>*a*</b>", "[l](u 't')", "[l](u (t))", "[l]( u )"),
        *("[l](<u>)", "[l](u(v))", "[l]()", "`` a`b ``", "``a``", "[l](u|v)", "![i](u|v)", "[l](<u|v>)"),
        *("https://example.com", "see https://example.com/a_b.", "me@example.com", "HTTPS://example.com", "a&auml;b"),
    ],
    "text": ["https://example.com", "see https://example.com/a, or me@example.com.", "*a*", "[l](u)"],
}
COMMANDS = {
    "prettier": ["--write", "."],
    "markdownlint-cli2": ["--fix", "*.md"],
    "rumdl": ["fmt", "--no-cache", "."],
}


@pytest.mark.parametrize("formatter", COMMANDS)
@pytest.mark.parametrize("cells", RESPELLED)
def test_a_formatter_and_mdtables_agree_after_one_round(
    formatter: str, cells: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    """A table whose cells are spelled differently stays so, if every renderer still shows the same."""
    (tmp_path / ".markdownlint.json").write_text('{"MD013": false, "MD060": {"style": "aligned"}}')
    for number, value in enumerate(RESPELLED[cells]):
        with open(f"{number}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["a", "b"], [value, "x"]])
        marker = f'<!-- TABLE_GENERATE_START source="{number}.csv" cells={cells} -->'
        (tmp_path / f"{number}.md").write_text(f"# Title\n\n{marker}\n<!-- TABLE_GENERATE_END -->\n")
    command = [find_program(formatter), *COMMANDS[formatter]]
    for _ in range(2):
        assert run("fix").status == 0
        subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    settled = {path.name: path.read_text() for path in tmp_path.glob("*.md")}
    ran = run("check")
    assert (ran.status, ran.out) == (0, "")
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    assert {path.name: path.read_text() for path in tmp_path.glob("*.md")} == settled


def test_a_spelling_that_is_live_in_another_renderer_is_replaced(run: Callable[..., Ran], tmp_path: Path) -> None:
    """GitHub shows `&#123;` and `{` alike, but Jekyll would fill in a template."""
    (tmp_path / "d.csv").write_text("a\n{{ site.title }}\n$5\n")
    document = tmp_path / "a.md"
    document.write_text("<!-- TABLE_GENERATE_START source=d.csv -->\n<!-- TABLE_GENERATE_END -->\n")
    run("fix")
    generated = document.read_text()
    document.write_text(generated.replace("&#123;{ site.title }}", "{{ site.title }}     "))
    assert run("check").status == 1
    run("fix")
    assert document.read_text() == generated


@pytest.mark.parametrize(
    ("value", "edited"),
    [
        ("\\[a\\]", "[a]"),
        ("see \\[^1\\]", "see [^1]"),
        ("costs \\$x\\$", "costs $x$"),
        ("\\:smile:", ":smile:"),
        ("\\@octocat", "@octocat"),
        ("*a*\\{:.x}", "*a*{:.x}"),
        ("a \\-\\- b", "a -- b"),
        ("\\=\\=x\\=\\=", "==x=="),
    ],
)
def test_an_escape_that_some_renderer_needs_is_put_back(
    value: str, edited: str, run: Callable[..., Ran], tmp_path: Path
) -> None:
    with open("d.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["a"], [value], ["a much longer cell than that"]])
    document = tmp_path / "a.md"
    document.write_text("<!-- TABLE_GENERATE_START source=d.csv -->\n<!-- TABLE_GENERATE_END -->\n")
    run("fix")
    generated = document.read_text()
    lines = generated.split("\n")
    cell = lines[4].strip("| ")
    lines[4] = lines[4].replace(cell, edited + " " * (len(cell) - len(edited)))
    document.write_text("\n".join(lines))
    assert run("check").status != 0
    if run("fix").status == 0:
        assert document.read_text() == generated
