"""Who asks without that a person did: browsers that fetch ahead, previews of links, crawlers; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.features.invalid_traffic import is_crawler

_PURPOSES: Final = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_AHEAD: Final = ("prefetch", "prerender", "preview")


def is_automated(method: str, headers: Mapping[str, str]) -> bool:
    """Whether the request is no visit; other programs count, and are marked by what they say of themselves.

    >>> is_automated("GET", {"sec-purpose": "prefetch;prerender"}), is_automated("HEAD", {})
    (True, True)
    >>> is_automated("GET", {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}), is_automated("GET", {})
    (True, False)
    """
    if method == "HEAD":
        return True
    told = (headers.get(name, "").lower() for name in _PURPOSES)
    return any(word in one for one in told for word in _AHEAD) or is_crawler(headers.get("user-agent", ""))
