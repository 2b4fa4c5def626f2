"""A value -> a cell that shows exactly the characters of the value. Knows what is live in any renderer."""

from __future__ import annotations

import re

from mdtables.cells.characters import BREAK, LITERAL, reference
from mdtables.cells.jsx import NOTHING, is_sound_address

# Each alternative is live in at least one renderer: GFM, kramdown and Liquid, Pandoc, Material's extensions.
_LIVE = r"""
      [\\|`*<\[^${]
    | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9])         # between letters or digits it has no meaning
    | &(?=\#|[A-Za-z][^\s<&\#;]{0,31};)             # some renderers add the semicolon, or end the name sooner
    | >{2,} | -{2,} | \.{3,}
    | :(?=(?!\d\d:)[\w+-]+:)                       # the short name of an emoji; a time like 12:30:45 has none
    | \((?=(?:c|r|tm)\)) | (?<=[+=])/(?=[-=])      # (c), +/-
    | (?<=(?<![A-Za-z0-9])c)/(?=o(?![A-Za-z0-9]))  # c/o
    | (?<=(?<!\d)[1-7])/(?=[2-8](?!\d))            # 1/2
    | %(?=[0-9A-Fa-f]{2})
"""
_FLAGS = re.VERBOSE | re.IGNORECASE | re.ASCII

# Text that `re` compiles at its first use: most tables need none of it.
_TEXT = rf"""
      (?P<link> (?:https?|ftp):// | www\. | mailto: )
    | (?P<address> (?<![^\s(])[A-Za-z0-9][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?=[.,;:)!?]?(?:\s|$)) )
    | (?P<at> @ )
    | (?P<paired> ~ | ={{2,}} | \+{{2,}} )
    | (?P<tex> \\(?=[()\[\]]) )                    # a second backslash would begin a formula in Jupyter
    | (?P<live> {_LIVE} )
    | (?P<line> \n )
    | (?P<blanks> [ \t]+ )
    """
_CODE = rf"""{_LIVE} | ["'~@&] | ={{2,}} | \+{{2,}} | :(?=//) | (?<=www)\."""
_FIXED = {"line": BREAK, "blanks": " ", "tex": "&#92;"}
_BLANKS = " \t\f\v"  # have no meaning at the ends of code
_BLANK = re.compile(r"[ \t\n]|$")


def encode_text(value: str, *, in_mdx: bool = False, links: bool = True) -> str:
    """Return the value with every character spelled so that no renderer takes it for markup.

    Line breaks in the value must be line feeds. With links=False no address is left for renderers to make a link of,
    which could swallow what follows the value.
    """
    runs = {"~": "~", "=": r"={2,}", "+": r"\+{2,}"}  # live only in pairs
    text_pattern = re.compile(_TEXT, _FLAGS)
    paired = {mark for mark, run in runs.items() if len(re.findall(run, value)) > 1}
    pieces: list[str] = []
    at = word_end = 0
    while found := text_pattern.search(value, at):
        pieces.append(value[at : found.start()])
        text, at = found[0], found.end()
        kind = found.lastgroup
        if kind == "link" and in_mdx and not is_sound_address(value, found.start(), is_text=True):
            pieces.append(text[:3] + NOTHING + text[3:])
        elif kind == "link":
            if found.start() >= word_end:
                word_end = _end_of_word(value, at)
                if links and _is_plain_link(value[found.start() : word_end], paired):
                    pieces.append(value[found.start() : word_end])
                    at = word_end
                    continue
            mark = "." if text[0] in "wW" else ":"  # without it no renderer links the word, and the rest can be escaped
            pieces.append(text.replace(mark, LITERAL[mark]))
        elif kind == "address":
            keep = links and not re.search(_LIVE, text, _FLAGS) and paired.isdisjoint(text)
            pieces.append(text if keep else "".join(LITERAL.get(c, c) if not c.isalnum() else c for c in text))
        elif kind == "paired" and text[0] not in paired:
            pieces.append(text)
        elif in_mdx and text == ":":  # an emoji's short name
            pieces.append(":" + NOTHING)
        else:
            pieces.append(_FIXED.get(kind or "") or "".join(LITERAL[c] for c in text))
    return "".join([*pieces, value[at:]])


def _end_of_word(value: str, at: int) -> int:
    found = _BLANK.search(value, at)
    return found.start() if found else len(value)


def _is_plain_link(word: str, paired: set[str]) -> bool:
    """Return True if an address needs no escapes: inside an address that a renderer links, an escape would show."""
    return word.isascii() and "@" not in word and not re.search(_LIVE, word, _FLAGS) and paired.isdisjoint(word)


def html_code(code: str) -> str:
    """Return the HTML that shows code, without blanks at its ends; blanks alone are one."""
    return f"<code>{encode_code(code.strip(_BLANKS)) or '&#32;'}</code>"


def encode_code(code: str) -> str:
    """Return code for the inside of `<code>`, where Markdown is live: marks and quotes become references."""
    return re.sub(_CODE, lambda found: "".join(map(reference, found[0])), code, flags=_FLAGS)
