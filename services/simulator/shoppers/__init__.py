"""Shoppers who do not exist, and the truth about what they click.

The truth is the yardstick for everything that learns here, so it is kept out of the family of what learns: there is no
logistic of a dot product in it, no fading count, no gamma lift. A shopper has one of seven *personas*, and a persona is
a rule with thresholds (`personas.py`) that looks at a few things one after the other:

    probability = notice * rule(persona) * appeal * mood * fatigue + slips           kept within [0, 0.9]

- *notice* (`truth.py`): a step by slot and format; what is further down or flatter is seen less.
- *rule* (`personas.py`): lexicographic. First a veto by price, then the tier of the wish (primary, secondary, none),
  then the style of the headline, by persona and hour.
- *wishes* (`wishes.py`): which classes of product are wanted; regimes that last a heavy-tailed time and switch at once.
- *mission* (`wishes.py`): in some three-hour stretches one class is all that counts.
- *payday* (`truth.py`): from the 25th to the 28th of a month price limits are half as high again.
- *appeal* (`truth.py`): of a creative, whoever looks; a heavy-tailed lasting part, and a fashion that turns every three
  weeks.
- *mood* (`truth.py`): of a shopper on a day; Pareto-tailed.
- *fatigue* (`truth.py`): steps; of a creative seen too often within a day, and of too many ads within ten minutes. The
  careful, in turn, click only what they have seen before.
- *slips* (`truth.py`): clicks that nobody meant, more of them on phones.
- *rhythm* (`rhythm.py`): when shoppers come, by day and week and persona.
- *browsing* (`visits.py`): what shoppers look at, click and buy; it gives wishes, price limit and mission away, which
  is why profiles help.

Everything hangs on seeds: the same `Truth(seed)` answers the same for ever, in any order of asking.

`offline_log(truth, catalogue, creatives, *, impressions, shoppers, days, until, seed, progress=None) -> OfflineLog`
makes training traffic: the events run through `services.features.profile.apply` and every row through
`services.features.vector.build`, under uniform choice (law 5).
"""

from typing import Final

from services.simulator.shoppers.offline_log import OfflineLog, offline_log
from services.simulator.shoppers.shopper import Shopper
from services.simulator.shoppers.truth import Exposures, Offers, Scene, Truth
from services.simulator.shoppers.visits import Step, Visit, plan_visit

WORLD_SEED: Final = 7
"""Seed of the truth that the checked-in click model was trained on and that `adloom run` plays."""

TRUTH_VERSION: Final = "shoppers/2"
"""Grows when the same seed gives another truth or other traffic: models are then trained anew."""

__all__ = [
    "TRUTH_VERSION",
    "WORLD_SEED",
    "Exposures",
    "OfflineLog",
    "Offers",
    "Scene",
    "Shopper",
    "Step",
    "Truth",
    "Visit",
    "offline_log",
    "plan_visit",
]
