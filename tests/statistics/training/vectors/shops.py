"""Shops for the simulated shoppers: what is sold, and for each way to make vectors what the features see of it.

In the simulator's truth the meaning of a text counts only as far as it tells the product's class. A shop with
"no names" therefore asks the question that vectors could answer: its feed tells no class, colour or title, and what
is left (a customer's words about the product, or its photo) must tell it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability
from protos.gen.adloom.catalogue.v1.product_pb2 import Product as Message
from services.assets.creative import Creative
from services.assets.demo import demo_creatives
from services.catalogue.catalogue import Catalogue, Product, demo_catalogue
from services.simulator.shoppers.shopper import COLOURS
from tests.statistics.training.other_shops import household
from tests.statistics.training.vectors.encodings import Encoder, Floats, Looked, ways
from tests.statistics.training.vectors.pictures import colour_of, picture_vectors, pixels

FORMAT: Final = "300x250"
_EACH: Final = 200  # products of a shop
_UNFIT: Final = ("Not sure", "Other", "Skip")  # labels of photos that name nothing


@dataclass(frozen=True, slots=True)
class Seen:
    """One shop: its truth, its ads, and the same catalogue as each way to make vectors shows it to the features."""

    name: str
    truth: Catalogue
    creatives: tuple[Creative, ...]
    by_vectors: Mapping[str, Catalogue]


def shops(data: Path) -> dict[str, Callable[[], Seen]]:
    """The shops by name."""
    by = ways(data)
    return {
        "demo": lambda: encoded_too("demo", demo_catalogue(), as_it_is, by),
        "household": lambda: encoded_too("household", household(), as_it_is, by),
        "fashion": lambda: encoded_too("fashion", fashion(data), as_it_is, by),
        "fashion, no names": lambda: encoded_too("fashion, no names", fashion(data), without_names, by),
        "photos": lambda: photos(data, "photos", as_it_is),
        "photos, no names": lambda: photos(data, "photos, no names", without_names),
    }


def fashion(data: Path) -> Catalogue:
    """Women's clothes (`reviews_en.parquet`): category and class, and a customer's words as the description."""
    names = ["Clothing ID", "Department Name", "Class Name", "Title", "Review Text"]
    rows = pq.read_table(data / "reviews_en.parquet", columns=names).to_pydict()
    found: dict[int, tuple[str, str, str]] = {}
    for number, department, class_, title, text in zip(*(rows[name] for name in names), strict=True):
        if class_ and text and number not in found:
            found[number] = (class_, f"{department} > {class_}", f"{title or ''} {text}".strip())
    rng = np.random.default_rng(6)
    order = sorted(found)
    at = rng.choice(len(order), _EACH, replace=False)
    return _catalogue(
        _message((f"dress-{order[row]:04}", *found[order[row]], COLOURS[int(rng.integers(len(COLOURS)))]), rng)
        for row in at
    )


def photos(data: Path, name: str, shown: Callable[[Message], Message]) -> Seen:
    """Clothes by their phone photos (`clothing_128px.parquet`): the label is title and category."""
    columns = pq.read_table(data / "clothing_128px.parquet", columns=["image_id", "label", "jpeg"]).to_pydict()
    rows = [row for row in zip(*columns.values(), strict=True) if row[1] not in _UNFIT]
    rng = np.random.default_rng(6)
    rows = [rows[at] for at in rng.choice(len(rows), _EACH, replace=False)]
    pictures = [pixels(jpeg) for _, _, jpeg in rows]
    truth = _catalogue(
        _message((f"photo-{image}", label, f"Clothing > {label}", "", colour_of(picture)), rng)
        for (image, label, _), picture in zip(rows, pictures, strict=True)
    )
    words, creatives = _as_shown(truth, shown)
    looks = dict(zip([f"photo-{image}" for image, _, _ in rows], picture_vectors(pictures), strict=True))
    by_vectors = {"words": words, "picture": _with(words, looks), "words+picture": _with(words, _sums(words, looks))}
    return Seen(name, truth, creatives, by_vectors)


def as_it_is(message: Message) -> Message:
    """The whole row of the feed."""
    return message


def without_names(message: Message) -> Message:
    """The row without category, colour and a title that says anything."""
    shown = Message()
    shown.CopyFrom(message)
    shown.title, shown.product_type, shown.colour = f"Item {message.product_id[-4:]}", "", ""
    return shown


def encoded_too(name: str, truth: Catalogue, shown: Callable[[Message], Message], by: Mapping[str, Encoder]) -> Seen:
    """The shop as words and each other way to make vectors show it."""
    words, creatives = _as_shown(truth, shown)
    said = {product.product_id: _said(shown(product.message)) for product in truth.products}
    texts = list(dict.fromkeys([*said.values(), *(creative.headline for creative in creatives)]))
    by_vectors = {"words": words}
    for called, vectors_of in by.items():
        vectors = dict(zip(texts, vectors_of(texts), strict=True))
        found = _with(words, {key: vectors[text] for key, text in said.items()})
        by_vectors[called] = replace(found, terms=Looked({}, vectors))
    return Seen(name, truth, creatives, by_vectors)


def _as_shown(truth: Catalogue, shown: Callable[[Message], Message]) -> tuple[Catalogue, tuple[Creative, ...]]:
    """The true products with the facts of what the feed shows of them, and the ads that are made of that."""
    if shown is as_it_is:
        return truth, demo_creatives(truth)
    seen = _catalogue(shown(product.message) for product in truth.products)
    return replace(truth, facts=seen.facts, terms=seen.terms), demo_creatives(seen)


def _said(message: Message) -> str:
    parts = (message.title, message.product_type, message.description, message.brand, message.colour, message.material)
    return ". ".join(part for part in parts if part)


def _with(words: Catalogue, vectors: Mapping[str, Floats]) -> Catalogue:
    return replace(words, facts={key: replace(facts, vector=vectors[key]) for key, facts in words.facts.items()})


def _sums(words: Catalogue, looks: Mapping[str, Floats]) -> dict[str, Floats]:
    """Words and picture in the same numbers: sums of random projections keep both, with the noise of both."""
    found = {}
    for key, facts in words.facts.items():
        vector = facts.vector + looks[key]
        found[key] = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return found


def _message(texts: tuple[str, str, str, str, str], rng: np.random.Generator) -> Message:
    """A product of id, title, category, description and colour; what else headlines can tell of it is drawn."""
    product_id, title, category, description, colour = texts
    return Message(
        product_id=product_id,
        title=title,
        product_type=category,
        description=description,
        price_minor=int(np.exp(rng.normal(np.log(6_000), 0.7))),
        currency="EUR",
        colour=colour,
        material=("Cotton", "Wool", "Linen", "Silk")[int(rng.integers(4))],
        quantity=int(rng.integers(3, 40)),
        rating=round(float(rng.uniform(3.6, 4.9)), 1),
        rating_count=int(rng.integers(1, 300)),
        availability=Availability.IN_STOCK,
        language="en",
    )


def _catalogue(messages: Iterable[Message]) -> Catalogue:
    return Catalogue.of(Product.of(message, 0) for message in messages)
