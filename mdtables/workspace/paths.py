"""Paths as texts, on the systems that spell them differently. Reads nothing from the disk."""

from __future__ import annotations

import os
import re
import sys

# A URL, or a share of Windows: just to look at one may send a user's name and password over the network.
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://|\\\\)|/*\\[\\/]")
RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")
"""The names of devices on Windows, whatever suffix follows: files of this name cannot be cloned there."""


def relative(path: str, start: str = os.curdir) -> str:
    """Return a path relative to a folder; the absolute one if that is on another drive."""
    try:
        return os.path.relpath(path, start)
    except ValueError:
        return os.path.abspath(path)


def is_outside(relative_path: str) -> bool:
    """Return True if what `relative` returned leads out of the folder."""
    return os.path.isabs(relative_path) or relative_path.replace("/", os.sep).split(os.sep, 1)[0] == os.pardir


def is_remote(path: str) -> bool:
    """Return True for the path of a source on another machine."""
    return bool(_REMOTE.match(path))


def comparable(path: str) -> str:
    """Return a path so that two which the system usually takes for one are equal.

    On macOS a file system may distinguish upper and lower case; there a document too many is looked at.
    """
    if sys.platform == "darwin":
        from unicodedata import normalize

        return normalize("NFC", path).casefold()
    return os.path.normcase(path)
