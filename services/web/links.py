"""Where a click leads: only to the page of a product of the catalogue, never to an address that a request names."""

from __future__ import annotations

from urllib.parse import quote

from services.catalogue.catalogue import Catalogue
from services.web.ports import LinkOf
from services.web.settings import PRODUCT


def links_of(catalogue: Catalogue, template: str, web_url: str) -> LinkOf:
    """The pages by the template of the settings; a path is one of this server.

    >>> from services.catalogue.catalogue import demo_catalogue
    >>> link = links_of(demo_catalogue(), "/demo?product={product_id}", "https://ads.shop.example")
    >>> link("tee-breton"), link("no such product")
    ('https://ads.shop.example/demo?product=tee-breton', None)
    """
    whole = f"{web_url}{template}" if template.startswith("/") else template

    def link_of(product_id: str) -> str | None:
        if product_id not in catalogue.index:
            return None
        return whole.replace(PRODUCT, quote(product_id, safe=""))

    return link_of
