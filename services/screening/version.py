"""Versions of checks: what was judged by another one is judged again; pure."""

from __future__ import annotations

import hashlib
from typing import Final

_DIGITS: Final = 8


def version_of(name: str, *parts: object) -> str:
    """The name of what judges with a digest of what it judges by: tables, thresholds, a revision of its code.

    >>> version_of("sharp", 0.08, 1), version_of("sharp", 0.09, 1)
    ('sharp/6b7012a0', 'sharp/bd2d3adc')
    """
    return f"{name}/{hashlib.sha256(repr(parts).encode()).hexdigest()[:_DIGITS]}"
