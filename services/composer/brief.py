"""The content of a picture. A noun."""

from __future__ import annotations

from dataclasses import dataclass

from services.composer.brand_kit import NO_KIT, BrandKit
from services.composer.templates.template import Template


@dataclass(frozen=True, slots=True)
class Brief:
    """What a picture shows, and in which look."""

    format: str
    template: str
    category: str  # name of the illustration that shows it for want of a photo, "mug/speckled"; else nothing is shown
    colour_hex: str  # "#rrggbb"; empty: no colour
    headline: str
    price: str  # as shoppers read it, "€29.00"; empty: none
    call_to_action: str
    language: str = "en"
    regular_price: str = ""  # struck through beside a sale price; empty: none
    description: str = ""  # shown where there is room
    palette: str = ""  # a scheme of colours; empty: the template's first
    backdrop: str = ""  # empty: the template's first
    kit: BrandKit = NO_KIT
    own_template: Template | None = None  # the shop's own of that name; None: one of ours
    ai_made: bool = False  # the picture says so
