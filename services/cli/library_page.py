"""The page of `adloom library browse`: creatives as cards, in one HTML file without a script."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from PIL import Image

from services.cli.library_view import price_of
from services.common.errors import Unavailable

if TYPE_CHECKING:
    from services.assets.creative import Creative
    from services.assets.library import Library
    from services.assets.life import LifeEvent

_THUMBNAIL: Final = (320, 320)
_QUALITY: Final = 80  # WebP of 5 to 15 kB: a page of 200 stays below 4 MB
_STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#d8d8de, #3c3c44); --dim: light-dark(#5c5c66, #a6a6b0);
  --stage: light-dark(#f1f1f4, #26262c); --page: light-dark(#fff, #17171b); --text: light-dark(#1c1c22, #ececf0); }
body { margin: 0; padding: 24px; font: 14px/1.45 system-ui, sans-serif; background: var(--page); color: var(--text); }
h1 { font-size: 20px; margin: 0 0 4px; }
p { margin: 0; overflow-wrap: anywhere; }
.count, .facts { color: var(--dim); }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); gap: 16px;
  margin-top: 20px; }
article { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.stage { display: grid; place-items: center; height: 220px; background: var(--stage); padding: 8px; color: var(--dim); }
.stage img { max-width: 100%; max-height: 220px; }
.about { padding: 12px; display: grid; gap: 4px; }
.about h2 { font-size: 15px; margin: 0; overflow-wrap: anywhere; }
.state { justify-self: start; padding: 1px 8px; border-radius: 9px; font-size: 12px; color: #fff; background: #5c5c66; }
.APPROVED { background: #19703f; } .PAUSED { background: #8a5a00; } .RETIRED { background: #a32626; }
code { font-size: 12px; }
"""


def page_of(cards: Sequence[str], count: int) -> str:
    """The page with these cards, of so many creatives in all."""
    shown = f"{len(cards)} of {count} creatives" + (", the newest" if len(cards) < count else "")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Adloom library</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<style>{_STYLE}</style></head>\n<body><h1>Library</h1><p class="count">{shown}</p>\n<main>\n'
        + "\n".join(cards)
        + "\n</main></body></html>\n"
    )


def card_of(creative: Creative, library: Library) -> str:
    """A creative as a card; where its picture cannot be read, the card says so."""
    life = library.life(creative.creative_id)
    try:
        picture = f'<img src="{thumbnail(library.picture(creative))}" alt="" loading="lazy">'
    except (Unavailable, OSError):  # OSError: no picture that can be opened
        picture = "the picture cannot be read"
    price = price_of(creative)
    return (
        f'<article><div class="stage">{picture}</div><div class="about">'
        f'<span class="state {escape(creative.state)}">{escape(creative.state)}</span>'
        f"<h2>{escape(creative.headline)}</h2>"
        f"<p>{escape(creative.product_id or 'house creative')}, {escape(creative.format)}"
        f"{', ' + escape(price) if price else ''}{', AI-made' if creative.ai_generated else ''}</p>"
        f'<p class="facts">{escape(_who(creative, life))}</p>'
        f'<p class="facts"><code>{escape(creative.creative_id)}</code></p></div></article>'
    )


def thumbnail(picture: bytes) -> str:
    """The picture as a small one in a data URI."""
    with Image.open(io.BytesIO(picture)) as whole:
        whole.thumbnail(_THUMBNAIL)
        out = io.BytesIO()
        whole.save(out, "WEBP", quality=_QUALITY)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def _who(creative: Creative, life: Sequence[LifeEvent]) -> str:
    """Who lets it be served, or who ended that and why, or what it waits for."""
    if creative.state in ("PAUSED", "RETIRED") and life:
        return f"{creative.state.lower()} by {life[-1].by} on {life[-1].at:%Y-%m-%d}: {life[-1].why}"
    if creative.approved_by:
        return f"approved by {creative.approved_by}"
    if creative.verdict is not None and creative.verdict.failed:
        return f"its screen stopped it: {creative.verdict.failed}"
    return f"waits for a person: {life[-1].why}" if life and life[-1].why else "nobody has approved it"
