"""A TCP proxy that can delay a part's answers, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.tools.stack.addresses import LOOPBACK

_PIECE_BYTES: Final = 256 * 1024
_LINGER_S: Final = 0.1


class SlowLink:
    """Forwards bytes; delays answers by `delay_s`, which may be changed at any time."""

    def __init__(self, target: str) -> None:
        self.delay_s = 0.0
        self.address = ""
        self._host, _, port = target.rpartition(":")
        self._port = int(port)

    async def open(self) -> asyncio.Server:
        """Listens on a free port."""
        server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.address = f"{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(OSError):
            there, back = await asyncio.open_connection(self._host, self._port)
            with contextlib.closing(back):
                ways = [asyncio.create_task(way) for way in (self._pass(reader, back), self._hold(there, writer))]
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)  # when one side closes, both are closed
                for way in ways:
                    way.cancel()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(_PIECE_BYTES):
                writer.write(data)
                await writer.drain()

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As `_pass`, but forwards each piece `delay_s` after its arrival, in order, while further pieces are read."""
        loop, held = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def let_go() -> None:
            while (due_and_data := await held.get())[1]:
                due, data = due_and_data
                await asyncio.sleep(max(due - loop.time(), 0.0))
                writer.write(data)
                await writer.drain()

        letting = asyncio.create_task(let_go())
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(_PIECE_BYTES):
                    held.put_nowait((loop.time() + self.delay_s, data))
        finally:
            letting.cancel()


@contextmanager
def linked(*links: SlowLink) -> Iterator[None]:
    """The links are open inside the `with`."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="links", daemon=True)
    thread.start()

    async def open_all() -> list[asyncio.Server]:
        return [await link.open() for link in links]

    async def end(servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        loop.call_later(_LINGER_S, loop.stop)  # closed sockets are released a moment later

    servers = asyncio.run_coroutine_threadsafe(open_all(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(end(servers), loop)
        thread.join(10)
        loop.close()
