"""The checked-in click model in the shop that it was trained on, and in one of another kind, with the same shoppers.

Of the other shop it knows no name: neither products nor creatives, and none of its words; prices are in yen. What it
has learnt about matches, prices and styles must still help, and nobody's candidates may all have one score.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability
from protos.gen.adloom.catalogue.v1.product_pb2 import Product as Message
from services.assets.demo import demo_creatives
from services.catalogue.catalogue import Catalogue, Product, demo_catalogue
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.features.segments import segment_of
from services.features.vector import RequestFacts, build
from services.models import manifest
from services.models.ctr.network import ClickModel, load_model
from services.simulator.shoppers import WORLD_SEED, Exposures, Offers, Scene, Truth, plan_visit
from services.simulator.shoppers.columns_of_creatives import columns_of
from services.simulator.shoppers.rhythm import Span, visit_times
from services.simulator.shoppers.visits import AD_APPEARS_S

FORMAT = "300x250"
SPAN = Span(datetime(2026, 3, 2, tzinfo=UTC), 14)
DO = {"view": Kind.VIEW, "click": Kind.CLICK, "order": Kind.ORDER}
MOMENTS = 80
FIRST_SHOPPER = 200_000  # whom no training saw
KINDS = ("Kettle", "Saucepan", "Duvet", "Lamp", "Vacuum", "Towel", "Knife", "Chair", "Clock", "Rug")
MADE_OF = ("enamel", "brass", "Turkish cotton", "beech", "jute", "steel", "ceramic", "wool", "glass", "linen")
COLOURS = ("white", "black", "blue", "green", "grey", "red", "beige", "brown", "yellow")

Floats = NDArray[np.float64]


def household(count: int = 200) -> Catalogue:
    """Household goods; each kind is one that shoppers wish for, as the classes of clothes are."""
    rng = np.random.default_rng(5)
    made = []
    for number in range(count):
        kind, of, colour = (names[int(rng.integers(len(names)))] for names in (KINDS, MADE_OF, COLOURS))
        message = Message(
            product_id=f"home-{number:03}",
            title=f"{of.capitalize()} {kind.lower()} {number}",
            description=f"A {colour} {kind.lower()} of {of} for every day, easy to clean.",
            product_type=f"Home > {kind}s",
            price_minor=int(np.exp(rng.normal(np.log(6_000), 0.7))),
            currency="JPY",
            colour=colour,
            availability=Availability.IN_STOCK,
        )
        made.append(Product.of(message, 0))
    return Catalogue.of(made)


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model does in a shop."""

    spread: float  # of the scores of one request's candidates: deviation by mean, on average
    gain: float  # true click rate of the best twentieth by score, by that of all


@pytest.fixture(scope="module")
def model() -> ClickModel:
    return load_model(manifest.folder_of("ctr"))


def figures(catalogue: Catalogue, model: ClickModel, visits: int) -> Figures:
    """Of shoppers who come for that many visits, the last one included; at 1 nothing is known of them."""
    creatives = [creative for creative in demo_creatives(catalogue) if creative.format == FORMAT]
    columns = columns_of(creatives, catalogue)
    products = [catalogue.product(c.product_id) if c.product_id else None for c in creatives]
    offers = Offers.of(
        [(c.creative_id, product, c.headline, FORMAT) for c, product in zip(creatives, products, strict=True)]
    )
    truth, spreads, best, overall = Truth(WORLD_SEED), [], [], []
    for number in range(FIRST_SHOPPER, FIRST_SHOPPER + MOMENTS):
        profile, scene, facts = moment(truth, catalogue, number, visits)
        aged = replace(columns, created_s=np.full(len(creatives), scene.when.timestamp() - 10 * 86_400))
        vectors = build(profile, facts, aged, scene.when)
        with torch.inference_mode():
            scores = model.serve(torch.from_numpy(vectors.dense), torch.from_numpy(vectors.categories))[0][:, 0].numpy()
        unseen = Exposures(np.zeros(len(creatives), dtype=np.int64))
        rates = truth.click_probabilities(truth.shopper(number), offers, scene, unseen)
        spreads.append(scores.std() / scores.mean())
        best.append(rates[np.argsort(-scores)[: len(scores) // 20]].mean())
        overall.append(rates.mean())
    return Figures(float(np.mean(spreads)), float(np.mean(best) / np.mean(overall)))


def moment(truth: Truth, catalogue: Catalogue, number: int, visits: int) -> tuple[Profile, Scene, RequestFacts]:
    """A shopper at the end of a visit, and what is known of the visits before and of this one."""
    rng = np.random.Generator(np.random.Philox(key=np.array([3, number], dtype=np.uint64)))
    shopper = truth.shopper(number)
    profile, now = Profile(), SPAN.since
    for when in sorted(visit_times(shopper.persona, visits, SPAN, rng)):
        visit = plan_visit(truth, shopper, catalogue, when, rng)
        now = visit.began_at
        for step in visit.steps if visits > 1 else ():
            now += timedelta(seconds=step.wait_s)
            event = Interaction(DO[step.kind], step.product.product_id, micros(now), pieces=step.pieces)
            profile = apply(profile, event, catalogue.facts.get)
    now += timedelta(seconds=AD_APPEARS_S)
    query = visit.steps[0].query
    segment = segment_of(profile, visit.device, query, now)
    facts = RequestFacts(shopper.locale, visit.device, "product", query, now, segment, "product-side", FORMAT)
    return profile, Scene(now, visit.device), facts


def test_known_shoppers_see_better_ads_in_both_shops(model: ClickModel) -> None:
    at_home, elsewhere = (figures(shop, model, visits=4) for shop in (demo_catalogue(), household()))
    assert at_home.gain > 2.5, at_home
    assert elsewhere.gain > 1.75, elsewhere
    assert min(at_home.spread, elsewhere.spread) > 0.4, (at_home, elsewhere)


def test_newcomers_candidates_have_different_scores_in_both_shops(model: ClickModel) -> None:
    at_home, elsewhere = (figures(shop, model, visits=1) for shop in (demo_catalogue(), household()))
    assert min(at_home.spread, elsewhere.spread) > 0.1, (at_home, elsewhere)
    assert at_home.gain > 1.0, at_home
