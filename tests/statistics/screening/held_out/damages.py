"""Faults of files: damaged pictures, copies of other ads, and files that are no picture. Of the drawn banner."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

LIGHT: Final = 150_000
"""Bytes that an ad server takes."""


@dataclass(frozen=True, slots=True)
class OfFile:
    """A fault of a file."""

    group: str
    meant: tuple[str, ...]
    spoil: Callable[[Image.Image, random.Random], bytes]
    of_photos: bool = False  # flat colours would show nothing of it


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def served(image: Image.Image, chance: random.Random) -> bytes:
    """As agencies send them: PNG, JPEG or WebP, light enough."""
    kind, first = chance.choice((("PNG", 0), ("JPEG", 92), ("JPEG", 85), ("WEBP", 84)))
    if kind == "PNG":
        content = saved(image, "PNG", optimize=True)
        if len(content) <= LIGHT:
            return content
        kind, first = "JPEG", 90
    tries = (saved(image, kind, quality=quality) for quality in range(first, 40, -6))
    return next((content for content in tries if len(content) <= LIGHT), saved(image, kind, quality=40))


def _shrunk(image: Image.Image, share: float, back: Image.Resampling) -> Image.Image:
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.BOX).resize(image.size, back)


def out_of_focus(image: Image.Image, chance: random.Random) -> bytes:
    """Box blur, by the size of the picture."""
    radius = max(2.0, max(image.size) * chance.uniform(0.008, 0.014))
    return served(image.filter(ImageFilter.BoxBlur(radius)), chance)


def smeared(image: Image.Image, chance: random.Random) -> bytes:
    """As a camera that moved: the mean along a level line."""
    pixels, length = np.asarray(image, dtype=np.float32), max(7, round(max(image.size) * chance.uniform(0.02, 0.035)))
    moved = sum((np.roll(pixels, step, axis=1) for step in range(length)), np.zeros_like(pixels)) / length
    return served(Image.fromarray(moved.round().astype(np.uint8)), chance)


def blown_up_smooth(image: Image.Image, chance: random.Random) -> bytes:
    """A thumbnail of a fourth to a third, made large again."""
    return served(_shrunk(image, chance.uniform(0.22, 0.32), Image.Resampling.BICUBIC), chance)


def blown_up_square(image: Image.Image, chance: random.Random) -> bytes:
    """The same without any smoothing: pixels as large squares."""
    return served(_shrunk(image, chance.uniform(0.22, 0.36), Image.Resampling.NEAREST), chance)


def jpeg_blocks(image: Image.Image, chance: random.Random) -> bytes:
    """A JPEG of quality 3 to 9."""
    return saved(image, "JPEG", quality=chance.randint(3, 9))


def jpeg_blocks_cut(image: Image.Image, chance: random.Random) -> bytes:
    """The same, cut out of a larger picture and saved once more, so that blocks begin elsewhere."""
    left, top = chance.randint(1, 7), chance.randint(1, 7)
    larger = ImageOps.expand(image, border=8, fill=image.getpixel((1, 1)))  # type: ignore[arg-type]
    with Image.open(io.BytesIO(saved(larger, "JPEG", quality=chance.randint(3, 9)))) as rough:
        return saved(rough.crop((left, top, left + image.width, top + image.height)), "PNG")


def jpeg_blocks_scaled(image: Image.Image, chance: random.Random) -> bytes:
    """The same, made larger since by a tenth to a half."""
    small = image.resize([round(side / chance.uniform(1.1, 1.5)) for side in image.size], Image.Resampling.BOX)
    with Image.open(io.BytesIO(saved(small, "JPEG", quality=chance.randint(3, 9)))) as rough:
        return saved(rough.resize(image.size, Image.Resampling.BICUBIC), "PNG")


def webp_smears(image: Image.Image, chance: random.Random) -> bytes:
    """A WebP of quality 0 to 2, which smears rather than shows blocks."""
    return saved(image, "WEBP", quality=chance.randint(0, 2))


def recompressed(image: Image.Image, chance: random.Random) -> bytes:
    """The same ad as a rougher file."""
    return saved(image, "JPEG", quality=chance.randint(35, 70))


def resized(image: Image.Image, chance: random.Random) -> bytes:
    """Made smaller by a fifth to two fifths, and larger again."""
    return served(_shrunk(image, chance.uniform(0.6, 0.8), Image.Resampling.BICUBIC), chance)


def cropped(image: Image.Image, chance: random.Random) -> bytes:
    """1 to 4 % of each side cut away, and made as large as before."""
    cuts = [chance.uniform(0.01, 0.04) for _ in range(4)]
    box = (cuts[0] * image.width, cuts[1] * image.height, (1 - cuts[2]) * image.width, (1 - cuts[3]) * image.height)
    return served(image.resize(image.size, Image.Resampling.BICUBIC, box), chance)


def recoloured(image: Image.Image, chance: random.Random) -> bytes:
    """Turned in hue by 15 to 60 degrees, or grey."""
    if chance.random() < 0.25:
        return served(image.convert("L").convert("RGB"), chance)
    hue, saturation, value = image.convert("HSV").split()
    turn = chance.randint(11, 43)
    turned = hue.point([(level + turn) % 256 for level in range(256)])
    return served(Image.merge("HSV", (turned, saturation, value)).convert("RGB"), chance)


def relit(image: Image.Image, chance: random.Random) -> bytes:
    """Lighter or darker, with more or less contrast."""
    lit = ImageEnhance.Brightness(image).enhance(chance.choice((0.88, 0.93, 1.08, 1.14)))
    return served(ImageEnhance.Contrast(lit).enhance(chance.choice((0.85, 1.15))), chance)


def framed(image: Image.Image, chance: random.Random) -> bytes:
    """In a frame of 1 to 3 % that covers its edge."""
    side = max(2, round(min(image.size) * chance.uniform(0.01, 0.03)))
    inner = image.crop((side, side, image.width - side, image.height - side))
    return served(ImageOps.expand(inner, side, chance.choice(("black", "white", "#c02030"))), chance)


def mirrored(image: Image.Image, chance: random.Random) -> bytes:
    """All of it, its words too."""
    return served(ImageOps.mirror(image), chance)


def cut_short(image: Image.Image, chance: random.Random) -> bytes:
    """A file whose end is missing."""
    content = served(image, chance)
    return content[: round(len(content) * chance.uniform(0.2, 0.9))]


def overwritten(image: Image.Image, chance: random.Random) -> bytes:
    """A file in the middle of which stands something else."""
    content = bytearray(served(image, chance))
    start = round(len(content) * chance.uniform(0.3, 0.6))
    length = min(400, len(content) // 5)
    content[start : start + length] = chance.randbytes(length)
    return bytes(content)


def no_picture(image: Image.Image, chance: random.Random) -> bytes:
    """What a server sends in a picture's place."""
    page = b"<!doctype html><title>503 Service Unavailable</title><h1>Try again later</h1>"
    return chance.choice((b"", page, saved(image, "TIFF"), saved(image, "BMP"), b"%PDF-1.7\n" + page))


def other_size(image: Image.Image, chance: random.Random) -> bytes:
    """For another place, or twice as large as its place."""
    scale = chance.choice((0.5, 0.9, 1.1, 2.0))
    return saved(image.resize((round(image.width * scale), round(image.height * scale))), "JPEG", quality=60)


def too_heavy(image: Image.Image, chance: random.Random) -> bytes:
    """Grain as of a film, without any loss."""
    scale = max(1.0, (90_000 / (image.width * image.height)) ** 0.5)
    large = image.resize((round(image.width * scale), round(image.height * scale)))
    grain = Image.merge("RGB", [Image.effect_noise(large.size, chance.uniform(30, 60)) for _ in range(3)])
    return saved(Image.blend(large, grain, 0.3), "PNG")


def empty(image: Image.Image, chance: random.Random) -> bytes:
    """One colour, as where nothing was loaded when the picture was taken."""
    return served(Image.new("RGB", image.size, chance.choice(("white", "black", image.getpixel((2, 2))))), chance)


_BLUR: Final = ("sharp",)
_BLOCKS: Final = ("blocks",)
_EITHER: Final = ("sharp", "blocks")
_COPY: Final = ("duplicate",)
DAMAGED: Final[Mapping[str, OfFile]] = {
    "out_of_focus": OfFile("picture", _BLUR, out_of_focus),
    "smeared": OfFile("picture", _BLUR, smeared),
    "blown_up_smooth": OfFile("picture", _BLUR, blown_up_smooth),
    "blown_up_square": OfFile("picture", _EITHER, blown_up_square),
    "jpeg_blocks": OfFile("picture", _BLOCKS, jpeg_blocks),
    "jpeg_blocks_cut": OfFile("picture", _BLOCKS, jpeg_blocks_cut),
    "jpeg_blocks_scaled": OfFile("picture", _EITHER, jpeg_blocks_scaled),
    "webp_smears": OfFile("picture", _EITHER, webp_smears, of_photos=True),
    "mirrored": OfFile("picture", ("reads_back",), mirrored),
    "recompressed": OfFile("copy", _COPY, recompressed),
    "resized": OfFile("copy", _COPY, resized),
    "cropped": OfFile("copy", _COPY, cropped),
    "recoloured": OfFile("copy", _COPY, recoloured),
    "relit": OfFile("copy", _COPY, relit),
    "framed": OfFile("copy", _COPY, framed),
    "cut_short": OfFile("file", ("decodes",), cut_short),
    "overwritten": OfFile("file", ("decodes",), overwritten),
    "no_picture": OfFile("file", ("decodes",), no_picture),
    "other_size": OfFile("file", ("size",), other_size),
    "too_heavy": OfFile("file", ("weight",), too_heavy),
    "empty": OfFile("file", ("reads_back",), empty),
}
