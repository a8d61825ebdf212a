"""Whatever form a shop's photo has, it comes out upright and in the colours of the screen, or is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from services.common.errors import Rejected
from services.composer.photos.decode import LONGEST_SIDE, decoded
from tests.unit.catalogue.photos.pictures_made import bomb
from tests.unit.composer.photos.scenes import saved

GREY, BLUE = (120, 120, 120), (20, 60, 200)


def colour_of(content: bytes) -> tuple[int, ...]:
    found = decoded(content).getpixel((40, 40))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied(orientation: int) -> None:
    seen = Image.new("RGB", (120, 80), "white")
    seen.paste("red", (0, 0, 60, 40))  # at the upper left, as people see it
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # how the camera turned it
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = seen.transpose(Image.Transpose(back[orientation])) if orientation > 1 else seen
    upright = decoded(saved(lying, "PNG", exif=exif))
    assert upright.size == (120, 80)
    assert upright.getpixel((10, 10)) == (255, 0, 0, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA"])
def test_all_modes_become_rgba_of_the_same_look(mode: str) -> None:
    image = Image.new("RGB", (80, 80), "white")
    kind = "PNG" if mode != "PA" else "GIF"
    assert colour_of(saved(image.convert(mode if mode != "PA" else "P"), kind)) == (255, 255, 255, 255)


def test_greys_of_sixteen_bits_keep_their_light() -> None:
    dark = Image.fromarray(np.full((80, 80), 120 * 256, dtype=np.uint16))
    assert colour_of(saved(dark)) == (*GREY, 255)


def test_the_inks_of_a_press_become_colours_of_a_screen() -> None:
    cyan = colour_of(saved(Image.new("CMYK", (80, 80), (255, 0, 0, 0)), "JPEG", quality=95))
    assert cyan[0] < 20
    assert min(cyan[1:]) > 235


def test_the_colour_profile_is_applied_and_a_broken_one_passed_over() -> None:
    other = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()  # of other channels than the picture
    assert colour_of(saved(Image.new("RGB", (80, 80), BLUE), icc_profile=b"nothing")) == (*BLUE, 255)
    assert colour_of(saved(Image.new("RGB", (80, 80), BLUE), icc_profile=other)) == (*BLUE, 255)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert colour_of(saved(Image.new("RGB", (80, 80), BLUE), icc_profile=srgb))[:3] == pytest.approx(BLUE, abs=1)


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (80, 80), colour) for colour in (BLUE, GREY)]
    assert colour_of(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))[2] == pytest.approx(200, abs=3)


def test_transparency_is_kept_in_a_palette_too() -> None:
    image = Image.new("RGBA", (80, 80), (*BLUE, 255))
    image.paste((0, 0, 0, 0), (0, 0, 60, 60))
    assert colour_of(saved(image))[3] == 0
    assert colour_of(saved(image.quantize(8)))[3] == 0


def test_large_photos_are_brought_to_the_longest_side() -> None:
    assert decoded(saved(Image.new("RGB", (4000, 2000), "red"), "JPEG")).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (b"", "empty", "bytes: 0"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "vector", "an SVG may hold scripts"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic", "export it as JPEG"),
        (b"\xff\xd8\xff\xe0 nothing", "no_picture", "a JPEG, PNG, WebP or GIF"),
        (saved(Image.effect_noise((90, 90), 50), "JPEG")[:-900], "damaged", "a whole picture"),
        (bomb(100_000, 100_000), "too_many_pixels", "50,000,000"),
        (saved(Image.new("1", (100_000, 64))), "", ""),
    ],
)
def test_what_is_no_photo_is_refused_by_name(content: bytes, reason: str, words: str) -> None:
    if not reason:  # long and thin, but within the bound of pixels
        assert decoded(content).size == (LONGEST_SIDE, 1)
        return
    with pytest.raises(Rejected) as caught:
        decoded(content)
    assert caught.value.reason == reason
    assert words in str(caught.value)
