"""Random decision records like those of the creative service, of every kind that evaluation distinguishes."""

from __future__ import annotations

from datetime import datetime
from random import Random

from protos.gen.adloom.events.v1 import consent_pb2, impression_pb2

_CANDIDATES = tuple(f"creative-{number}" for number in range(12))


def random_record(user: str, shown_at: datetime, chance: Random) -> impression_pb2.Impression:
    """A creative drawn for the pseudonym `user` by `uniform` or `thompson`; the caller sets the impression id."""
    candidates = chance.sample(_CANDIDATES, 5)
    weights = [chance.random() + 0.1 for _ in candidates]
    vectors = {"uniform": [0.2] * 5, "thompson": [weight / sum(weights) for weight in weights]}
    policy = chance.choice(["uniform", "thompson", "thompson"])
    index = chance.choices(range(5), vectors[policy])[0]
    made = impression_pb2.Impression(
        user_id=user, placement_id="top", creative_id=candidates[index], product_id="p", segment="new_unknown",
        policy_id=policy, policy_version=3, candidates=candidates, propensity=vectors[policy][index],
        scores=[chance.uniform(0.01, 0.5) for _ in candidates] if chance.random() < 0.9 else [],
        target_propensities={name: vector[index] for name, vector in vectors.items()}, shown_at=shown_at,
        slot=chance.choice((0, 0, 0, 1)), render_pixel=chance.random() < 0.5, default_profile=chance.random() < 0.3,
    )  # fmt: skip
    state_consent(made.consent, chance)
    return _unusual(made, chance)


def state_consent(consent: consent_pb2.Consent, chance: Random) -> None:
    """Mostly says nothing; sometimes that a profile is allowed, or that it is not."""
    said = chance.choices([None, True, False], [80, 10, 10])[0]
    if said is not None:
        consent.profile = said


def _unusual(made: impression_pb2.Impression, chance: Random) -> impression_pb2.Impression:
    """Turns some into records of an imported log, of a drill, of the house creative, or of a shopper marked as bot."""
    fate = chance.choices(["", "foreign", "drill", "house", "bot"], [89, 5, 2, 3, 1])[0]
    if fate == "foreign":
        targets = {f"log-{name}": value for name, value in made.target_propensities.items()}
        made.foreign, made.policy_id = True, f"log-{made.policy_id}"
        made.target_propensities.clear()
        made.target_propensities.update(targets)
    elif fate == "drill":
        made.experiment_arm = "drill"
    elif fate == "bot":
        made.invalid_traffic = "bot"
    elif fate == "house":
        made.policy_id, made.propensity = "house", 1.0
        made.target_propensities.clear()
    return made
