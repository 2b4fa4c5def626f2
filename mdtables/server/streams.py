"""Two streams -> a server that answers. Messages are read while another is worked on, so that it can be cancelled."""

from __future__ import annotations

import queue
import threading
from typing import BinaryIO

from mdtables.server.messages import CANCELLED, Message, ProtocolError, read_message, write_message
from mdtables.server.server import Server

_LOOK_AFTER = 1.0  # seconds without a message

_Item = Message | ProtocolError | None


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> int:
    """Answer the messages of an editor until it ends, and return the exit status."""
    messages: queue.Queue[_Item] = queue.Queue()
    cancelled: set[object] = set()
    server = Server(lambda message: write_message(outgoing, message))
    threading.Thread(target=_read_all, args=(incoming, messages, cancelled), daemon=True).start()
    try:
        while server.exit_status is None:
            try:
                message = messages.get(timeout=_LOOK_AFTER)
            except queue.Empty:
                server.look()
                server.publish()
                continue
            if message is None:
                return 1  # the editor is gone, without saying so
            _answer(message, server, cancelled, outgoing)
            if messages.empty():
                server.publish()
    except (BrokenPipeError, ConnectionError, ValueError):
        return 1  # nobody reads the answers any more
    return server.exit_status


def _answer(message: Message | ProtocolError, server: Server, cancelled: set[object], outgoing: BinaryIO) -> None:
    if isinstance(message, ProtocolError):
        error = {"code": message.code, "message": message.message}
        write_message(outgoing, {"jsonrpc": "2.0", "id": None, "error": error})
        return
    identity = message.get("id")
    if isinstance(identity, (str, int)) and identity in cancelled:
        cancelled.discard(identity)
        error = {"code": CANCELLED, "message": "cancelled"}
        write_message(outgoing, {"jsonrpc": "2.0", "id": identity, "error": error})
        return
    server.handle(message)


def _read_all(incoming: BinaryIO, messages: queue.Queue[_Item], cancelled: set[object]) -> None:
    """Put every message into the queue, and None at the end; note the requests that are cancelled."""
    while True:
        try:
            message = read_message(incoming)
        except ProtocolError as error:
            messages.put(error)
            continue
        except (OSError, ValueError):
            message = None
        if message and message.get("method") == "$/cancelRequest":
            params = message.get("params")
            identity = params.get("id") if isinstance(params, dict) else None
            if isinstance(identity, (str, int)):
                cancelled.add(identity)
            continue
        messages.put(message)
        if message is None:
            return
