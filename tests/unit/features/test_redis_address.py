"""A Redis may be reached by IPv6: its address is [host]:port, for us and for Feast."""

from __future__ import annotations

import asyncio
import socket

import pytest

from services.features.feast_async_reader import FeastAsyncReader
from services.features.feast_client import Limits, provider_of
from services.features.memory_store import MemoryStore
from services.tools.stack.probes import ping

pytestmark = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")


async def pongs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A Redis that knows nothing: PONG, or no row."""
    asked = await reader.read(1 << 16)
    writer.write(b"+PONG\r\n" if asked.startswith(b"PING") else b"*2\r\n$-1\r\n$-1\r\n")
    await writer.drain()
    writer.close()


@pytest.mark.asyncio
async def test_the_probe_and_the_reader_find_it() -> None:
    async with await asyncio.start_server(pongs, "::1", 0) as server:
        address = f"[::1]:{server.sockets[0].getsockname()[1]}"
        assert await ping(address)() == ""
        nobody = MemoryStore().read(["nobody"])["nobody"].profile
        reader = FeastAsyncReader(address, lambda segment: nobody, answer_s=5.0)
        assert (await reader.read("u1-" + "0" * 32, "new_unknown", 5.0)).default
        reader.close()


def test_feast_is_told_of_it() -> None:
    config, provider = provider_of("[::1]:6379", Limits(1.0, 1.0))
    assert config.online_store.connection_string == "[::1]:6379"
    client = provider.online_store._client  # type: ignore[attr-defined]
    assert client.connection_pool.connection_kwargs["host"] == "::1"
