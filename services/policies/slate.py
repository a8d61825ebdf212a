"""Several creatives for one placement, drawn one after another without replacement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.policies.arms import Arms
from services.policies.decide import Decision, decide


def draw_slate(arms: Arms, policy_id: str, policy_version: int, seeds: Sequence[bytes]) -> Iterator[Decision]:
    """One decision for each seed while arms remain, each over what the earlier ones left.

    Each keeps its own vector, computed anew over the remaining arms, so `propensity` is conditional on the earlier
    slots and each record can be replayed alone. Lazy: a caller that runs out of time stops asking.
    """
    for seed in seeds:
        decision = decide(arms, policy_id, policy_version, seed)
        yield decision
        if len(arms.creative_ids) == 1:
            return
        arms = arms.without(decision.index)
