"""What features need to know of a catalogue as a whole: its categories, prices and common words; pure.

Products are seen once, in any order and in bounded memory: everything is counted over a sample of at most `SAMPLED`
products, those whose ids have the smallest digests (a bottom-k sketch). So the order does not matter, and a catalogue
of up to `SAMPLED` products is counted whole.

A category is the first two levels of the shop's own (`product_type`; where that is empty, the product's
`google_product_category`). The largest have a slot of their own; of those that are left the first levels have one, as
far as there is room; all others share slot 0. A later version keeps every slot, because profiles are stored by slot.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2, vocabulary_pb2
from services.catalogue.terms import words

FEATURES: Final = "features/2"
"""The first features that read this vocabulary, the key of its message; later ones read it too."""

SLOTS: Final = 24
"""Numbers of categories; 0 is shared by all that have none of their own."""

SAMPLED: Final = 20_000
"""Products that are counted: the share of a word that 1 % of all have is right to 0.15 percentage points."""

_DEEP: Final = (SLOTS - 1) * 3 // 4  # slots for second levels where there are more of them than slots
_RANKS: Final = 33
_FEWEST_FOR_A_SCALE: Final = 3
_COMMON: Final = 0.01
_MOST_WORDS: Final = 5_000
DESCRIBED: Final = 1_000
"""Characters of a description that count."""

_SHIFTED: Final = 0.1
_LEVELS = re.compile(r"\s*[>|/›»]\s*")

Vocabulary = vocabulary_pb2.Vocabulary


def grown(previous: Vocabulary | None, products: Iterable[product_pb2.Product]) -> Vocabulary:
    """The vocabulary of these products; `previous` itself while features would hardly differ (`_is_outgrown`)."""
    sample, count = _sample(products)
    made = Vocabulary(feature_version=FEATURES, version=1, products=count)
    made.categories.extend(_categories(sample, () if previous is None else previous.categories))
    made.price_scales.extend(_price_scales(sample, tuple(made.categories)))
    for word, weight in _word_weights(sample).items():
        made.word_weights[word] = weight
    if previous is None:
        return made
    if not _is_outgrown(previous, made):
        return previous
    made.version = previous.version + 1
    return made


def category_of(product: product_pb2.Product) -> tuple[str, str]:
    """The product's category with one level and with two, folded for comparison; empty where it has none.

    >>> category_of(product_pb2.Product(product_type="Clothing > Dresses > Maxi"))
    ('clothing', 'clothing > dresses')
    """
    said = product.product_type or product.attributes.get("google_product_category", "")
    levels = [level for level in _LEVELS.split(" ".join(said.split()).casefold()) if level][:2]
    return (levels[0] if levels else "", " > ".join(levels))


def slot_of(product: product_pb2.Product, slots: Mapping[str, int]) -> int:
    """The product's slot, by name of category: that of both levels, else of the first, else 0."""
    first, both = category_of(product)
    return slots.get(both) or slots.get(first, 0)


def text_of(product: product_pb2.Product) -> str:
    """The text from which the product's vector is made; its title counts twice, its category three times."""
    named = f"{product.title} {product.product_type} " * 2 + product.product_type
    return f"{named} {product.description[:DESCRIBED]} {product.brand} {product.colour} {product.material}"


def price_rank(price_minor: int, quantiles_minor: Sequence[int]) -> float:
    """The rank of a price on a scale, from 0 for the lowest to 1; equal prices share the middle of their ranks.

    >>> [price_rank(price, (10, 20, 20, 40)) for price in (5, 15, 20, 30, 99)]
    [0.0, 0.16666666666666666, 0.5, 0.8333333333333334, 1.0]
    """
    below, upto = bisect_left(quantiles_minor, price_minor), bisect_right(quantiles_minor, price_minor)
    if below < upto:
        at = (below + upto - 1) / 2
    elif below in (0, len(quantiles_minor)):
        at = max(below - 1.0, 0.0)
    else:
        low, high = quantiles_minor[below - 1 : below + 1]
        at = below - 1 + (price_minor - low) / (high - low)
    return at / (len(quantiles_minor) - 1)


def _sample(products: Iterable[product_pb2.Product]) -> tuple[list[product_pb2.Product], int]:
    """The products that are counted, in the order of their digests, and the number of all."""
    kept: list[tuple[int, bytes]] = []  # negated digest, serialized product: the largest digest is first
    count = 0
    for product in products:
        count += 1
        rank = -int.from_bytes(hashlib.blake2b(product.product_id.encode(), digest_size=16).digest(), "big")
        if len(kept) < SAMPLED:
            heapq.heappush(kept, (rank, product.SerializeToString(deterministic=True)))
        elif rank > kept[0][0]:
            heapq.heapreplace(kept, (rank, product.SerializeToString(deterministic=True)))
    return [product_pb2.Product.FromString(entry[1]) for entry in sorted(kept, reverse=True)], count


def _categories(sample: Sequence[product_pb2.Product], before: Sequence[str]) -> list[str]:
    """Those of `before`, in their order, then the largest others while there are slots."""
    found = list(before)
    named = [category_of(product) for product in sample]
    deep = [name for name in _by_size(both for _, both in named) if name not in found]
    room = SLOTS - 1 - len(found)
    found += deep[: room if len(deep) <= room else max(room - (SLOTS - 1 - _DEEP), 0)]
    first = _by_size(first for first, both in named if both not in found)
    found += [name for name in first if name not in found][: SLOTS - 1 - len(found)]
    return found


def _by_size(names: Iterable[str]) -> list[str]:
    counts = Counter(name for name in names if name)
    return sorted(counts, key=lambda name: (-counts[name], name))


def _price_scales(
    sample: Sequence[product_pb2.Product], categories: Sequence[str]
) -> Iterator[vocabulary_pb2.PriceScale]:
    """A scale of each category and currency with enough products, and one of each currency over all."""
    slots = slots_by_name(categories)
    prices: dict[tuple[str, str], list[int]] = {}
    for product in sample:
        slot = slot_of(product, slots)
        for name in {"", categories[slot - 1] if slot else ""}:
            prices.setdefault((name, product.currency), []).append(product.price_minor)
    for (name, currency), found in sorted(prices.items()):
        if name == "" or len(found) >= _FEWEST_FOR_A_SCALE:
            found.sort()
            yield vocabulary_pb2.PriceScale(category=name, currency=currency, quantiles_minor=_quantiles(found))


def slots_by_name(categories: Sequence[str]) -> dict[str, int]:
    """The slot of each category that has one, from 1."""
    return {name: number for number, name in enumerate(categories[: SLOTS - 1], 1)}


def _quantiles(prices: Sequence[int]) -> list[int]:
    """At most `_RANKS` and at least two of the ascending prices, at evenly spaced ranks."""
    count = min(max(len(prices), 2), _RANKS)
    return [prices[round(at * (len(prices) - 1) / (count - 1))] for at in range(count)]


def _word_weights(sample: Sequence[product_pb2.Product]) -> dict[str, float]:
    """Inverse document frequencies of the common words, relative to that of a word which is just not common."""
    frequency = Counter(word for product in sample for word in set(words(text_of(product))))
    rare = max(_COMMON, 1.0 / max(len(sample), 1))
    common = sorted((-count, word) for word, count in frequency.items() if count > rare * len(sample))[:_MOST_WORDS]
    most = 1.0 - math.log(rare)
    return {word: round((1.0 - math.log(-count / len(sample))) / most, 4) for count, word in sorted(common, key=_word)}


def _word(common: tuple[int, str]) -> str:
    return common[1]


def _is_outgrown(old: Vocabulary, new: Vocabulary) -> bool:
    """Whether features would differ much: a category or currency came, the size changed by a tenth, or prices did."""
    scales = {(scale.category, scale.currency): scale.quantiles_minor for scale in old.price_scales}
    return (
        list(old.categories) != list(new.categories)
        or abs(new.products - old.products) > _SHIFTED * old.products
        or any(_is_shifted(scales.get((scale.category, scale.currency)), scale) for scale in new.price_scales)
    )


def _is_shifted(old: Sequence[int] | None, new: vocabulary_pb2.PriceScale) -> bool:
    middle = new.quantiles_minor[len(new.quantiles_minor) // 2]
    return old is None or abs(price_rank(middle, old) - price_rank(middle, new.quantiles_minor)) > _SHIFTED
