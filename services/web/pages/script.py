"""The files that are served as they are."""

from __future__ import annotations

from importlib import resources
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

SCRIPT: Final = resources.files("services.web.pages").joinpath("adloom.js").read_text("utf-8")
_HEADERS: Final = {
    "cache-control": "public, max-age=300",  # a new version reaches all pages within minutes
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


async def script(request: Request) -> Response:
    """`GET /adloom.js`."""
    return Response(SCRIPT, headers=_HEADERS, media_type="text/javascript")
