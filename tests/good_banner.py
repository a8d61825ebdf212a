"""A finished banner that passes its screen: a few words and shapes on one colour."""

from __future__ import annotations

from PIL import Image, ImageDraw


def good_banner(size: tuple[int, int], ground: str) -> Image.Image:
    """The banner; its corners show the ground alone."""
    picture = Image.new("RGB", size, ground)
    pen, height = ImageDraw.Draw(picture), size[1]
    pen.text((12, height // 4), "Have a look", fill="white", font_size=height // 5)
    pen.rectangle((12, height * 2 // 3, size[0] // 3, height * 5 // 6), fill="white")
    return picture
