"""The facts of `features/1` of a product's message, by the weights of words that the click model was trained with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.product_features import PRODUCT_CATEGORIES, ProductFacts, product_facts


def facts_of_message(product: Product) -> ProductFacts:
    """The facts; the category is the last or the first part of the product type, where features have one of its own."""
    parts = [part.strip().lower() for part in product.product_type.split(">")]
    category = next((part for part in (parts[-1], parts[0]) if part in PRODUCT_CATEGORIES), "other")
    text = f"{product.title} {category} {product.title} {category} {product.description}"
    return product_facts(vector_of_text(text), category, product.price_minor)


def vector_of_text(text: str) -> NDArray[np.float64]:
    """The vector of a text, (16,)."""
    vector: NDArray[np.float64] = demo_catalogue().terms.vectors([text])[0]
    return vector
