"""Fetches pictures by URL: bounded in size, time and redirects, polite to hosts, and only from public addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from threading import Event
from typing import Final
from urllib.parse import urljoin

from services.catalogue.photos.address import Target, is_public, is_url, target_of
from services.catalogue.photos.check_photo import LARGEST_BYTES
from services.catalogue.photos.http_connection import Address, Resolve, TimeLeft, resolve, response_of
from services.catalogue.photos.links import Wanted
from services.catalogue.photos.ports import Got
from services.common.clock import Clock
from services.common.errors import Rejected, Unavailable

USER_AGENT: Final = "adloom-photos/1 (fetches the pictures of a shop's own product feed)"
MOST_REDIRECTS: Final = 5
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_AGAIN: Final = {429, 500, 502, 503, 504}
_PIECE_BYTES: Final = 64 * 1024
_UNCHANGED: Final = 304
_CONDITIONS: Final = {"If-None-Match", "If-Modified-Since"}
_LONGEST: Final = 100  # of what a host names its content by: what is longer is not kept, and the picture is sent again


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Bounds of a fetch."""

    allow_private: bool = False
    whole_s: float = 60.0  # for one answer, redirects apart: 20 MB at 3 Mbit/s
    back_off_s: tuple[float, ...] = (1.0, 4.0)  # before the second and the third try
    longest_wait_s: float = 30.0  # how long a host may make us wait by `Retry-After`


class HttpPhotos:
    """A `Source` of URLs."""

    def __init__(self, settings: HttpSettings, clock: Clock, ending: Event, resolve: Resolve = resolve) -> None:
        self._settings = settings
        self._clock = clock
        self._ending = ending
        self._resolve = resolve

    def get(self, wanted: Wanted) -> Got:
        """See `Source.get`; the reasons of `Rejected` are `no_url`, `private_address`, `redirects`, `http_STATUS`.

        What is known of the picture goes with the question (RFC 9110, 13.1), so that an unchanged one is not sent.
        """
        url, headers = wanted.link, _headers(wanted)
        for _ in range(MOST_REDIRECTS + 1):
            found = self._answered(target_of(url), headers)
            if isinstance(found, Got):
                return found
            url = _joined(url, found.location)
        raise Rejected("redirects", "link", wanted.link, f"an address behind at most {MOST_REDIRECTS} redirects")

    def _answered(self, target: Target, headers: Mapping[str, str]) -> Got | _Redirect:
        """The answer of the host, which is asked again, a little later, where it is too busy."""
        addresses = self._allowed(target)
        for back_off_s in self._settings.back_off_s:
            found = self._once(target, addresses, headers)
            if not isinstance(found, _Busy):
                return found
            self._ending.wait(min(max(back_off_s, found.wait_s), self._settings.longest_wait_s))
        found = self._once(target, addresses, headers)
        if isinstance(found, _Busy):
            raise Unavailable(target.host, f"{target.path}: status {found.status}, again and again")
        return found

    def _allowed(self, target: Target) -> list[Address]:
        try:
            found = self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label of more than 63 characters
            raise Unavailable(target.host, f"its name was not resolved ({error})") from error
        allowed = [address for address in found if self._settings.allow_private or is_public(address.ip)]
        if found and not allowed:
            expected = "a host with a public address (--allow-private takes others)"
            raise Rejected("private_address", "link", f"{target.host} -> {found[0].ip}", expected)
        return allowed

    def _once(self, target: Target, addresses: list[Address], headers: Mapping[str, str]) -> Got | _Redirect | _Busy:
        time = TimeLeft(self._settings.whole_s, self._clock, self._ending)
        with response_of(target, addresses, time, headers) as response:
            if response.status in _REDIRECTS and response.headers.get("Location"):
                return _Redirect(response.headers["Location"])
            if response.status in _AGAIN:
                return _Busy(response.status, _seconds(response.headers.get("Retry-After")))
            if response.status == _UNCHANGED and headers.keys() & _CONDITIONS:
                return Got(None)
            if response.status != 200:
                raise Rejected(f"http_{response.status}", "link", target.path, "status 200")
            etag, changed = (_short(response.headers.get(name)) for name in ("ETag", "Last-Modified"))
            return Got(_body(response, target), etag, changed)


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


@dataclass(frozen=True, slots=True)
class _Busy:
    status: int
    wait_s: float


def host_of(wanted: Wanted) -> str:
    """The host that a link names first; empty for a file's name or a URL that is none."""
    try:
        return target_of(wanted.link).host if is_url(wanted.link) else ""
    except Rejected:
        return ""


def _headers(wanted: Wanted) -> dict[str, str]:
    """Of the request, with what is known of the picture."""
    headers = {"User-Agent": USER_AGENT, "Accept": "image/*"}
    before = wanted.before
    if before is not None and before.etag:
        headers["If-None-Match"] = before.etag
    if before is not None and before.last_modified:
        headers["If-Modified-Since"] = before.last_modified
    return headers


def _short(header: str | None) -> str:
    """A header as it is kept.

    >>> _short('"3f-a1"'), _short(None), _short("x" * 101), _short("ä")
    ('"3f-a1"', '', '', '')
    """
    fits = header is not None and len(header) <= _LONGEST and header.isascii() and header.isprintable()
    return header if header is not None and fits else ""


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; raw UTF-8 in the header, which http.client takes for Latin-1, is read as such.

    >>> _joined("//cdn.example/a/b.jpg", "../\u00c3\u00a4.jpg")
    'https://cdn.example/ä.jpg'
    """
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return urljoin(f"https:{url}" if url.startswith("//") else url, location)
    except ValueError as error:
        raise Rejected("no_url", "location", location, "an http or https URL") from error


def _body(response: HTTPResponse, target: Target) -> bytes:
    """The body, or a little more than may be taken."""
    found = bytearray()
    while len(found) <= LARGEST_BYTES and (piece := response.read(_PIECE_BYTES)):
        found += piece
    if len(found) <= LARGEST_BYTES and response.length:  # http.client says nothing where a body ends too soon
        raise Unavailable(target.host, f"{target.path}: {response.length} bytes are missing")
    return bytes(found)


def _seconds(retry_after: str | None) -> float:
    """The seconds of `Retry-After`; 0 where it gives a date or nothing.

    >>> _seconds("7"), _seconds("Wed, 21 Oct 2026 07:28:00 GMT"), _seconds(None)
    (7.0, 0.0, 0.0)
    """
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 0.0
