"""What a reader sees on a page: the one table's cells as text, and the paragraphs before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """The cells of the tables on a page, row by row; the tags round each table; the text of the page without them."""

    tables: list[list[list[str]]]
    inside: list[list[str]]
    around: str


def read(html: str) -> Page:
    """A page as a browser builds it (lexbor, by the rules of HTML): stray tags, unclosed cells and all."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    for line_break in tree.css("br"):
        line_break.replace_with(" ")
    tables = [
        [[blanks_once(cell.text()) for cell in row.css("th, td")] for row in t.css("tr")] for t in tree.css("table")
    ]
    inside = [_tags_round(table) for table in tree.css("table")]
    for table in tree.css("table"):
        table.decompose()
    return Page(tables, inside, blanks_once(tree.body.text()) if tree.body else "")


def _tags_round(node: Any) -> list[str]:
    tags: list[str] = []
    while (node := node.parent) is not None and node.tag != "body":
        tags.append(str(node.tag))
    return tags


def blanks_once(text: str) -> str:
    """Text as the eye has it: blanks of any kind and number are one, and none at the ends."""
    return " ".join(text.split())
