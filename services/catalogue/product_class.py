"""The classes of products that the demo shop sells, and those that the generator draws; pure."""

from __future__ import annotations

import re
from typing import Final

CATEGORIES: Final = (
    "t-shirt", "pullover", "ankle-boot", "bag", "mug", "lamp", "cushion", "backpack", "tent", "bottle",
)  # fmt: skip
"""The classes of the demo shop: clothing, then things for a home, then for the outdoors."""

FASHION_MNIST: Final = (
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
"""The classes of Fashion-MNIST, in the order of its labels: those that the generator can draw."""

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


_CLASSES: Final = {form: name for name in (*CATEGORIES, *FASHION_MNIST) for form in (name, _plural(name))}
