"""Several creatives for one placement, drawn one after another without replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from services.policies.arms import Arms
from services.policies.decide import Decision, decide

Left = Callable[[Arms, int], Arms | None]
"""The arms that the draw of one leaves; None: none."""


def without_drawn(arms: Arms, index: int) -> Arms | None:
    """All others."""
    return arms.without(index) if len(arms.creative_ids) > 1 else None


def draw_slate(
    arms: Arms, policy_id: str, policy_version: int, seeds: Sequence[bytes], left: Left = without_drawn
) -> Iterator[Decision]:
    """One decision for each seed while arms remain, each over what the earlier ones left.

    `left` says what a draw leaves; it is asked when the next decision is.

    Each keeps its own vector, computed anew over the remaining arms, so `propensity` is conditional on the earlier
    slots and each record can be replayed alone. Lazy: a caller that runs out of time stops asking.
    """
    for seed in seeds:
        decision = decide(arms, policy_id, policy_version, seed)
        yield decision
        rest = left(arms, decision.index)
        if rest is None:
            return
        arms = rest
