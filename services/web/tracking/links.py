"""Where a click leads: only to the page of a product of the catalogue, never to an address that a request names."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from services.catalogue.catalogue import Catalogue
from services.web.ports import LinkOf
from services.web.settings import PRODUCT


def links_of(catalogue: Catalogue, pages: Mapping[str, str | None], template: str, web_url: str) -> LinkOf:
    """The page that the shop gave for a product (`kafka_links.py`), or that of the template of the settings.

    A template that is a path is one of this server.

    >>> from services.catalogue.catalogue import demo_catalogue
    >>> pages = {"hat": "https://shop.example/hat", "tee-surf": None}
    >>> link = links_of(demo_catalogue(), pages, "/demo?product={product_id}", "https://ads.shop.example")
    >>> link("tee-breton"), link("hat"), link("tee-surf"), link("no such product")
    ('https://ads.shop.example/demo?product=tee-breton', 'https://shop.example/hat', None, None)
    """
    whole = f"{web_url}{template}" if template.startswith("/") else template

    def link_of(product_id: str) -> str | None:
        page = pages.get(product_id, "" if product_id in catalogue.index else None)
        if page is None:
            return None
        return page or whole.replace(PRODUCT, quote(product_id, safe=""))

    return link_of
