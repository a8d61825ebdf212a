"""The drawing of each product class: a few shapes in a square of 100 x 100, back to front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageDraw

Tone = Literal["base", "dark", "light", "sole"]
Points = tuple[tuple[float, float], ...]
_SUPERSAMPLE: Final = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline, or with `line` a stroke of that width."""

    tone: Tone
    points: Points
    smooth: int = 0  # rounds of corner cutting
    line: float = 0.0


def _mirror(half: Points) -> Points:
    """The right half and its reflection about x = 50 as one outline."""
    return half + tuple((100.0 - x, y) for x, y in reversed(half))


_T_SHIRT = _mirror(((58, 15), (70, 19), (92, 38), (81, 50), (71, 42), (71, 66), (72, 88), (66, 88)))
_LONG = _mirror(((57, 14), (70, 18), (80, 32), (91, 76), (80, 80), (71, 48), (71, 70), (72, 87), (66, 87)))
_COAT = _mirror(((56, 8), (70, 13), (80, 28), (89, 68), (78, 72), (71, 44), (73, 70), (76, 95), (68, 95)))
_SHOE: Final[Points] = ((10, 44), (24, 40), (36, 48), (52, 56), (76, 61), (90, 68), (91, 77), (10, 77))
_BOOT: Final[Points] = ((24, 14), (54, 14), (53, 50), (72, 58), (86, 64), (88, 80), (23, 80))

SILHOUETTES: Final[Mapping[str, tuple[Shape, ...]]] = {
    "t-shirt": (
        Shape("base", _T_SHIRT, 1),
        Shape("dark", ((42, 17), (50, 27), (58, 17), (50, 21)), 1),
        Shape("dark", ((29, 43), (31, 56)), line=1.2),
        Shape("dark", ((71, 43), (69, 56)), line=1.2),
        Shape("light", ((36, 52), (64, 52)), line=3.0),
        Shape("light", ((36, 60), (64, 60)), line=3.0),
    ),
    "trouser": (
        Shape("base", ((32, 10), (68, 10), (74, 92), (56, 92), (50, 42), (44, 92), (26, 92))),
        Shape("dark", ((32, 10), (68, 10), (68.6, 17), (31.4, 17))),
        Shape("dark", ((50, 17), (50, 42)), line=1.4),
        Shape("light", ((40, 24), (35, 88)), line=1.4),
        Shape("light", ((60, 24), (65, 88)), line=1.4),
    ),
    "pullover": (
        Shape("base", _LONG, 1),
        Shape("dark", ((41, 14), (50, 24), (59, 14), (59, 20), (50, 29), (41, 20)), 1),
        Shape("dark", ((29, 81), (71, 81), (71.6, 87), (28.4, 87))),
        Shape("light", ((42, 34), (42, 78)), line=2.4),
        Shape("light", ((50, 34), (50, 78)), line=2.4),
        Shape("light", ((58, 34), (58, 78)), line=2.4),
    ),
    "dress": (
        Shape("base", _mirror(((56, 8), (62, 10), (64, 26), (60, 42), (80, 92))), 1),
        Shape("dark", ((40.5, 40), (59.5, 40), (60.5, 46), (39.5, 46))),
        Shape("light", ((46, 50), (38, 90)), line=1.6),
        Shape("light", ((54, 50), (62, 90)), line=1.6),
        Shape("dark", ((44, 9), (50, 20), (56, 9), (50, 14)), 1),
    ),
    "coat": (
        Shape("base", _COAT, 1),
        Shape("dark", ((50, 26), (50, 92)), line=1.6),
        Shape("dark", ((42, 10), (50, 30), (36, 24)), 0),
        Shape("dark", ((58, 10), (50, 30), (64, 24)), 0),
        Shape("dark", ((30, 56), (70, 56)), line=4.0),
        Shape("light", ((55, 40), (57, 40)), line=3.0),
        Shape("light", ((55, 50), (57, 50)), line=3.0),
        Shape("light", ((55, 68), (57, 68)), line=3.0),
    ),
    "sandal": (
        Shape("sole", ((7, 68), (24, 62), (48, 67), (88, 69), (94, 75), (90, 81), (12, 81), (7, 77)), 2),
        Shape("dark", ((12, 66), (17, 30), (24, 30), (27, 65)), 1),
        Shape("base", ((17, 32), (46, 36), (47, 43), (18, 41)), 1),
        Shape("base", ((40, 36), (48, 36), (66, 68), (54, 68)), 1),
        Shape("base", ((54, 68), (62, 46), (78, 46), (88, 69)), 1),
        Shape("light", ((60, 57), (82, 57)), line=2.0),
        Shape("light", ((40, 37), (46, 38)), line=4.0),
    ),
    "shirt": (
        Shape("base", _LONG, 1),
        Shape("light", ((47, 22), (53, 22), (53, 86), (47, 86))),
        Shape("dark", ((40, 13), (50, 22), (44, 30), (37, 19))),
        Shape("dark", ((60, 13), (50, 22), (56, 30), (63, 19))),
        *(Shape("dark", ((49.2, y), (50.8, y)), line=1.8) for y in (36, 48, 60, 72)),
        Shape("dark", ((57, 40), (66, 40), (66, 50), (57, 50)), line=0.9),
    ),
    "sneaker": (
        Shape("base", _SHOE, 2),
        Shape("sole", ((8, 73), (92, 73), (93, 81), (88, 84), (12, 84), (7, 80)), 1),
        Shape("light", ((44, 50), (38, 58)), line=2.2),
        Shape("light", ((51, 53), (45, 61)), line=2.2),
        Shape("light", ((58, 56), (52, 64)), line=2.2),
        Shape("dark", ((11, 46), (23, 43), (24, 56), (11, 58)), 1),
    ),
    "bag": (
        Shape("dark", ((32, 40), (36, 16), (64, 16), (68, 40)), 2, line=3.4),
        Shape("base", ((20, 38), (80, 38), (86, 86), (14, 86)), 1),
        Shape("dark", ((19, 38), (81, 38), (76, 58), (24, 58)), 1),
        Shape("light", ((46, 54), (54, 54), (54, 63), (46, 63)), 1),
    ),
    "ankle-boot": (
        Shape("base", _BOOT, 2),
        Shape("sole", ((22, 77), (88, 77), (89, 84), (48, 84), (47, 81), (44, 81), (43, 88), (22, 88))),
        Shape("dark", ((38, 18), (46, 18), (43, 44), (37, 44)), 1),
        Shape("light", ((24, 20), (27, 20)), line=3.0),
    ),
}  # fmt: skip


def rounded(points: Points, rounds: int) -> Points:
    """Cuts every corner of a closed outline `rounds` times (Chaikin 1974)."""
    for _ in range(rounds):
        cut: list[tuple[float, float]] = []
        for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True):
            cut += [(0.8 * x0 + 0.2 * x1, 0.8 * y0 + 0.2 * y1), (0.2 * x0 + 0.8 * x1, 0.2 * y0 + 0.8 * y1)]
        points = tuple(cut)
    return points


def draw(category: str, tones: Mapping[Tone, tuple[int, int, int]], size: int) -> Image.Image:
    """The class's picture on a transparent background: RGBA, size x size pixels."""
    scale = size * _SUPERSAMPLE / 100.0
    canvas = Image.new("RGBA", (size * _SUPERSAMPLE,) * 2, (0, 0, 0, 0))
    pen = ImageDraw.Draw(canvas)
    for shape in SILHOUETTES[category]:
        outline = rounded(shape.points, 0 if shape.line else shape.smooth)
        pixels = [(x * scale, y * scale) for x, y in outline]
        if shape.line:
            pen.line(pixels, fill=tones[shape.tone], width=max(1, round(shape.line * scale)), joint="curve")
        else:
            pen.polygon(pixels, fill=tones[shape.tone])
    return canvas.resize((size, size), Image.Resampling.LANCZOS)
