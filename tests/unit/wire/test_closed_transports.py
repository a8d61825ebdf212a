"""A connection that the loop has closed counts as broken, and is not written to again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import aiokafka.conn
import pytest
import uvloop
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from services.wire.faust.patches.aiokafka_closed_transports import see_closed_transports


@pytest.fixture
def seeing() -> Iterator[None]:
    """aiokafka as our workers have it, and afterwards as it was."""
    before = aiokafka.conn.AIOKafkaConnection
    see_closed_transports()
    yield
    aiokafka.conn.AIOKafkaConnection = before


@pytest.mark.timeout(20)
def test_a_request_on_a_closed_connection_says_that_it_is_broken(seeing: None) -> None:
    uvloop.run(send_on_a_closed_connection())


async def send_on_a_closed_connection() -> None:
    here, there = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=here)
    connection = aiokafka.conn.AIOKafkaConnection(host="broker", port=9092)
    connection._writer, connection._versions = writer, {}
    writer.transport.abort()
    await asyncio.sleep(0.05)  # from here on uvloop refuses to write
    with pytest.raises(RuntimeError, match="closed"):
        writer.write(b"x")
    with pytest.raises(KafkaConnectionError, match="is closed"):
        connection.send(MetadataRequest([]))
    there.close()
    assert reader.at_eof()
