"""Simulated shoppers in several shops: the same visits and clicks, seen through each way to make vectors.

Learnt is from ads of four fifths of the products. Asked is about those (by known shoppers and by newcomers) and about
ads of the others, which are new to the model (warm start). The last question asks of a model that learnt in the demo
shop, without what means something there alone, how it does elsewhere.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from services.catalogue.catalogue import Catalogue
from services.features.creative_columns import CreativeColumns, number_of
from services.features.vector import CATEGORIES, DENSE_FEATURES, Vectors, build
from services.models.ctr.network import ClickModel
from services.simulator.shoppers import WORLD_SEED, Exposures, Truth
from services.simulator.shoppers.columns_of_creatives import columns_of, offers_of
from services.simulator.shoppers.offline_life import Impression, Life, Shop, visits_with_ads
from services.simulator.shoppers.rhythm import Span
from services.training.click_rows import ClickRows
from services.training.recipes import ClickRecipe, TrafficRecipe
from tests.statistics.training.other_shops import FIRST_SHOPPER, moment
from tests.statistics.training.vectors.learning import learnt, loss_line, own_recipe, parted, scores
from tests.statistics.training.vectors.paired import Line, ratio_gain
from tests.statistics.training.vectors.shops import FORMAT, Seen

Floats = NDArray[np.float64]
Models = Mapping[str, list[ClickModel]]
IMPRESSIONS: Final = 40_000
_SHOPPERS: Final = 800
_DAYS: Final = 28
_MOMENTS: Final = 150
_NEW: Final = 0.2  # of the products
_KNOWN_VISITS: Final = 4
_PRODUCT = [category.name for category in CATEGORIES].index("product")


@dataclass(slots=True)
class _Rows:
    """Rows as they are played."""

    end: int = 0
    dense: list[NDArray[np.float32]] = field(default_factory=list)
    categories: list[NDArray[np.int64]] = field(default_factory=list)
    seen: list[Impression] = field(default_factory=list)

    def left(self) -> int:
        return self.end - len(self.seen)

    def add(self, vectors: Vectors, row: Impression) -> None:
        self.dense.append(vectors.dense)
        self.categories.append(vectors.categories)
        self.seen.append(row)

    def rows(self) -> ClickRows:
        return ClickRows(
            torch.from_numpy(np.concatenate(self.dense)),
            torch.from_numpy(np.concatenate(self.categories)),
            torch.tensor([float(row.clicked) for row in self.seen]),
            torch.tensor([row.user for row in self.seen]),
            torch.tensor([row.probability for row in self.seen], dtype=torch.float64),
        )


def played(seen: Seen) -> dict[str, ClickRows]:
    """The same impressions and clicks, with the vectors of each kind."""
    truth = Truth(WORLD_SEED)
    creatives = [creative for creative in seen.creatives if creative.format == FORMAT]
    shops = {name: Shop.of(truth, catalogue, creatives) for name, catalogue in seen.by_vectors.items()}
    rows = {name: _Rows() for name in shops}
    span = Span(datetime.fromisoformat(TrafficRecipe().until) - timedelta(days=_DAYS), _DAYS)
    activity = np.cumsum([truth.shopper(number).activity for number in range(_SHOPPERS)])
    for number, end in enumerate(np.rint(activity / activity[-1] * IMPRESSIONS).astype(int).tolist()):
        rng = np.random.Generator(np.random.Philox(key=np.array([17, number], dtype=np.uint64)))
        shopper = truth.shopper(number)
        ads = end - len(rows["words"].seen)
        visits = visits_with_ads(shops["words"], shopper, span, ads, rng)
        for name, shop in shops.items():
            rows[name].end = end
            life = Life(shop, shopper, rows[name], copy.deepcopy(rng))
            for visit in visits:
                life.play(visit)
    return {name: each.rows() for name, each in rows.items()}


def unseen_products(seen: Seen) -> frozenset[str]:
    """A fifth of the products, of whose ads no training row is."""
    ids = [product.product_id for product in seen.truth.products]
    rng = np.random.default_rng(4)
    return frozenset(np.array(ids)[rng.choice(len(ids), round(len(ids) * _NEW), replace=False)].tolist())


def compared(seen: Seen, logs: Mapping[str, ClickRows]) -> Iterator[Line]:
    """A model of the shop's own log, with each kind of vectors against words."""
    unseen = unseen_products(seen)
    new = _is_new(logs["words"], unseen)
    measured = torch.isin(logs["words"].shopper, parted(logs["words"]).test.shopper)
    known = logs["words"].dense[:, DENSE_FEATURES.index("known")] > 0.0
    training = ~measured & ~new
    models = {name: learnt(rows.take(training), own_recipe(int(training.sum()))) for name, rows in logs.items()}
    for name in [name for name in logs if name != "words"]:
        for question, which in (("known", known & ~new), ("newcomers", ~known & ~new), ("new ads", new)):
            rows = {each: logs[each].take(measured & which) for each in ("words", name)}
            yield loss_line(f"{seen.name}: {question}", name, models, rows)
        yield from best_lines(seen, models, name, unseen)


def carried(seen: Seen, logs: Mapping[str, ClickRows], models: Models) -> Iterator[Line]:
    """A model that learnt in another shop, here."""
    for name in [name for name in models if name != "words" and name in logs]:
        yield loss_line(f"{seen.name}: model of the demo", name, models, logs)


def shipped_like(logs: Mapping[str, ClickRows]) -> Models:
    """Models for any shop, as the shipped one is trained, from these rows."""
    measured = {name: parted(rows).train for name, rows in logs.items()}
    epochs = own_recipe(len(measured["words"])).epochs
    return {name: learnt(rows, replace(ClickRecipe(), epochs=epochs)) for name, rows in measured.items()}


def best_lines(seen: Seen, models: Models, name: str, unseen: frozenset[str]) -> Iterator[Line]:
    """The true click rate of each request's best-scored twentieth by that of all its candidates."""
    for question, visits, new in (
        ("known", _KNOWN_VISITS, False), ("newcomers", 1, False), ("new ads", _KNOWN_VISITS, True),
    ):  # fmt: skip
        words, value, usual = best_rates(seen, models, name, (visits, unseen if new else frozenset()))
        by = np.arange(len(usual))
        yield Line(
            f"{seen.name}: {question}", name, "best 20th", words.sum() / usual.sum(), value.sum() / usual.sum(),
            ratio_gain(value, words, usual, by),
        )  # fmt: skip


def best_rates(
    seen: Seen, models: Models, name: str, asked: tuple[int, frozenset[str]]
) -> tuple[Floats, Floats, Floats]:
    """Mean true rates of the best twentieth by words, of that by `name`, and of all candidates; one a shopper."""
    visits, among = asked
    truth, found = Truth(WORLD_SEED), []
    creatives = [c for c in seen.creatives if c.format == FORMAT and (not among or c.product_id in among)]
    offers = offers_of(creatives, seen.truth)
    columns = {each: columns_of(creatives, seen.by_vectors[each]) for each in ("words", name)}
    exposures = Exposures(np.zeros(len(creatives), dtype=np.int64))
    for number in range(FIRST_SHOPPER, FIRST_SHOPPER + _MOMENTS):
        best = []
        for each in ("words", name):
            scored, scene = _scored(truth, (seen.by_vectors[each], columns[each], models[each]), number, visits)
            rates = truth.click_probabilities(truth.shopper(number), offers, scene, exposures)
            count = max(len(rates) // 20, 1)
            best.append(float(np.mean([rates[np.argsort(-row)[:count]].mean() for row in scored])))
        found.append((*best, float(rates.mean())))
    words, value, usual = np.array(found).T
    return words, value, usual


def _scored(truth: Truth, by: tuple[Catalogue, CreativeColumns, Sequence[ClickModel]], number: int, visits: int):  # type: ignore[no-untyped-def]
    catalogue, columns, models = by
    profile, scene, facts = moment(truth, catalogue, number, visits)
    aged = replace(columns, created_s=np.full(len(columns.creative_ids), scene.when.timestamp() - 10 * 86_400))
    vectors = build(profile, facts, aged, scene.when)
    return scores(models, vectors.dense, vectors.categories), scene


def _is_new(rows: ClickRows, unseen: frozenset[str]) -> torch.Tensor:
    numbers = torch.tensor([number_of(product_id) for product_id in unseen])
    return torch.isin(rows.categories[:, _PRODUCT], numbers)
