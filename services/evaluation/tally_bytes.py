"""Encodes a tally as bytes, and decodes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import astuple
from typing import Any, Final

import msgpack

from services.common.errors import Bug
from services.evaluation.off_policy import WeightSums
from services.evaluation.tally import Arm, Clicks, Shares, Tally, TrafficKind

VERSION: Final = 2


def pack(tally: Tally) -> bytes:
    """The tally in bytes; `unpack` gives it back."""
    rows = (
        VERSION,
        tally.impressions,
        dict(tally.outcomes),
        dict(tally.kept_out),
        [(t.policy, t.foreign, *astuple(clicks)) for t, clicks in tally.rates.items()],
        [(t.policy, t.foreign, target, *astuple(sums)) for (t, target), sums in tally.weights.items()],
        {creative_id: astuple(arm) for creative_id, arm in tally.arms.items()},
        [(t.policy, t.foreign, *astuple(shares)) for t, shares in tally.shares.items()],
    )
    packed: bytes = msgpack.packb(rows)
    return packed


def unpack(data: bytes) -> Tally:
    """The tally that `pack` wrote; raises `Bug` where another version wrote it.

    >>> unpack(pack(Tally(impressions=3))).impressions
    3
    """
    rows: Any = msgpack.unpackb(data)
    if rows[0] != VERSION:
        raise Bug(f"a tally of version {rows[0]} where {VERSION} was expected")
    _, impressions, outcomes, kept_out, rates, weights, arms, shares = rows
    return Tally(
        impressions,
        Counter(outcomes),
        Counter(kept_out),
        {TrafficKind(policy, foreign): Clicks(*sums) for policy, foreign, *sums in rates},
        {(TrafficKind(policy, foreign), target): WeightSums(*sums) for policy, foreign, target, *sums in weights},
        {creative_id: Arm(*sums) for creative_id, sums in arms.items()},
        {TrafficKind(policy, foreign): Shares(*sums) for policy, foreign, *sums in shares},
    )
