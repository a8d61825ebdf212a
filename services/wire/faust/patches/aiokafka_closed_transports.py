"""Lets aiokafka see a connection as broken on which uvloop refuses to write because it is closed.

uvloop says so by a `RuntimeError`, aiokafka 0.14 expects an `OSError`. The error then ended the routine that refreshes
a client's metadata, everything that waits for its next answer waited for ever, and a worker whose broker was killed at
the wrong moment never read again.
"""

from __future__ import annotations

from typing import Any

import aiokafka.conn
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError


def see_closed_transports() -> None:
    """From here on aiokafka's clients in this process make such connections anew."""
    aiokafka.conn.AIOKafkaConnection = _Connection


class _Connection(AIOKafkaConnection):  # type: ignore[misc]  # aiokafka ships no types
    """The library's, which knows the loop's way to say that it is closed."""

    def send(self, request: Any, expect_response: bool = True) -> Any:
        try:
            return super().send(request, expect_response)
        except RuntimeError as exc:
            self.close(reason=CloseReason.CONNECTION_BROKEN)
            raise KafkaConnectionError(f"Connection at {self.host}:{self.port} is closed: {exc}") from exc
