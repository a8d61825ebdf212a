"""A picture without transparency; pure."""

from __future__ import annotations

from PIL import Image


def on_white(picture: Image.Image) -> Image.Image:
    """The picture in RGB; what is transparent is white, as on most pages."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")
