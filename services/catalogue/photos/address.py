"""Which URLs and which addresses pictures may be fetched from; pure.

A feed is written by others, and the machine that fetches its pictures may reach what they cannot: the cloud's metadata,
a router, a database without a password. So only public addresses are asked, unless a person allows the others.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from services.common.errors import Rejected

_PORTS: Final = {"http": 80, "https": 443}
_EXPECTED: Final = "an http or https URL"
_SAFE: Final = "%/:=&?~#+!$,;'@()*[]|"  # what stands for itself in a URL's path and query, or was escaped already
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_Any = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask for what."""

    is_tls: bool
    host: str  # in ASCII
    port: int
    path: str  # with its query

    @property
    def authority(self) -> str:
        """The value of the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.is_tls else "http"] else f"{host}:{self.port}"


def is_url(link: str) -> bool:
    """Whether a link names a host; it names a file otherwise.

    >>> [is_url(link) for link in ("https://shop.example/a.jpg", "//cdn.example/a.jpg", "photos/a.jpg", "C:/a.jpg")]
    [True, True, False, False]
    """
    return "://" in link or link.startswith("//")


def target_of(url: str) -> Target:
    """Parses a URL; raises `Rejected("no_url")` for all that is none, or that names a user.

    >>> target_of("https://SHOP.example:8443/Größe 38.jpg?v=1#top")
    Target(is_tls=True, host='shop.example', port=8443, path='/Gr%C3%B6%C3%9Fe%2038.jpg?v=1')
    >>> target_of("//bücher.example").host
    'xn--bcher-kva.example'
    """
    try:
        parts = urlsplit(f"https:{url}" if url.startswith("//") else url)
        host = (parts.hostname or "").encode("idna").decode().lower()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise Rejected("no_url", "link", url, _EXPECTED) from error
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise Rejected("no_url", "link", url, f"{_EXPECTED} without a user name")
    query = f"?{parts.query}" if parts.query else ""
    path = quote(f"{parts.path or '/'}{query}", safe=_SAFE, errors="replace")
    return Target(parts.scheme == "https", host, _PORTS[parts.scheme] if port is None else port, path)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet.

    Not so are private, shared, loopback, link-local, multicast, reserved and unspecified ones, and IPv6 addresses that
    hold an IPv4 address of these kinds.

    >>> [is_public(address) for address in ("93.184.216.34", "10.0.0.1", "::ffff:127.0.0.1", "2606:4700::1111")]
    [True, False, False, True]
    """
    found: _Any = ipaddress.ip_address(address)
    inner = _inner(found)
    if inner is not None:
        return _is_global(inner)
    return _is_global(found)


def _inner(address: _Any) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, 6to4 or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_global(address: _Any) -> bool:
    is_site_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (address.is_multicast or address.is_reserved or is_site_local)
