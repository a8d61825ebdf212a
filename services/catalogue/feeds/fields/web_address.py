"""Links and pictures of a product: http and https addresses; pictures may also be names of files that come along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from services.catalogue.feeds.rows import Value
from services.common.errors import Rejected

MOST_IMAGES: Final = 11
"""One picture and ten more, as in Google's specification; those after them are left out."""

_MOST_CHARACTERS: Final = 2_000
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f\x7f\ud800-\udfff\ufffd]+", re.IGNORECASE)
_PATH: Final = re.compile(r"(?!www\.|//|[^/?#]+\.[^/?#]+/)[\w%~+.,'/-]+(?:[?#][^\s<>\"\\]*)?")
_FILE: Final = re.compile(
    r"[^\s:<>\"\\|?*][^:<>\"\\|?*\x00-\x1f\x7f\ud800-\udfff\ufffd]*\.(?:jpe?g|png|webp|gif|tiff?|bmp)", re.IGNORECASE
)
_QUOTED: Final = re.compile(r"[\"']([^\"']+)[\"']")
_APART: Final = re.compile(r"[\s,;|]+(?=https?://)", re.IGNORECASE)
_FILES_APART: Final = re.compile(r"\s*[,;|]\s*")


def is_path(value: Value) -> bool:
    """Whether a link is one within its shop, as `/products/hat` or `hat`."""
    return isinstance(value, str) and _PATH.fullmatch(value.strip()) is not None


def read_link(value: Value, field: str = "link") -> str:
    """The address; raises `Rejected("link")` for anything else, as a shopper would be sent there."""
    text = value.strip().replace(" ", "%20") if isinstance(value, str) else ""  # as browsers do
    if len(text) > _MOST_CHARACTERS:
        raise Rejected("too_long", field, text, f"at most {_MOST_CHARACTERS} characters")
    text = f"https:{text}" if text.startswith("//") else f"https://{text}" if text.startswith("www.") else text
    if not _ADDRESS.fullmatch(text) or not _has_host(text):
        raise Rejected("link", field, value, "an http or https address")
    scheme, rest = text.split(":", 1)
    return f"{scheme.lower()}:{rest}"


def read_images(values: Iterable[Value]) -> list[str]:
    """The pictures in the order in which they are given, each once; a cell may hold several with commas between."""
    found: dict[str, None] = {}
    for value in values:
        for each in value if isinstance(value, tuple) else (value,):
            found.update(dict.fromkeys(_image(one) for one in _split(each)))
    return list(found)[:MOST_IMAGES]


def _split(value: Value) -> list[str]:
    if not isinstance(value, str):
        raise Rejected("image", "image_links", value, "an address or the name of a file")
    text = value.strip()
    if text.startswith("["):  # a list of JSON or Python in a cell, as data frames are saved
        return _QUOTED.findall(text)
    if text.startswith("{") and text.endswith("}"):  # an array of PostgreSQL, as `copy to` writes it
        text = text[1:-1].replace('"', "")
    apart = _APART if text.lower().startswith(("http:", "https:")) else _FILES_APART
    return [one.strip() for one in apart.split(text) if one.strip()]


def _image(text: str) -> str:
    if text.lower().startswith(("http:", "https:", "//")):  # the last as some shop programs write it
        return read_link(text, "image_links")
    if len(text) > _MOST_CHARACTERS or not _FILE.fullmatch(text) or ".." in text.split("/"):
        raise Rejected("image", "image_links", text, "an http or https address, or the name of a picture file")
    return text


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
