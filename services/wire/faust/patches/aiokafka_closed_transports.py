"""Lets aiokafka treat a connection as broken when uvloop refuses to write to it because it is closed.

uvloop raises a `RuntimeError`, aiokafka 0.14 expects an `OSError`. The unexpected error ended the task that refreshes a
client's metadata. Everything that waits for the next refresh then waited for ever, and a worker whose broker was killed
at the wrong moment never read again.
"""

from __future__ import annotations

from typing import Any

import aiokafka.conn
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError


def see_closed_transports() -> None:
    """Patches aiokafka: its clients in this process then reconnect."""
    aiokafka.conn.AIOKafkaConnection = _Connection


class _Connection(AIOKafkaConnection):  # type: ignore[misc]  # aiokafka ships no types
    """The library's connection, which takes the loop's `RuntimeError` for a closed connection."""

    def send(self, request: Any, expect_response: bool = True) -> Any:
        try:
            return super().send(request, expect_response)
        except RuntimeError as exc:
            self.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"Connection at {self.host}:{self.port} is closed: {exc}") from exc
