"""`/adloom.js`, served without its comments and indentation: every shopper of a shop loads it."""

from __future__ import annotations

import re
from importlib import resources
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_NOT_SENT: Final = re.compile(r"^\s*/\*.*?\*/\s*|^\s*//[^\n]*\n|^\s+", re.MULTILINE | re.DOTALL)
_HEADERS: Final = {
    "cache-control": "public, max-age=300",  # a new version reaches all pages within minutes
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


def lean(source: str) -> str:
    """The same script in fewer bytes; whole lines of comment and what stands before a line are left out.

    >>> lean("/* What\\n * it is. */\\n(() => {\\n  // why\\n  go();\\n})();\\n")
    '(() => {\\ngo();\\n})();\\n'
    """
    return _NOT_SENT.sub("", source)


SCRIPT: Final = lean(resources.files("services.web.pages").joinpath("adloom.js").read_text("utf-8"))


async def script(request: Request) -> Response:
    """`GET /adloom.js`."""
    return Response(SCRIPT, headers=_HEADERS, media_type="text/javascript")
