"""The texts that are open in an editor, which may not be saved: their versions, and the changes to them."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from mdtables.document.parse import Document, parse
from mdtables.server.positions import Encoding, Positions
from mdtables.workspace import files


class OpenText:
    """One version of a text: its URI, the absolute path of its file, which need not exist, and its real path.

    Both paths are "" for what is no file. `language` is what the editor calls it; `is_changed` is true if the text may
    be another one than that of the file.
    """

    def __init__(
        self,
        uri: str,
        version: int,
        text: str,
        encoding: Encoding,
        *,
        language: str = "",
        is_changed: bool | None = None,
    ) -> None:
        self.uri, self.version, self.text, self.language, self._encoding = uri, version, text, language, encoding
        self.path = path_of(uri)
        self.real = os.path.realpath(self.path) if self.path else ""
        self.is_changed = self._differs() if is_changed is None else is_changed

    @cached_property
    def positions(self) -> Positions:
        """The lines of the text."""
        return Positions(self.text, self._encoding)

    @cached_property
    def document(self) -> Document:
        """The regions of the text, if it is a document."""
        return parse(self.text, self.path)

    def changed(self, version: int, changes: list[dict[str, Any]]) -> OpenText:
        """Return the text after changes, each of a range or of the whole text.

        Raise TypeError, KeyError or ValueError for what is no change.
        """
        text = self
        for change in changes:
            new = change["text"]
            if not isinstance(new, str):
                raise TypeError("the text of a change is not text")
            if change.get("range") is not None:
                start, end = (text.positions.offset(change["range"][name]) for name in ("start", "end"))
                new = text.text[:start] + new + text.text[max(start, end) :]
            text = OpenText(self.uri, version, new, self._encoding, language=self.language, is_changed=True)
        return text

    def saved(self) -> OpenText:
        """Return the same text as that of its file."""
        own = self.uri, self.version, self.text, self._encoding
        return OpenText(*own, language=self.language, is_changed=False)

    def _differs(self) -> bool:
        """Return True if the file has another text, or one that cannot be read as UTF-8."""
        try:
            on_disk = files.read(self.real).decode("utf-8-sig") if self.real else ""
        except OSError:
            return True
        except UnicodeDecodeError:
            return "\ufffd" not in self.text  # an editor that cannot read it either shows this
        return on_disk != self.text


def same_file(text: OpenText, path: str) -> bool:
    """Return True if a path, with or without links on its way, is that of a text."""
    return bool(text.path) and (path in (text.path, text.real) or os.path.realpath(path) == text.real)


def path_of(uri: str) -> str:
    """Return the absolute path of a file's URI, without following links; "" for any other."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return ""
    path = unquote(parts.path)
    if os.name == "nt":
        path = path.removeprefix("/").replace("/", "\\")
        path = f"\\\\{parts.netloc}\\{path}" if parts.netloc else path
    return os.path.abspath(path) if path and "\0" not in path else ""


def uri_of(path: str) -> str:
    """Return the URI of an absolute path."""
    if os.name == "nt":
        path = "/" + path.replace("\\", "/")
    return "file://" + quote(path, safe="/:@!$&'(),;=~")
