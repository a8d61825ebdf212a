"""One pipelined connection to Redis on the event loop, for reads that requests wait for: no thread, no pool, no retry.

Commands of one turn of the loop are sent together, and Redis answers in order. Compared with a thread that blocks on a
socket, this saves two hand-overs of Python's lock for each read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final, cast

import hiredis

from services.features.feast_client import Limits

Reply = Any  # bytes, int, None, a list of them, or a `hiredis.ReplyError`
_SECOND_LOOK_S: Final = 0.002


class RedisPipe:
    """Sends commands to Redis at `address` (host:port); belongs to one event loop, connects at the first command."""

    def __init__(self, address: str, limits: Limits) -> None:
        self._address = address
        self._limits = limits
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[_Connection] | None = None

    async def execute(self, *command: bytes) -> Reply:
        """Redis's reply, which may be an error reply; raises `OSError` where none comes in time."""
        connection = self._connection
        if connection is None or connection.lost:
            connection = await self._connected()
        return await connection.execute(command)

    def close(self) -> None:
        """Closes the connection; pending commands fail."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.give_up(ConnectionError("the connection is being closed"))

    async def _connected(self) -> _Connection:
        """Connects; callers that come meanwhile share the attempt."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
            self._connecting.add_done_callback(self._attempted)
        return await asyncio.shield(self._connecting)

    def _attempted(self, attempt: asyncio.Task[_Connection]) -> None:
        self._connecting = None
        if not attempt.cancelled():
            attempt.exception()  # retrieved, because perhaps no caller waits for the attempt any more

    async def _connect(self) -> _Connection:
        host, _, port = self._address.rpartition(":")
        connection = _Connection(self._address, self._limits.answer_s)
        async with asyncio.timeout(self._limits.connect_s):
            await asyncio.get_running_loop().create_connection(lambda: connection, host.strip("[]"), int(port))
        self._connection = connection
        return connection


class _Connection(asyncio.Protocol):
    """One connection; `lost` when it has ended."""

    def __init__(self, address: str, answer_s: float) -> None:
        self.lost = False
        self._address = address
        self._answer_s = answer_s
        self._loop = asyncio.get_running_loop()
        self._replies = hiredis.Reader()
        self._waiting: deque[tuple[float, asyncio.Future[Reply]]] = deque()  # (sent at, reply), in order of sending
        self._unsent: list[bytes] = []
        self._watch: asyncio.TimerHandle | None = None

    def execute(self, command: tuple[bytes, ...]) -> asyncio.Future[Reply]:
        """A future of the reply."""
        reply = self._loop.create_future()
        if self.lost:
            reply.set_exception(ConnectionError(f"{self._address} closed the connection"))
            return reply
        self._waiting.append((self._loop.time(), reply))
        if not self._unsent:
            self._loop.call_soon(self._send)
        self._unsent.append(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub says one-tuples
        if self._watch is None:
            self._watch = self._loop.call_later(self._answer_s, self._look)
        return reply

    def _send(self) -> None:
        """Sends all commands of this turn of the loop with one system call, which wakes Redis once."""
        if not self.lost:
            self._transport.write(b"".join(self._unsent))
        self._unsent.clear()

    def give_up(self, why: OSError) -> None:
        """Ends the connection and fails all pending commands."""
        self.lost = True
        self._transport.abort()
        while self._waiting:
            _, reply = self._waiting.popleft()
            if not reply.done():
                reply.set_exception(why)
        if self._watch is not None:
            self._watch.cancel()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self.give_up(ConnectionError(f"{self._address} closed the connection ({exc})"))

    def data_received(self, data: bytes) -> None:
        """Hands out replies; a reply whose caller has left is dropped."""
        try:
            self._replies.feed(data)
            while (reply := self._replies.gets()) is not False:
                _, waiting = self._waiting.popleft()
                if not waiting.done():
                    waiting.set_result(reply)
        except (hiredis.ProtocolError, IndexError) as exc:
            self.give_up(ConnectionError(f"{self._address} does not speak as Redis does ({exc!r})"))

    def _look(self, again: bool = False) -> None:
        """Gives up where the oldest command is overdue.

        A busy loop runs timers before it reads sockets, so the reply may have arrived: it checks again a little later.
        """
        self._watch = None
        if not self._waiting:
            return
        left = self._waiting[0][0] + self._answer_s - self._loop.time()
        if left > 0:
            self._watch = self._loop.call_later(left, self._look)
        elif not again:
            self._watch = self._loop.call_later(_SECOND_LOOK_S, self._look, True)
        else:
            self.give_up(TimeoutError(f"{self._address} did not answer within {self._answer_s * 1000:.0f} ms"))
