"""Adds finished banners to the library, each by itself; one that is there already is not added again."""

from __future__ import annotations

import hashlib
from typing import Final, Protocol

from services.assets.banner import LARGEST_BYTES, banner_of
from services.assets.banner_rows import About, BannerRow
from services.assets.creative import Creative, Draft
from services.assets.library import Library
from services.common.errors import Rejected

_LONGEST: Final = {"headline": 120, "body": 1000, "call_to_action": 40}


class Shop(Protocol):
    """What banners may advertise; each method may block, and raises `Unavailable`."""

    def title_of(self, product_id: str) -> str:
        """The title of a product; raises `Rejected` where the shop has none of this id."""
        ...


def add_banner(library: Library, shop: Shop, row: BannerRow, approved_by: str) -> Creative:
    """Adds the banner and returns it as the library has it; `Rejected` where it cannot be taken.

    Its identity is that of the file and what is said of it, so that another version of the picture library, which
    may write other bytes, finds it there already.
    """
    if row.wrong is not None:
        raise row.wrong
    about = row.about
    if not about.product_id:
        raise Rejected("missing", "product_id", "", "a product of the shop's catalogue (--product, or a sheet)")
    title = shop.title_of(about.product_id)
    _check_texts(about)
    content = _content(row)
    banner = banner_of(content, row.path.name, about.format)
    sha256 = hashlib.sha256(content).hexdigest()
    draft = Draft(
        product_id=about.product_id,
        format=banner.format,
        headline=about.headline or title,
        body=about.body,
        call_to_action=about.call_to_action,
        approved_by=approved_by,
        lineage={"file": row.path.name, "file_sha256": sha256},
        recipe=f"file {sha256}",
    )
    return library.add(draft, banner.png)


def _content(row: BannerRow) -> bytes:
    """The file, or so much of it as shows that it is too large."""
    if not row.path.is_file():
        raise Rejected("missing", "file", str(row.path), "a file that exists")
    try:
        with row.path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Rejected("invalid", "file", str(row.path), f"a file that can be read ({error.strerror})") from error


def _check_texts(about: About) -> None:
    for field, longest in _LONGEST.items():
        text = getattr(about, field)
        if len(text) > longest or not text.isprintable():
            raise Rejected("invalid", field, text, f"one line of at most {longest} characters")
