"""Bytes <-> messages of JSON-RPC, each behind its length. Knows nothing of what the messages mean."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

Message = dict[str, Any]

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
NOT_INITIALIZED, CANCELLED, CHANGED, FAILED = -32002, -32800, -32801, -32803

_MOST = 100_000_000  # bytes of one message, and of one line of its header: more is no message
_LONGEST_LINE = 10_000


class ProtocolError(Exception):
    """A request that cannot be answered: the code of the protocol, and why."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def read_message(stream: BinaryIO) -> Message | None:
    """Return the next message, None at the end. Raise ProtocolError for one that is none; the next one can be read."""
    length = _length(stream)
    if length is None:
        return None
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(PARSE_ERROR, f"a message is not JSON: {error}") from None
    if not isinstance(message, dict):
        raise ProtocolError(INVALID_REQUEST, "a message is not an object")
    return message


def _length(stream: BinaryIO) -> int | None:
    """Return the length of the next message, from its header; None at the end. Raise ProtocolError without one."""
    length, is_header = None, False
    while line := stream.readline(_LONGEST_LINE):
        if line in (b"\r\n", b"\n"):
            if length is not None:
                return length
            if is_header:
                raise ProtocolError(PARSE_ERROR, "a header without Content-Length")
            continue
        is_header = True
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            number = value.strip()
            if not (number.isdigit() and len(number) < 10 and int(number) <= _MOST):
                raise ProtocolError(PARSE_ERROR, f"not a length: {number[:40]!r}")
            length = int(number)
    return None


def write_message(stream: BinaryIO, message: Message) -> None:
    """Write one message. Raise OSError if nobody reads it any more."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    stream.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    stream.flush()
