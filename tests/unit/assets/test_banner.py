"""Finished banners: what is taken, as what, and how each bad one is refused."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from services.assets.banners.banner import banner_of
from services.assets.banners.banner_rows import About, rows_of
from services.common.errors import Misconfigured, Rejected

KINDS = ("PNG", "JPEG", "WEBP", "GIF")
NOISE = Image.effect_noise((300, 250), 50)
RED = Image.new("RGB", (300, 250), "red")


def written(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def claims(width: int, height: int) -> bytes:
    """A PNG that says it is so large and holds 1,000 bytes of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_stays_one_and_other_kinds_are_taken_as_png(kind: str) -> None:
    banner = banner_of(written(RED, kind))
    taken = "JPEG" if kind == "JPEG" else "PNG"
    assert (banner.format, banner.media_type) == ("300x250", f"image/{taken.lower()}")
    with Image.open(io.BytesIO(banner.picture)) as picture:
        assert (picture.format, picture.mode, picture.size) == (taken, "RGB", (300, 250))
        red, green, blue = picture.getpixel((150, 125))  # type: ignore[misc]
        assert red > 250 > 5 >= max(green, blue)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_grey_palette_and_transparent_pictures_are_taken(mode: str) -> None:
    with Image.open(io.BytesIO(banner_of(written(RED.convert(mode))).picture)) as picture:
        assert picture.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_inks_of_a_press_and_greys_of_16_bits_are_brought_to_srgb() -> None:
    for content in (written(RED.convert("CMYK"), "JPEG"), written(Image.new("I;16", (300, 250), 65_535))):
        with Image.open(io.BytesIO(banner_of(content).picture)) as picture:
            assert (picture.mode, picture.getpixel((9, 9))[0] > 250) == ("RGB", True)  # type: ignore[index]


def test_a_webp_that_would_be_a_heavy_png_is_taken_as_a_light_jpeg() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((970, 250), 40)] * 3)
    banner = banner_of(written(noise, "WEBP", quality=30))
    assert (banner.media_type, len(banner.picture) <= 150_000) == ("image/jpeg", True)


def test_a_photo_is_turned_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x112] = 6  # the camera was held on its side
    lying = written(Image.new("RGB", (250, 300)), "JPEG", exif=exif)
    banner = banner_of(lying, "300x250")
    with Image.open(io.BytesIO(banner.picture)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((300, 250), {})


def test_nothing_of_the_file_but_its_pixels_is_served() -> None:
    loaded = written(RED, "JPEG", comment=b"<script>") + b"<script>"
    assert b"<script>" not in banner_of(loaded).picture


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "bytes: 0"),
        (b"\x89PNG" + bytes(5_000_000), "bytes: 5000004 .* at most 5,000,000"),
        (b"hello", "content: b'hello' where a PNG, JPEG, WebP or GIF picture"),
        (b'\xef\xbb\xbf <?xml version="1.0"?><svg onload="x()"/>', "SVG may hold scripts"),
        (b"<SVG/>", "SVG may hold scripts"),
        (written(NOISE)[:-2000], "where a whole picture"),
        (written(NOISE, "JPEG")[:-2000], "where a whole picture"),
        (written(RED, "PNG", save_all=True, append_images=[NOISE]), "'an animated PNG' where a still picture, or an"),
        (claims(100_000, 100_000), "at most 25,000,000 pixels"),
        (claims(12_000, 9_000), "'12000x9000' where a picture with sides of at most 10,000"),
        (claims(100_000, 1), "'100000x1' where"),
        (claims(9_000, 9_000), "'9000x9000' where a picture of at most 25,000,000"),
        (written(Image.new("RGB", (1, 1))), "format: '1x1'"),
    ],
)  # fmt: skip
def test_a_bad_banner_is_refused_with_what_was_expected(content: bytes, said: str) -> None:
    with pytest.raises(Rejected, match=said):
        banner_of(content)


def test_a_banner_of_another_size_than_given_is_refused() -> None:
    with pytest.raises(Rejected, match="size: '300x250' where a picture of the given format, 728x90"):
        banner_of(written(RED), "728x90")


def test_a_sheet_says_more_of_some_files_than_the_options(tmp_path: Path) -> None:
    sheet = tmp_path / "s.csv"
    sheet.write_text("file;product_id;headline\nä.png;boot-suede;Größe 40\nb.png;;\n", "utf-8-sig")
    first, second = rows_of(tmp_path, sheet, About(product_id="bag-tote", format="300x250"))
    assert (first.path.name, first.about) == ("ä.png", About("boot-suede", "300x250", "Größe 40"))
    assert (second.path.name, second.about) == ("b.png", About("bag-tote", "300x250"))


@pytest.mark.parametrize("line", ["../x.png,", "/etc/hostname,", ",bag-tote", "b.png,bag-tote,more"])
def test_a_row_that_names_no_file_of_the_folder_is_wrong_by_itself(tmp_path: Path, line: str) -> None:
    (tmp_path / "s.csv").write_text(f"file,product_id\n{line}\na.png,\n")
    wrong, right = rows_of(tmp_path, tmp_path / "s.csv", About())
    assert (wrong.wrong is None, right.wrong) == (False, None)


@pytest.mark.parametrize(
    "content",
    [b"", b"file\n", b"name\na.png\n", b"file,file\na,b\n", b"file,colour\na,b\n", b'file\n"a', b"file\n\xff\n"],
)
def test_a_sheet_that_cannot_be_used_is_one_clear_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(Misconfigured, match=r"s\.csv"):
        rows_of(tmp_path, tmp_path / "s.csv", About())
