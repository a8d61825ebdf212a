"""Where a click leads: only to pages of the catalogue's hosts, never to an address that a request names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from services.catalogue.catalogue import Catalogue
from services.catalogue.link_host import host_of
from services.web.ports import LinkOf
from services.web.settings import PRODUCT


@dataclass(frozen=True, slots=True)
class Leads:
    """Where clicks lead."""

    link_of: LinkOf  # by product
    own_link_of: LinkOf  # by creative, before its product's page
    home: str  # for clicks whose token does not count; empty: nowhere
    front: str  # for those on ads for no product
    parameter: str = ""  # tells a product's or a creative's page the token


def telling(page: str, parameter: str, token: str) -> str:
    """The page's address with the token in a query parameter, by which an order can say which ad led to it.

    >>> telling("https://shop.example/hat?size=m#top", "adloom", "T.1"), telling("https://shop.example/", "adloom", "T")
    ('https://shop.example/hat?size=m&adloom=T.1#top', 'https://shop.example/?adloom=T')
    >>> telling("https://shop.example/hat", "", "T")
    'https://shop.example/hat'
    """
    if not parameter:
        return page
    address, mark, place = page.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{parameter}={token}{mark}{place}"


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


def own_links_of(links: Mapping[str, str], hosts: Mapping[str, int]) -> LinkOf:
    """The link of a creative's own, where it leads to a host of the catalogue's links.

    >>> link = own_links_of({"c-1": "https://shop.example/sale", "c-2": "https://evil.example"}, {"shop.example": 3})
    >>> link("c-1"), link("c-2"), link("c-3")
    ('https://shop.example/sale', None, None)
    """

    def link_of(creative_id: str) -> str | None:
        link = links.get(creative_id)
        return link if link is not None and hosts.get(host_of(link), 0) > 0 else None

    return link_of
