"""blake2b, from where `hashlib` has it, without OpenSSL, which takes 5 ms to load. Knows not what is digested."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # a Python that has it from OpenSSL alone
    from hashlib import blake2b

__all__ = ["blake2b"]
