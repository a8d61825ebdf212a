"""From a brief and a photo to a picture: what is shown, arranged by its template, painted from back to front.

    brief, template -> layout/arrange: texts in their sizes and places
    brief, photo    -> drawing/schemes: colours
    backdrop, panels, product, surfaces, texts, mark -> the picture; legible: what is found of it

The same brief and photo give the same pixels with the same versions of Pillow and of the typefaces.
"""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass
from typing import Final, NamedTuple

from PIL import Image

from services.common.errors import Rejected
from services.common.verdict import Check, Verdict
from services.composer.art import Art, shown_of
from services.composer.brand_kit import PRIMARY
from services.composer.brief import Brief
from services.composer.composition import Composition
from services.composer.drawing.palette import Colour, rgb
from services.composer.drawing.schemes import SCHEMES, Palette, palette_of
from services.composer.elements import elements_of
from services.composer.encode import PNG, encoded
from services.composer.formats import Box, checked, family_of, size_of
from services.composer.layers.backdrop import backdrop
from services.composer.layers.mark import paint_mark
from services.composer.layers.panels import paint_panel
from services.composer.layers.product import Outline, outline_of, paint_product, scale_of
from services.composer.layers.surfaces import paint_surface
from services.composer.layers.texts import paint_texts
from services.composer.layout.arrange import Arranged, arranged, product_rect
from services.composer.layout.blocks import Rect
from services.composer.legible import LEAST_APART, screened, unset, why_rejected
from services.composer.photos.enlarged import detail_check
from services.composer.photos.prepared_photo import CUT_OUT, PreparedPhoto
from services.composer.templates.read_template import template_of
from services.composer.templates.template import BACKDROPS, Arrangement, Panel, Template

__all__ = ("ALL", "RECIPE", "Art", "Brief", "Composed", "compose", "composed", "composition", "painted")

RECIPE: Final = "compose/6"
"""Version of the drawing; changes when the same brief looks different. Part of a composed creative's identity."""

_ROUND: Final = ("circle", "disc", "blob", "arch")


class _All:
    """Holds everything."""

    def __contains__(self, name: object) -> bool:
        return True


ALL: Final[Container[str]] = _All()


class _Ground(NamedTuple):
    """All that lies behind the texts."""

    picture: Image.Image
    focus: Box | None  # that they must not cover
    outline: Outline  # of the product


@dataclass(frozen=True, slots=True)
class Composed:
    """A picture as a file, and what was found of it."""

    content: bytes  # empty where it cannot be made
    media_type: str
    verdict: Verdict
    elements: dict[str, str]


def composition(brief: Brief, art: Art = None) -> Composition:
    """The picture of a brief; without an image where a text cannot be set."""
    return painted(brief, art)


def painted(brief: Brief, art: Art = None, parts: Container[str] = ALL) -> Composition:
    """As `composition`, with these texts alone: what is not among the parts is left out, and nothing else moves."""
    template = brief.own_template or template_of(brief.template)
    checked(brief.format)
    _require("palette", brief.palette, SCHEMES)
    _require("backdrop", brief.backdrop, BACKDROPS)
    photo, kind = shown_of(brief, art)
    elements = elements_of(brief, template, kind)
    detail = _detail(brief, template, art)
    if not all(check.passes for check in detail):
        return Composition(None, {}, elements, Verdict(detail))
    layout = arranged(brief, template, photo is not None)
    if not isinstance(layout, Arranged):
        return Composition(None, {}, elements, unset(layout))
    palette, (picture, focus, outline) = _laid(brief, template, layout, photo)
    for shape in layout.shapes:
        if shape.name in parts:
            paint_surface(picture, shape, template.button, palette, brief.kit)
    placed = paint_texts(picture, [one for one in layout.written if one.name in parts], palette)
    if brief.ai_made:
        shapes = [_pixels(one.rect) for one in layout.shapes]
        paint_mark(picture, brief.language, [*shapes, *(one.box for one in placed.values())], focus)
    verdict = Verdict((*screened(placed, picture.size, focus, outline.apart).checks, *detail))
    return Composition(picture, placed, elements, verdict)


def _detail(brief: Brief, template: Template, art: Art) -> tuple[Check, ...]:
    """Whether a photo has the detail for its place; a drawing has."""
    if not isinstance(art, PreparedPhoto):
        return ()
    return (detail_check(art, scale_of(art, product_rect(brief.format, template), template.frame)),)


def _require(field: str, value: str, known: Collection[str]) -> None:
    if value and value not in known:
        raise Rejected("invalid", field, value, f"one of {', '.join(known)}")


def _pixels(rect: Rect) -> Box:
    left, top, right, bottom = (round(edge) for edge in rect)
    return left, top, right, bottom


def _laid(brief: Brief, template: Template, layout: Arranged, photo: PreparedPhoto | None) -> tuple[Palette, _Ground]:
    """The colours and what is painted in them; in other shades where the product's outline melted into the first."""
    palette = palette_for(brief, template, photo)
    ground = _ground(brief, template, palette, layout, photo)
    if ground.outline.apart >= LEAST_APART or ground.outline.colour is None:
        return palette, ground
    other = palette_for(brief, template, photo, ground.outline.colour)
    again = _ground(brief, template, other, layout, photo)
    return (other, again) if again.outline.apart > ground.outline.apart else (palette, ground)


def palette_for(
    brief: Brief, template: Template, photo: PreparedPhoto | None, outline: Colour | None = None
) -> Palette:
    """The colours of a picture: around the brand's colour, else the product's, from which what is behind it differs.

    `outline`: the colour of the product's edge, where it is another than the product's.
    """
    seen = photo.colours[0] if photo is not None and photo.colours else None
    product = seen or rgb(brief.colour_hex)
    base = brief.kit.colours.get(PRIMARY) or (rgb(brief.colour_hex) if brief.colour_hex else product)
    behind = (outline or product) if photo is not None and photo.kind == CUT_OUT else None
    on_panel = outline is None and any(one.of_product for one in template.families[family_of(brief.format)].panels)
    return palette_of(brief.palette or template.palettes[0], base, behind, brief.kit.colours, on_panel)


def _ground(
    brief: Brief, template: Template, palette: Palette, layout: Arranged, photo: PreparedPhoto | None
) -> _Ground:
    place: Arrangement = template.families[family_of(brief.format)]
    picture = backdrop(brief.backdrop or template.backdrops[0], palette, size_of(brief.format)).copy()
    for panel in place.panels:
        if not panel.of_product or _carries(panel, photo):
            paint_panel(picture, panel, palette, layout.mirrored)
    if photo is None:
        return _Ground(picture, None, Outline(1.0, None))
    outline = outline_of(picture, photo, place.product, layout.product)
    focus = paint_product(picture, photo, place.product, layout.product, (template.frame, template.shadow))
    return _Ground(picture, focus, outline)


def _carries(panel: Panel, photo: PreparedPhoto | None) -> bool:
    """Whether the product stands on the panel: a framed photo would leave crumbs of a round one at its edges."""
    return photo is not None and (photo.kind == CUT_OUT or panel.shape not in _ROUND)


def composed(brief: Brief, art: Art = None, media_types: tuple[str, ...] = ()) -> Composed:
    """The picture as a file of the best of these kinds; all kinds where none is named."""
    made = composition(brief, art)
    if made.image is None or not made.verdict.passes:
        return Composed(b"", PNG, made.verdict, dict(made.elements))
    content, media_type = encoded(made.image, media_types or (PNG,))
    return Composed(content, media_type, made.verdict, dict(made.elements))


def compose(brief: Brief, art: Art = None) -> bytes:
    """A PNG of `brief.format`; raises `Rejected` where it could not be read."""
    made = composed(brief, art)
    if not made.verdict.passes:
        raise why_rejected(made.verdict, brief.headline)
    return made.content
