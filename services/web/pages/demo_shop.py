"""`GET /demo`: a small shop with the demo's goods, whose pages have ads and report what is looked at.

`?product=ID` is a product's page, `?user=NAME` says who looks; both are only ever shown escaped. Goods that are gone
are not shown: where a shop's own feed has taken the demo's place, the page shows its ads alone.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from importlib import resources
from string import Template
from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.catalogue.catalogue import Catalogue, Product
from services.catalogue.price_text import price_text
from services.composer.product_picture import product_picture

VISITOR: Final = "demo-visitor"
_LANGUAGE: Final = "en"  # of the page
_LONGEST_USER: Final = 256  # the proto's rule for `user_id`
_PAGE: Final = Template(resources.files("services.web.pages").joinpath("demo.html").read_text("utf-8"))
_NAME: Final = re.compile(r"(.{1,128})\.webp")
_OWN: Final = (
    "<h2>Your own goods</h2><p>The places on this page show the ads of the feed that you imported. Your goods are "
    "on your own pages: put the script there as services/web/README.md says.</p>"
)
_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'self'; img-src * data:; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
}


class DemoShop:
    """Pages and pictures of the catalogue's products."""

    def __init__(self, catalogue: Catalogue, pages: Mapping[str, str | None]) -> None:
        """`pages` is None for a product that is gone (`tracking/kafka_links.py`)."""
        self._catalogue = catalogue
        self._pages = pages
        self._drawn = lru_cache(maxsize=256)(product_picture)

    async def page(self, request: Request) -> Response:
        """All products, or one."""
        user = request.query_params.get("user", VISITOR)[:_LONGEST_USER] or VISITOR
        product_id = request.query_params.get("product")
        if product_id is None:
            return _answer("Everything", self._list(user), user)
        product = self._product(product_id)
        return _answer(product.title, _detail(product, user), user)

    async def picture(self, request: Request) -> Response:
        """A product's picture, `/demo/ID.webp`."""
        name = _NAME.fullmatch(request.path_params["name"])
        product = self._product(name[1] if name else "")
        shown = product.message.attributes.get("illustration", "")
        drawn = await asyncio.to_thread(self._drawn, shown, product.colour_hex)
        return Response(drawn, headers={"cache-control": "public, max-age=3600"}, media_type="image/webp")

    def _list(self, user: str) -> str:
        """The goods in the shop's departments, the first level of their categories, as the feed comes to them."""
        departments: dict[str, list[str]] = {}
        for product in filter(self._is_sold, self._catalogue.products):
            name = product.message.product_type.split(">")[0].strip()
            departments.setdefault(name, []).append(_tile(product, user))
        return (
            _OWN
            if not departments
            else "".join(
                f'<h2>{escape(name)}</h2><ul class="goods">{"".join(tiles)}</ul>' for name, tiles in departments.items()
            )
        )

    def _product(self, product_id: str) -> Product:
        """Raises 404 for one that the shop does not have."""
        row = self._catalogue.index.get(product_id)
        if row is None or not self._is_sold(self._catalogue.products[row]):
            raise HTTPException(404, "the shop has no such product")
        return self._catalogue.products[row]

    def _is_sold(self, product: Product) -> bool:
        return self._pages.get(product.product_id, "") is not None


def _answer(title: str, goods: str, user: str) -> Response:
    page = _PAGE.substitute(title=escape(title), goods=goods, user=escape(user), home=escape(_link(user)))
    return Response(page, headers=_HEADERS, media_type="text/html")


def _link(user: str, **more: str) -> str:
    """An address of the shop that keeps who looks."""
    query = {**more, **({"user": user} if user != VISITOR else {})}
    return f"/demo?{urlencode(query)}" if query else "/demo"


def _tile(product: Product, user: str) -> str:
    return (
        f'<li><a href="{escape(_link(user, product=product.product_id))}"{_lang(product)}>{_image(product, 240)}'
        f"<b>{escape(product.title)}</b><i>{_price(product)}{_rating(product)}</i></a></li>"
    )


def _detail(product: Product, user: str) -> str:
    said = product.message
    facts = "".join(
        f"<li>{escape(text)}</li>"
        for text in (said.attributes.get("product_highlight", ""), said.material, said.size.replace("/", " · "))
        if text
    )
    return (
        f'<article data-adloom-view="{escape(product.product_id)}" data-user="{escape(user)}"{_lang(product)}>'
        f"{_image(product, 400)}<div><h1>{escape(product.title)}</h1><p>{_price(product)}{_rating(product)}</p>"
        f"<p>{escape(product.description)}</p><ul>{facts}</ul></div></article>"
    )


def _lang(product: Product) -> str:
    said = product.message.language
    return f' lang="{escape(said)}"' if said and said != _LANGUAGE else ""


def _price(product: Product) -> str:
    """The price, and behind a sale price the regular one struck through."""
    regular = product.message.price_minor
    struck = (
        f" <s>{escape(price_text(regular, product.currency, _LANGUAGE))}</s>" if regular > product.price_minor else ""
    )
    return f"{escape(price_text(product.price_minor, product.currency, _LANGUAGE))}{struck}"


def _rating(product: Product) -> str:
    said = product.message
    if not said.rating_count:
        return ""
    return f' <small title="{said.rating:.1f} of 5">★ {said.rating:.1f} ({said.rating_count})</small>'


def _image(product: Product, size: int) -> str:
    address = f"/demo/{escape(product.product_id)}.webp"
    return f'<img src="{address}" alt="" width="{size}" height="{size}" loading="lazy">'
