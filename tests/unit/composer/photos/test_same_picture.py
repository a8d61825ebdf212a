"""A host that writes a photo anew for each request has not changed it; a shop that changes a little of it has."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from services.composer.photos.same_picture import is_same_picture


def photo(badge: str = "-20%", colour: str = "navy", side: int = 900, kind: str = "JPEG", quality: int = 85) -> bytes:
    image, out = Image.new("RGB", (900, 900), "white"), io.BytesIO()
    draw = ImageDraw.Draw(image)
    draw.ellipse((200, 150, 700, 800), colour)
    draw.text((700, 60), badge, "black", font_size=40)
    image.resize((side, side)).save(out, kind, quality=quality)
    return out.getvalue()


@pytest.mark.parametrize("again", [{}, {"quality": 50}, {"kind": "WEBP", "quality": 50}, {"kind": "PNG"}])
def test_the_same_picture_written_otherwise_is_the_same(again: dict[str, object]) -> None:
    assert is_same_picture(photo(), photo(**again))  # type: ignore[arg-type]


@pytest.mark.parametrize("other", [{"badge": "-30%"}, {"colour": "darkred"}, {"colour": "#000092"}, {"side": 800}])
def test_another_badge_colour_tint_or_size_is_another_picture(other: dict[str, object]) -> None:
    assert not is_same_picture(photo(), photo(**other))  # type: ignore[arg-type]


def test_what_cannot_be_read_is_no_picture() -> None:
    assert not is_same_picture(photo(), b"<html>")


def test_a_thing_cut_out_of_its_white_ground_is_another_picture() -> None:
    def png(ground: tuple[int, int, int, int]) -> bytes:
        image, out = Image.new("RGBA", (90, 90), ground), io.BytesIO()
        ImageDraw.Draw(image).ellipse((20, 20, 70, 70), "navy")
        image.save(out, "PNG")
        return out.getvalue()

    assert not is_same_picture(png((255, 255, 255, 255)), png((255, 255, 255, 0)))
