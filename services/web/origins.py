"""Which pages may ask `/v1/`: those of the origins in the settings, and our own; pure.

A browser names the page's origin in each such request. One without an origin comes from a server, and is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PREFLIGHT: Final = {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type, x-adloom-key",
    "access-control-max-age": "600",
}


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins whose pages may ask.

    >>> known = Origins.of("https://shop.example, https://www.shop.example/", "https://ads.shop.example")
    >>> [known.admits(one, "") for one in ("https://shop.example", "https://ads.shop.example", "https://evil.example")]
    [True, True, False]
    >>> known.admits("http://localhost:8080", "localhost:8080"), known.admits("null", "")
    (True, False)
    """

    allowed: frozenset[str]
    everyone: bool

    @classmethod
    def of(cls, listed: str, web_url: str) -> Origins:
        """From the settings: a list with commas, `*` for all, and where this server is found."""
        names = [name.strip().rstrip("/").lower() for name in listed.split(",") if name.strip()]
        scheme, _, rest = web_url.partition("://")
        return cls(frozenset((*names, f"{scheme}://{rest.partition('/')[0]}".lower())), "*" in names)

    def admits(self, origin: str, host: str) -> bool:
        """Whether a page of `origin` may ask; `host` is the name under which this server was asked."""
        own = origin.partition("://")[2]
        return self.everyone or origin.lower() in self.allowed or (own != "" and own == host)

    def headers(self, origin: str, preflight: bool = False) -> Mapping[str, str]:
        """What tells the browser so."""
        told = {"access-control-allow-origin": origin, "vary": "Origin"}
        return {**told, **_PREFLIGHT} if preflight else told
