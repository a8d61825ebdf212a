"""Photos for tests, drawn here: a red jug with a handle on grounds of several kinds."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from services.composer.photos.cut_out import Alpha

RED = (178, 34, 40)
_SMOOTH = 4


def jug(size: int = 400) -> Image.Image:
    """Where the jug is, L: nothing of it touches the border."""
    mask = Image.new("L", (size * _SMOOTH,) * 2, 0)
    pen = ImageDraw.Draw(mask)
    one = size * _SMOOTH // 20
    pen.rounded_rectangle((5 * one, 4 * one, 13 * one, 17 * one), radius=2 * one, fill=255)
    pen.arc((10 * one, 6 * one, 17 * one, 13 * one), -100, 100, fill=255, width=one)
    return mask.resize((size, size), Image.Resampling.LANCZOS)


def on(ground: Image.Image, colour: tuple[int, int, int] = RED) -> Image.Image:
    """The jug in front of a square ground."""
    scene = ground.convert("RGB")
    scene.paste(colour, (0, 0), jug(scene.width))
    return scene


def plain(colour: tuple[int, int, int] = (236, 238, 240), size: int = 400) -> Image.Image:
    """A lit ground: one colour, darker to the right, with the noise of a camera."""
    noise = np.random.default_rng(3).normal(0, 2, (size, size, 3))
    light = np.linspace(4, -12, size)[None, :, None]
    return Image.fromarray(np.clip(np.array(colour) + light + noise, 0, 255).astype(np.uint8))


def busy(size: int = 400) -> Image.Image:
    """A ground that is anything but plain."""
    noise = np.random.default_rng(5).integers(0, 256, (size // 20, size // 20, 3), dtype=np.uint8)
    noise[..., 0] //= 3  # no red, which is the jug's
    return Image.fromarray(noise).resize((size, size), Image.Resampling.NEAREST)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Sees:
    """A `CutOut` that sees the jug as a model does: softly, a little late, at a size of its own."""

    name: str = "sees"
    missing: str = ""
    blurred: float = 0.7

    def mask(self, image: Image.Image) -> Alpha:
        """What is red."""
        pixels = np.asarray(image.convert("RGB").resize((160, 160)), dtype=np.int64)
        red = (pixels[..., 0] - pixels[..., 1:].max(axis=2) > 60).astype(np.uint8) * 255
        soft = Image.fromarray(red).filter(ImageFilter.GaussianBlur(self.blurred))
        return np.asarray(soft, dtype=np.float32) / np.float32(255)
