"""Encodes a tally as bytes, and decodes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from typing import Any, Final

import msgpack

from services.common.errors import Bug
from services.evaluation.off_policy import WeightSums
from services.evaluation.outcome_tally import Arm, Clicks, OutcomeTally, Shares, TrafficKind

VERSION: Final = 2


def pack(tally: OutcomeTally) -> bytes:
    """The tally in bytes; `unpack` gives it back."""
    rows = (
        VERSION,
        tally.impressions,
        dict(tally.outcomes),
        dict(tally.excluded),
        [(t.policy, t.imported, *astuple(clicks)) for t, clicks in tally.rates.items()],
        [(t.policy, t.imported, target, *astuple(sums)) for (t, target), sums in tally.weights.items()],
        {creative_id: astuple(arm) for creative_id, arm in tally.arms.items()},
        [(t.policy, t.imported, *astuple(shares)) for t, shares in tally.shares.items()],
    )
    packed: bytes = msgpack.packb(rows)
    return packed


def unpack(data: bytes) -> OutcomeTally:
    """The tally that `pack` wrote; raises `Bug` where another version wrote it.

    >>> unpack(pack(OutcomeTally(impressions=3))).impressions
    3
    """
    rows: Any = msgpack.unpackb(data)
    if rows[0] != VERSION:
        raise Bug(f"a tally of version {rows[0]} where {VERSION} was expected")
    _, impressions, outcomes, excluded, rates, weights, arms, shares = rows
    return OutcomeTally(
        impressions,
        Counter(outcomes),
        Counter(excluded),
        {TrafficKind(policy, imported): Clicks(*sums) for policy, imported, *sums in rates},
        {(TrafficKind(policy, imported), target): WeightSums(*sums) for policy, imported, target, *sums in weights},
        {creative_id: Arm(*sums) for creative_id, sums in arms.items()},
        {TrafficKind(policy, imported): Shares(*sums) for policy, imported, *sums in shares},
    )
