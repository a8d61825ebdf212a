"""A gRPC call without a network: bytes go into the server's own handler, and the caller's status comes back."""

from __future__ import annotations

import asyncio
import re
import sys
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import grpc

from services.tools.drills.fuzzing.target import NotAllowed

REFUSALS: Final = frozenset(
    {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.PERMISSION_DENIED}
)
"""Codes that say that the caller made a mistake."""

_NAMES_FIELD: Final = re.compile(r"[a-z][\w.\[\]-]*: .+ where .+ was expected", re.DOTALL)
_LONGEST_TEXT: Final = 4096  # of a status, which is sent in a header


class Aborted(Exception):
    """The handler ended the call with a status."""


@dataclass
class Context:
    """The part of grpc.aio.ServicerContext that our handlers use."""

    metadata: tuple[tuple[str, str | bytes], ...] = ()
    remaining_s: float | None = 5.0
    code: grpc.StatusCode = grpc.StatusCode.OK
    details: str = ""
    mistake: BaseException | None = field(default=None, repr=False)

    def time_remaining(self) -> float | None:
        """Seconds until the caller's deadline."""
        return self.remaining_s

    def invocation_metadata(self) -> tuple[tuple[str, str | bytes], ...]:
        """What the caller sent beside the message."""
        return self.metadata

    def set_trailing_metadata(self, metadata: object) -> None:
        """Ignored."""

    async def abort(self, code: grpc.StatusCode, details: str = "") -> NoReturn:
        """Notes the status and ends the call."""
        self.code, self.details, self.mistake = code, details, sys.exc_info()[1]
        raise Aborted


class Calls:
    """A service's handlers, on an event loop of their own."""

    def __init__(self, handler: grpc.GenericRpcHandler, loop: asyncio.AbstractEventLoop) -> None:
        self._handler = handler
        self._loop = loop

    def answer(self, path: str, value: bytes, context: Context) -> Any:
        """The answer, or None where the call was refused with a permitted status; raises for any other failure."""
        method = self._handler.service(_Details(path))
        try:
            answer = self._loop.run_until_complete(method.unary_unary(value, context))
        except Aborted:
            _check(context)
            return None
        return method.response_serializer(answer) if method.response_serializer else answer


@dataclass(frozen=True)
class _Details:
    """The method of a call, as grpc.HandlerCallDetails."""

    method: str
    invocation_metadata: tuple[tuple[str, str | bytes], ...] = ()


def _check(context: Context) -> None:
    """Raises `NotAllowed` unless the refusal blames the caller, names the field, and is short enough to be sent."""
    no_time = context.remaining_s is not None and context.remaining_s <= 0
    if no_time and context.code is grpc.StatusCode.UNAVAILABLE:
        return
    if context.code not in REFUSALS:
        raise NotAllowed(f"{context.code.name}: {context.details}") from context.mistake
    if not _NAMES_FIELD.fullmatch(context.details):
        raise NotAllowed(f"a refusal without a field: {context.details!r}")
    if len(context.details.encode()) > _LONGEST_TEXT:
        raise NotAllowed(f"a refusal of {len(context.details)} characters")
