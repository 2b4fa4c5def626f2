"""The hash function of digests and checksums, without `hashlib`, which takes 4 ms to load OpenSSL."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # in other Pythons than CPython
    from hashlib import blake2b

__all__ = ["blake2b"]
