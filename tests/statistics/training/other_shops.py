"""A shop of another kind than the demo's, and simulated shoppers at the end of a visit to any shop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from protos.gen.adloom.catalogue.v1.product_pb2 import Availability
from protos.gen.adloom.catalogue.v1.product_pb2 import Product as Message
from services.catalogue.catalogue import Catalogue, Product
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.features.segments import segment_of
from services.features.vector import RequestFacts
from services.simulator.shoppers import Scene, Truth, plan_visit
from services.simulator.shoppers.rhythm import Span, visit_times
from services.simulator.shoppers.visits import AD_APPEARS_S

FORMAT = "300x250"
FIRST_SHOPPER = 200_000  # whom no training saw
SPAN = Span(datetime(2026, 3, 2, tzinfo=UTC), 14)
DO = {"view": Kind.VIEW, "click": Kind.CLICK, "order": Kind.ORDER}
KINDS = ("Kettle", "Saucepan", "Duvet", "Lamp", "Vacuum", "Towel", "Knife", "Chair", "Clock", "Rug")
MADE_OF = ("enamel", "brass", "Turkish cotton", "beech", "jute", "steel", "ceramic", "wool", "glass", "linen")
COLOURS = ("white", "black", "blue", "green", "grey", "red", "beige", "brown", "yellow")


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
