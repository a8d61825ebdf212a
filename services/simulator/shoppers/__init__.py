"""Simulated shoppers, and the truth: the probability with which each of them clicks an ad.

The truth is the yardstick for every model and policy here. It must therefore not have the form of any of them: it has
no logistic function of a dot product, no decayed counts, no gamma-distributed multipliers. A shopper has one of seven
*personas*; a persona is a rule with thresholds (`personas.py`) that tests a few properties in order:

    probability = notice * rule(persona) * liking * appeal * mood * fatigue + slips           clipped to [0, 0.9]

- *notice* (`truth.py`): a step function of slot and format; lower and flatter ads are noticed less.
- *rule* (`personas.py`): lexicographic. First a veto by price, then the tier of the wish (primary, secondary, none),
  then the style of the headline, by persona and hour.
- *liking* (`tastes.py`): of the ad's look, by what it is made of: loud or quiet, dark, light or bright, large or small,
  a question or none. A taste follows the persona, though not always; an ad of which nothing is known is neutral.
- *wishes* (`wishes.py`): the product classes that a shopper wants; regimes of heavy-tailed length that switch abruptly.
- *mission* (`wishes.py`): in some three-hour periods the shopper wants one class only.
- *payday* (`truth.py`): from the 25th to the 28th of a month price limits are 50 % higher.
- *appeal* (`truth.py`): of a creative, the same for all shoppers; a heavy-tailed lasting part, and a fashion that
  changes every three weeks.
- *mood* (`truth.py`): of a shopper on a day; Pareto-tailed.
- *fatigue* (`truth.py`): steps, for a creative seen too often within a day and for too many ads within ten minutes.
  Careful shoppers, on the contrary, click only creatives that they have seen before.
- *slips* (`truth.py`): accidental clicks, more of them on phones.
- *rhythm* (`rhythm.py`): when shoppers come, by hour of the week and persona.
- *browsing* (`visits.py`): what shoppers view, click and buy. It depends on wishes, price limit and mission, which is
  why profiles help to predict clicks.

Everything follows from seeds: the same `Truth(seed)` always gives the same answers, in any order of calls.

`offline_log(truth, catalogue, creatives, *, impressions, shoppers, days, until, seed, progress=None) -> OfflineLog`
makes training traffic: the events run through `services.features.profile.apply` and every row through
`services.features.vector.build`, under uniform choice (law 5).
"""

from typing import Final

from services.simulator.shoppers.offline_log import OfflineLog, offline_log
from services.simulator.shoppers.shopper import Shopper
from services.simulator.shoppers.truth import Exposures, Offers, Scene, SeenAd, Truth
from services.simulator.shoppers.visits import Step, Visit, plan_visit

WORLD_SEED: Final = 7
"""Seed of the truth that the checked-in click model was trained on and that `adloom run` plays."""

TRUTH_VERSION: Final = "shoppers/3"
"""Changes when the same seed gives another truth or other traffic: models must then be trained again."""

__all__ = [
    "TRUTH_VERSION",
    "WORLD_SEED",
    "Exposures",
    "OfflineLog",
    "Offers",
    "Scene",
    "SeenAd",
    "Shopper",
    "Step",
    "Truth",
    "Visit",
    "offline_log",
    "plan_visit",
]
