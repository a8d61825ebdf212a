"""Completes a selection for web pages: its picture as a URL, where a click leads, and where asked the ad as HTML; pure.

`services/web` serves these addresses. Everything that a shopper or marketer wrote is escaped.
"""

from __future__ import annotations

import base64
from html import escape
from typing import Final

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.ad_label import ad_label
from services.assets.creative import EXTENSIONS, PNG
from services.composer.formats import size_of

ASSET: Final = "asset:sha256:"
_REL: Final = "sponsored nofollow noopener"
_BOX: Final = "display:inline-block;position:relative;max-width:100%"
_LINK: Final = "display:block"  # a keyboard's focus is drawn around the whole ad
_PICTURE: Final = "display:block;width:100%;height:auto;border:0"
_MARK: Final = "position:absolute;right:0;bottom:0;padding:1px 4px;font:10px/1.4 sans-serif;background:#fff;color:#333"


def complete_for_web(selection: pb.Selection, format_: str, markup: bool, web_url: str, locale: str = "") -> None:
    """Sets `click_url`, the picture's URL, and with `markup` the HTML for a page in `locale`; safe to repeat."""
    image = selection.image
    if image.uri.startswith(ASSET):
        image.uri = picture_url(web_url, image.uri.removeprefix(ASSET), image.media_type)
    selection.click_url = f"{web_url}/c/{selection.impression_token}"
    if markup:
        selection.markup = markup_of(selection, format_, web_url, locale)


def picture_url(web_url: str, sha256: str, media_type: str) -> str:
    """The address of a picture; of a kind that an older `creative` does not tell, as a PNG: `web` takes it as well.

    >>> picture_url("https://ads.shop.example", "ab" * 3, "image/jpeg")
    'https://ads.shop.example/a/ababab.jpg'
    """
    return f"{web_url}/a/{sha256}.{EXTENSIONS.get(media_type, EXTENSIONS[PNG])}"


def markup_of(selection: pb.Selection, format_: str, web_url: str, locale: str = "") -> str:
    """The ad as HTML: the picture as a link, what it is ("Ad", and whether AI made it), and the render pixel."""
    width, height = size_of(format_)
    image = selection.image
    source = image.uri or f"data:image/png;base64,{base64.b64encode(image.png).decode()}"
    alt = selection.texts.headline or "Advertisement"
    made = ' title="Made with AI"' if selection.ai_generated else ""
    words = f"{ad_label(locale)} \u00b7 AI-made" if selection.ai_generated else ad_label(locale)
    mark = f'<span style="{_MARK}"{made}>{words}</span>'
    pixel = f"{web_url}/r/{selection.impression_token}"
    return (
        f'<span class="adloom-ad" style="{_BOX};width:{width}px">'
        f'<a href="{escape(selection.click_url)}" rel="{_REL}" target="_top" style="{_LINK}">'
        f'<img src="{escape(source)}" alt="{escape(alt)}" width="{width}" height="{height}" style="{_PICTURE}"></a>'
        f'{mark}<img src="{escape(pixel)}" alt="" width="1" height="1" style="position:absolute;left:0;top:0"></span>'
    )
