"""Which kind of device a browser says it runs on; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_TABLET: Final = re.compile(r"iPad|Tablet|Kindle|Silk/|PlayBook")
_PHONE: Final = re.compile(r"Mobi|iPhone|iPod|Phone")
_DESKTOP: Final = re.compile(r"Windows NT|Macintosh|X11|CrOS")


def device_of(headers: Mapping[str, str]) -> str:
    """`phone`, `tablet` or `desktop` by client hints and the user agent; empty where they do not tell.

    An iPad that asks for desktop pages, as Safari does by default, says of itself that it is a Macintosh.

    >>> device_of({"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148"})
    'phone'
    >>> device_of({"user-agent": "Mozilla/5.0 (Linux; Android 15; SM-X710) Chrome/140 Safari/537.36"})
    'tablet'
    >>> device_of({"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140"}), device_of({"user-agent": "curl/8"})
    ('desktop', '')
    """
    if headers.get("sec-ch-ua-mobile", "") == "?1":
        return "phone"
    agent = headers.get("user-agent", "")
    if _TABLET.search(agent) or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if _PHONE.search(agent):
        return "phone"
    return "desktop" if _DESKTOP.search(agent) else ""
