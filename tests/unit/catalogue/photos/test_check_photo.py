"""The content of a file decides whether it is a photo; what is none is refused with the reason."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from PIL import Image

from services.catalogue.photos.check_photo import LARGEST_BYTES, MOST_SCANS, SHORTEST_SIDE, check_photo
from services.common.errors import Rejected
from tests.unit.catalogue.photos.pictures_made import bomb, picture, saved, turned


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")],
)
def test_each_kind_is_known_by_its_content(kind: str, media_type: str) -> None:
    found = check_photo(picture(kind=kind))
    assert (found.media_type, found.width, found.height) == (media_type, 80, 70)


def test_a_telephones_jpeg_with_a_second_picture_in_it_is_a_jpeg() -> None:
    first, second = Image.new("RGB", (80, 70)), Image.new("RGB", (80, 70), "red")
    assert check_photo(saved(first, "MPO", save_all=True, append_images=[second])).media_type == "image/jpeg"


def test_an_animation_counts_by_its_first_frame() -> None:
    frames = [Image.new("P", (80, 70), colour) for colour in (1, 2)]
    assert check_photo(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])).width == 80


@pytest.mark.parametrize("orientation", range(1, 9))
def test_width_and_height_are_those_of_the_picture_as_it_is_seen(orientation: int) -> None:
    found = check_photo(turned(orientation))
    assert (found.width, found.height) == ((70, 80) if orientation >= 5 else (80, 70))


def test_a_picture_whose_exif_data_are_cut_is_taken_as_it_lies() -> None:
    assert check_photo(picture(exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")).width == 80


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_all_colours_are_taken(mode: str) -> None:
    assert check_photo(saved(Image.new(mode, (64, 64)), "JPEG" if mode == "CMYK" else "PNG")).width == 64


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (b"", "empty", "bytes: 0"),
        (b"\xff" * (LARGEST_BYTES + 1), "too_large", "20,000,000"),
        (b"<html><body>404</body></html>", "no_picture", "a JPEG, PNG, WebP or GIF picture"),
        (b"\xff\xd8\xff", "no_picture", "a JPEG"),
        (saved(Image.new("RGB", (80, 80)), "BMP"), "no_picture", "a JPEG"),
        (saved(Image.new("RGB", (80, 80)), "TIFF"), "no_picture", "a JPEG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 80 80\n", "no_picture", "a JPEG"),
        (b"\xef\xbb\xbf <?xml version='1.0'?><svg/>", "vector", "scripts"),
        (b"<!-- drawn --> <svg onload='x()'/>", "vector", "scripts"),
        (bomb(), "too_many_pixels", "50,000,000"),
        (bomb(10_000, 5_001), "too_many_pixels", "10000x5001"),
        (picture() + b"\xff\xda" * MOST_SCANS, "too_many_scans", "at most 100 scans"),
        (picture(63, 640), "too_small", "63x640"),
        (picture()[:-200], "damaged", "a whole picture"),
        (picture(kind="PNG")[:-200], "damaged", "a whole picture"),
        (picture(kind="WEBP")[:-200], "", ""),
        (picture(kind="GIF")[:-200], "damaged", "a whole picture"),
        (bomb(100, 100), "damaged", "a whole picture"),
    ],
)
def test_what_is_no_photo_is_refused_with_the_reason(content: bytes, reason: str, words: str) -> None:
    with pytest.raises(Rejected) as caught:
        check_photo(content)
    assert words in str(caught.value)
    assert caught.value.reason in (reason or ("damaged", "no_picture"))


def test_a_png_whose_checksum_is_wrong_is_damaged() -> None:
    content = bytearray(picture(kind="PNG"))
    content[len(content) // 2] ^= 1
    with pytest.raises(Rejected, match="a whole picture"):
        check_photo(bytes(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_whatever_damage_a_file_has_it_is_taken_or_refused_and_ends_no_job(kind: str) -> None:
    chance, whole = random.Random(12), picture(kind=kind)
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            content[int(len(content) * chance.random() ** 3)] = chance.randrange(256)  # mostly in the head
        with suppress(Rejected):
            assert check_photo(bytes(content)).width >= SHORTEST_SIDE
