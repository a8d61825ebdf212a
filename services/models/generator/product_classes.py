"""The product classes that the creative generator can draw: those of its training data, in their order."""

from services.catalogue.product_class import FASHION_MNIST
from services.common.errors import Rejected

PRODUCT_CLASSES: tuple[str, ...] = FASHION_MNIST


def class_index(product_class: str) -> int:
    """The index under which the generator knows a product class; raises `Rejected` for an unknown class.

    >>> class_index("bag")
    8
    """
    if product_class not in PRODUCT_CLASSES:
        raise Rejected("invalid", "category", product_class, f"one of {', '.join(PRODUCT_CLASSES)}")
    return PRODUCT_CLASSES.index(product_class)
