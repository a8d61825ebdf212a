"""The ten classes of Fashion-MNIST, for which there are drawings and which the generator can draw; pure."""

from __future__ import annotations

import re
from typing import Final

CATEGORIES: Final = (
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
"""The product classes, in the order of the labels of Fashion-MNIST."""

OTHER: Final = "other"
"""Stands for every product that is of none of the classes."""

_SEPARATORS: Final = re.compile(r"[>|]")


def class_of(product_type: str) -> str:
    """The class that the last part of a shop's category names, in the singular or plural; else `OTHER`.

    >>> [class_of(said) for said in ("Clothing > Dresses", "Shoes > Ankle boots", "T-Shirt", "Kitchen > Teapots")]
    ['dress', 'ankle-boot', 't-shirt', 'other']
    """
    last = _SEPARATORS.split(product_type)[-1]
    return _CLASSES.get(last.strip().casefold().replace(" ", "-"), OTHER)


def _plural(name: str) -> str:
    return f"{name}es" if name.endswith("s") else f"{name}s"


_CLASSES: Final = {form: name for name in CATEGORIES for form in (name, _plural(name))}
