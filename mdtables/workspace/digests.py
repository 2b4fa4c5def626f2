"""Digests of bytes, which tell whether something is what it was."""

from __future__ import annotations

from mdtables.text.blake2 import blake2b


def digest_of_beginning(data: bytes, length: int) -> str:
    """Return a digest of the first bytes of a file, with their number, by which it can be compared later."""
    return f"{digest_of(data[:length])}:{length}"


def digest_of(*parts: bytes) -> str:
    """Return one digest of all parts, each with its length, so that no two lists of parts have the same."""
    digest = blake2b(digest_size=20)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
