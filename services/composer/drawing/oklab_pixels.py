"""Many colours at once in OKLab, where equal steps look equal (Ottosson 2020); pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
"""(..., 3)."""

_MIX: Final = np.array(
    ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
     (0.0883024619, 0.2817188376, 0.6299787005)), dtype=np.float32,
)  # fmt: skip
_LAB: Final = np.array(
    ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
     (0.0259040371, 0.7827717662, -0.8086757660)), dtype=np.float32,
)  # fmt: skip


def oklab(rgb: Pixels) -> Pixels:
    """Colours (..., 3) of 0 to 1 in OKLab (Ottosson 2020).

    >>> oklab(np.array([[1.0, 1.0, 1.0]], dtype=np.float32)).round(2).tolist()[0][0]
    1.0
    """
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4).astype(np.float32)
    found: Pixels = np.cbrt(light @ _MIX.T) @ _LAB.T
    return found
