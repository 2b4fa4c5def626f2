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
    """One version of a text: its URI, and the real path of its file, which need not exist, "" for what is no file."""

    def __init__(self, uri: str, version: int, text: str, encoding: Encoding, *, is_changed: bool = False) -> None:
        self.uri, self.version, self.text, self._encoding = uri, version, text, encoding
        self.is_changed = is_changed
        self.path = path_of(uri)

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
            text = OpenText(self.uri, version, new, self._encoding, is_changed=True)
        return text

    def as_bytes(self) -> bytes:
        """Return what the file would contain if it were saved now: in the encoding that it has on the disk."""
        encoding = "utf-8"
        try:
            on_disk = files.read(self.path)
            if on_disk.startswith(b"\xef\xbb\xbf"):
                encoding = "utf-8-sig"
            elif on_disk.startswith((b"\xff\xfe", b"\xfe\xff")):
                encoding = "utf-16"
            else:
                on_disk.decode()
        except OSError:
            pass
        except UnicodeDecodeError:
            encoding = "cp1252"
        try:
            return self.text.encode(encoding)
        except UnicodeEncodeError:
            return self.text.encode("utf-8", "surrogatepass")


def path_of(uri: str) -> str:
    """Return the real path of a file's URI; "" for any other."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return ""
    path = unquote(parts.path)
    if os.name == "nt":
        path = path.removeprefix("/").replace("/", "\\")
        path = f"\\\\{parts.netloc}\\{path}" if parts.netloc else path
    return os.path.realpath(path) if path and "\0" not in path else ""


def uri_of(path: str) -> str:
    """Return the URI of an absolute path."""
    if os.name == "nt":
        path = "/" + path.replace("\\", "/")
    return "file://" + quote(path, safe="/:@!$&'(),;=~")
