"""The elements of a picture, one by one, so that each can be credited with what it brought; pure."""

from __future__ import annotations

from typing import Final

from services.composer.brief import Brief
from services.composer.formats import family_of
from services.composer.templates.template import Template

_SMALL, _LARGE = 0.22, 0.42
"""Parts of the picture that the product's region takes."""

PICTURE_SIZES: Final = ("none", "small", "medium", "large")


def elements_of(brief: Brief, template: Template, photo: str) -> dict[str, str]:
    """By name; `photo` is what is shown of the product: cut_out, framed, drawing or none."""
    return {
        "template": template.name,
        "backdrop": brief.backdrop or template.backdrops[0],
        "palette": brief.palette or template.palettes[0],
        "type": brief.kit.headline_face or template.type,
        "picture_style": template.picture_style,
        "picture_size": picture_size_of(brief, template) if photo != "none" else "none",
        "call_to_action": brief.call_to_action,
        "photo": photo,
    }


def picture_size_of(brief: Brief, template: Template) -> str:
    """How much of the picture the product may take."""
    left, top, right, bottom = template.families[family_of(brief.format)].product.region
    share = (right - left) * (bottom - top)
    return "small" if share < _SMALL else "large" if share >= _LARGE else "medium"
