"""`GET /a/SHA256.EXTENSION`: a picture of the library by its content, which never changes: caches may keep it for ever.

Only a name that is a SHA-256 and an extension that we know is looked up; nothing else of a path ever reaches the store.
The type of the answer is that of the content, whatever the extension says.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.assets.creative import EXTENSIONS
from services.assets.pictures.picture_store import NoSuchPicture, PictureStore
from services.web.pictures.byte_range import Span, span_of

_NAME: Final = re.compile(rf"([0-9a-f]{{64}})\.({'|'.join(EXTENSIONS.values())})", re.ASCII)
_FOR_EVER: Final = "public, max-age=31536000, immutable"
KEPT: Final = 512


class PictureRoute:
    """Serves pictures; keeps the most recently asked in memory."""

    def __init__(self, pictures: PictureStore, most: int = KEPT) -> None:
        self._pictures = pictures
        self._most = most
        self._kept: OrderedDict[str, tuple[bytes, str]] = OrderedDict()

    async def answer(self, request: Request) -> Response:
        """200, 206 for a range of it, 304 for who has it, 404, 416."""
        name = _NAME.fullmatch(request.path_params["name"])
        if name is None:
            raise HTTPException(404, "no picture has this name")
        picture, media_type = await self._picture(name[1])
        return picture_answer(picture, name[1], media_type, request)

    async def _picture(self, sha256: str) -> tuple[bytes, str]:
        found = self._kept.get(sha256)
        if found is None:
            found = await asyncio.to_thread(self._read, sha256)
            self._kept[sha256] = found
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(sha256)
        return found

    def _read(self, sha256: str) -> tuple[bytes, str]:
        """Raises `Unavailable` for a picture that is there and cannot be read, or is damaged."""
        try:
            return self._pictures.found(
                sha256
            )  # in one step: each is a round trip where pictures lie in an object store
        except NoSuchPicture:
            raise HTTPException(404, "no picture has this name") from None


def picture_answer(picture: bytes, sha256: str, media_type: str, request: Request) -> Response:
    """The response to a request for these bytes, whose name is their tag."""
    tag = f'"{sha256}"'
    headers = {
        "cache-control": _FOR_EVER,
        "etag": tag,
        "accept-ranges": "bytes",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }
    if _names(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    asked = request.headers.get("range", "") if request.headers.get("if-range", tag) == tag else ""
    span = span_of(asked, len(picture))
    if span is None:
        return Response(picture, headers=headers, media_type=media_type)
    return _part(picture, span, headers, media_type)


def _part(picture: bytes, span: Span, headers: dict[str, str], media_type: str) -> Response:
    if span.empty:
        told = {**headers, "cache-control": "no-store", "content-range": f"bytes */{len(picture)}"}
        raise HTTPException(416, f"range: none of the {len(picture)} bytes is in the part asked for", told)
    told = {**headers, "content-range": f"bytes {span.first}-{span.last}/{len(picture)}"}
    return Response(picture[span.first : span.last + 1], 206, told, media_type)


def _names(if_none_match: str, tag: str) -> bool:
    """Whether the caller has what has this tag; a weak comparison, as RFC 9110 says."""
    told = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in told or told == ["*"]
