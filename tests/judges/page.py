"""What a reader sees on a page: the cells of the table as text, and the paragraphs around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """The cells of the tables on a page, row by row; the tags around each table; the text without the tables."""

    tables: list[list[list[str]]]
    inside: list[list[str]]
    around: str


def read(html: str) -> Page:
    """Parse a page as a browser does (with lexbor), including stray tags and unclosed cells."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    for line_break in tree.css("br"):
        line_break.replace_with(" ")
    tables = [
        [[collapse_spaces(cell.text()) for cell in row.css("th, td")] for row in t.css("tr")] for t in tree.css("table")
    ]
    inside = [_tags_around(table) for table in tree.css("table")]
    for table in tree.css("table"):
        table.decompose()
    return Page(tables, inside, collapse_spaces(tree.body.text()) if tree.body else "")


def _tags_around(node: Any) -> list[str]:
    tags: list[str] = []
    while (node := node.parent) is not None and node.tag != "body":
        tags.append(str(node.tag))
    return tags


def collapse_spaces(text: str) -> str:
    """Collapse whitespace to single spaces and strip it at the ends, as a reader sees the text."""
    return " ".join(text.split())


def readings(html: str) -> tuple[list[str], str]:
    """Return what a reader sees in the cells of the tables on a page, and in the rest: its text and its live markup.

    A tag is in it by its name, with the target of a link or an image, and the class of a formula.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    cells = [_reading(cell) for cell in tree.css("th, td")]
    for table in tree.css("table"):
        table.decompose()
    return cells, _reading(tree.body) if tree.body else ""


def _reading(node: Any) -> str:
    pieces: list[str] = []
    child = node.child
    while child is not None:
        if child.tag == "-text":
            pieces.append(child.text(deep=False) or "")
        elif child.tag == "br":
            pieces.append(" ")
        elif child.tag != "-comment":
            kind = child.attributes.get("class") or ""
            detail = kind if "math" in kind else child.attributes.get("href") or child.attributes.get("src") or ""
            is_plain = child.tag in ("span", "wbr") and not detail
            pieces += [_reading(child)] if is_plain else [f"<{child.tag} {detail}>", _reading(child), f"</{child.tag}>"]
        child = child.next
    return collapse_spaces("".join(pieces))
