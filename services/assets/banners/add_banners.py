"""Adds finished banners to the library, each by itself; one that is there already is not added again."""

from __future__ import annotations

import hashlib
from typing import Final

from services.assets.banners.banner import LARGEST_BYTES, Banner, banner_of
from services.assets.banners.banner_rows import About, BannerRow
from services.assets.banners.dates import check_order, end_of, start_of
from services.assets.banners.shop import Shop
from services.assets.creative import Creative, Draft
from services.assets.library import Library
from services.assets.screened import Screener
from services.assets.wanted import Wanted
from services.catalogue.link_host import host_of
from services.common.clock import SystemClock
from services.common.errors import Rejected
from services.screening.asset import Asset

_LONGEST_LINK: Final = 2000  # as of products
_TOLD_HOSTS: Final = 3
_YES: Final = ("yes", "true", "1")
_NO: Final = ("", "no", "false", "0")
_LONGEST: Final = {"headline": 120, "body": 1000, "call_to_action": 40}


def add_banner(library: Library, shop: Shop, row: BannerRow, approved_by: str, screener: Screener) -> Creative:
    """Adds the banner and returns it as the library has it; `Rejected` where it cannot be taken.

    One that fails its screen is kept with the reason, and is not served unless a person overrules it.
    Its identity is that of the file and what is said of it, so that another version of the picture library, which
    may write other bytes, finds it there already.
    """
    if row.wrong is not None:
        raise row.wrong
    about = row.about
    if about.link:
        _check_link(shop, about.link)
    title = _title(shop, about)
    _check_texts(about)
    content = _content(row)
    banner = banner_of(content, about.format)
    draft = _draft(row, title, banner, hashlib.sha256(content).hexdigest(), approved_by)
    return library.add(_screened(library, shop, about, draft, banner, screener), banner.picture)


def _screened(  # noqa: PLR0913, PLR0917 - what a verdict is made of
    library: Library, shop: Shop, about: About, draft: Draft, banner: Banner, screener: Screener
) -> Draft:
    """The draft with its verdict. Only a headline that somebody named must stand in the picture."""
    others = [] if not draft.product_id else library.wanted(Wanted([draft.product_id], draft.format))
    asset = Asset(
        "finished", library.identity(draft), about.headline, about.body, about.call_to_action, banner.picture,
        about.format or banner.format,
    )  # fmt: skip
    product = shop.product_of(about.product_id) if about.product_id else None
    return screener.screened(draft, asset, product, others, SystemClock().now())


def _draft(row: BannerRow, title: str, banner: Banner, sha256: str, approved_by: str) -> Draft:
    about, starts_at, ends_at = row.about, start_of(row.about.starts), end_of(row.about.ends)
    check_order(starts_at, ends_at)
    return Draft(
        product_id=about.product_id,
        format=banner.format,
        headline=about.headline or title,
        body=about.body,
        call_to_action=about.call_to_action,
        approved_by=approved_by,
        lineage={"file": row.path.name, "file_sha256": sha256},
        recipe=f"file {sha256}",
        link=about.link,
        starts_at=starts_at,
        ends_at=ends_at,
        media_type=banner.media_type,
        ai_generated=_is_ai_generated(about),
    )


def _is_ai_generated(about: About) -> bool:
    said = about.ai_generated.casefold()
    if said not in (*_YES, *_NO):
        raise Rejected("invalid", "ai_generated", about.ai_generated, "yes or no")
    return said in _YES


def _title(shop: Shop, about: About) -> str:
    """What the banner says where nobody says it: the product's title."""
    if about.product_id:
        return shop.title_of(about.product_id)
    if not about.link:
        expected = "a product of the shop's catalogue (--product), or a page of the shop (--link),"
        raise Rejected("missing", "product_id", "", expected)
    if not about.headline:
        raise Rejected("missing", "headline", "", "what a banner without a product says (--headline, or a sheet)")
    return ""


def _check_link(shop: Shop, link: str) -> None:
    """Clicks are sent there by our own door, so it must be a page of the shop (no open redirects)."""
    host, hosts = host_of(link), shop.hosts()
    if len(link) > _LONGEST_LINK or not host:
        raise Rejected("invalid", "link", link, f"an http or https address of at most {_LONGEST_LINK} characters")
    if host not in hosts:
        some = ", ".join(sorted(hosts)[:_TOLD_HOSTS]) or "no product of the catalogue has a link yet"
        raise Rejected("not_allowed", "link", link, f"a page on a host of the catalogue's links ({some})")


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
