"""`/adloom.js`, served without its comments, indentation and most line ends: every shopper of a shop loads it."""

from __future__ import annotations

import re
from importlib import resources
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

_NOT_SENT: Final = re.compile(r"^\s*/\*.*?\*/\s*|^\s*//[^\n]*\n|^\s+|(?<=[;,{])\n", re.MULTILINE | re.DOTALL)
_SPACED: Final = re.compile(r" (=>|[!=]==|[=>]=?|&&|\|\|=?|[+?:]) ")
_HEADERS: Final = {
    "cache-control": "public, max-age=300",  # a new version reaches all pages within minutes
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


def lean(source: str) -> str:
    """The same script in fewer bytes: without whole lines of comment, what stands before a line, spaces around
    operators, and the ends of lines after `;`, `,` and `{`. The script's texts may hold none of these.

    >>> lean("/* What\\n * it is. */\\n(() => {\\n  // why\\n  go();\\n})();\\n")
    '(()=>{go();})();'
    """
    return _SPACED.sub(r"\1", _NOT_SENT.sub("", source))


SCRIPT: Final = lean(resources.files("services.web.pages").joinpath("adloom.js").read_text("utf-8"))


async def script(request: Request) -> Response:
    """`GET /adloom.js`."""
    return Response(SCRIPT, headers=_HEADERS, media_type="text/javascript")
