"""Every refusal as JSON, `{"error": {"code":, "field":, "message":}}`, with the HTTP status that its code maps to."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from services.common.errors import AdloomError, Rejected
from services.common.metrics import METRICS
from services.runtime.grpc_method import status_of

_LOG = logging.getLogger(__name__)

STATUS: Final[Mapping[str, int]] = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "UNAUTHENTICATED": 401,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
}
"""The HTTP status of each code, as google.rpc.Code and the gateways of gRPC map them."""

_RETRY_AFTER: Final = {429: "1", 503: "1"}  # seconds, the shortest that the header can say
_CODES: Final = {404: "NOT_FOUND", 405: "UNIMPLEMENTED", 416: "OUT_OF_RANGE"}  # of what HTTP alone refuses


class Refused(AdloomError):
    """A request is not answered; `status` only where HTTP has a better one than the code's."""

    def __init__(self, code: str, message: str, field: str = "", status: int = 0) -> None:
        self.code = code
        self.field = field
        self.status = status or STATUS.get(code, 500)
        super().__init__(message)


def refusal_of(error: Exception) -> Refused:
    """The refusal that an error becomes; a bug shows nothing of itself."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, HTTPException):
        return Refused(_CODES.get(error.status_code, "INVALID_ARGUMENT"), error.detail, status=error.status_code)
    if isinstance(error, ClientDisconnect):
        return Refused("CANCELLED", "the caller has left")
    code = status_of(error).name
    if code == "INTERNAL":
        return Refused(code, "internal error")
    return Refused(code, str(error), error.field if isinstance(error, Rejected) else "")


def refusal_answer(error: Exception) -> Response:
    """The refusal as a response."""
    refusal = refusal_of(error)
    METRICS.refusals.labels(refusal.code).inc()
    if refusal.code == "INTERNAL":
        _LOG.error("A request failed by our mistake", exc_info=error)
    told = {"code": refusal.code, "field": refusal.field, "message": str(refusal)}
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if refusal.status in _RETRY_AFTER:
        headers["retry-after"] = _RETRY_AFTER[refusal.status]
    if isinstance(error, HTTPException) and error.headers:
        headers.update(error.headers)  # which methods a route has
    return Response(json.dumps({"error": told}), refusal.status, headers, "application/json")


async def refuse(request: Request, error: Exception) -> Response:
    """The handler that Starlette calls for every exception of a route."""
    return refusal_answer(error)
