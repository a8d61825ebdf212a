"""A shopper: the properties of one person that do not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.catalogue.catalogue import CATEGORIES
from services.simulator.shoppers.chance import pareto, pick, uniforms
from services.simulator.shoppers.tastes import taste_of

PERSONA_SHARES: Final = {
    "bargain": 0.22,  # clicks below a price limit only
    "devotee": 0.14,  # one class of product only
    "follower": 0.16,  # what many others buy
    "careful": 0.14,  # not at first sight
    "owl": 0.12,  # anything at night, little by day
    "luxury": 0.12,  # above a price limit only
    "indifferent": 0.10,  # almost nothing
}
PERSONAS: Final = tuple(PERSONA_SHARES)
COLOURS: Final = ("white", "black", "blue", "green", "beige", "grey", "red", "brown", "yellow")
DEVICES: Final = ("phone", "desktop", "tablet")
_LOCALES: Final = ("en-GB", "de-DE", "fr-FR", "it-IT")


@dataclass(frozen=True, slots=True)
class Shopper:
    """One person; seed and `number` decide all other fields."""

    number: int
    user_id: str  # raw, as an ad server knows it
    persona: str  # one of PERSONAS
    taste: str  # the persona whose taste for looks it has; most often its own
    device: str  # the one used most
    locale: str
    price_limit_minor: int  # lower limit for the persona luxury, upper limit for all others
    disliked_colours: frozenset[str]
    favourite: int  # the only class of the persona devotee, index into CATEGORIES
    patience: int  # how often a creative may be seen in a day before it tires
    ads_limit: int  # how many ads may be seen in ten minutes before all tire
    activity: float  # visits a week, heavy-tailed


def make_shopper(seed: int, number: int) -> Shopper:
    """The shopper of that number; always the same for the same seed."""
    u = uniforms(seed, f"shopper:{number}", 10)
    persona = PERSONAS[pick(u[0], tuple(PERSONA_SHARES.values()))]
    limits = {"bargain": 3_500 + 6_000 * u[3], "luxury": 7_500 + 3_000 * u[3]}
    return Shopper(
        number=number,
        user_id=f"shopper-{number:06d}",
        persona=persona,
        taste=taste_of(seed, number, persona, PERSONA_SHARES),
        device=DEVICES[pick(u[1], (0.25, 0.6, 0.15) if persona == "careful" else (0.6, 0.3, 0.1))],
        locale=_LOCALES[pick(u[2], (0.4, 0.3, 0.2, 0.1))],
        price_limit_minor=round(limits.get(persona, 6_000 * pareto(u[3], 1.6))),
        disliked_colours=frozenset((COLOURS[int(u[4] * 9)], COLOURS[int(u[5] * 9)])),
        favourite=int(u[6] * len(CATEGORIES)),
        patience=2 + int(u[7] * 4),
        ads_limit=6 + int(u[8] * 10),
        activity=min(2.0 * pareto(u[9], 1.5), 40.0),
    )
