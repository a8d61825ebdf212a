"""When the messages that ended ads were appended, by the broker's clock, which is the one of this machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from protos.gen.adloom.events.v1.outcome_pb2 import CLICKED, Outcome
from services.common.topics import CAMPAIGNS, OUTCOMES, PRODUCTS
from services.tools.drills.withdrawals.delays import Ending, ending_of
from services.tools.drills.withdrawals.target import CLICK_BUDGET, OF_PRODUCT, Kind
from services.tools.drills.withdrawals.watch import Watch
from services.wire.codec.decode_or_dead_letter import DeadLetter, decode_or_dead_letter
from services.wire.kafka.reader import read_to_end

Moments = Mapping[str, float]
"""Milliseconds since 1970, by product or campaign."""

_TIMEOUT_S: Final = 30.0


def endings(kafka: str, ends_ms: Moments, watches: Sequence[Watch]) -> dict[Kind, dict[str, list[Ending]]]:
    """The end of every ad by kind and replica; `ends_ms` has the ends that campaigns stated."""
    products = last_appended(kafka, PRODUCTS)
    causes: dict[Kind, Moments] = {
        **dict.fromkeys(OF_PRODUCT, products),
        Kind.PAUSED: last_appended(kafka, CAMPAIGNS),
        Kind.ENDED: ends_ms,
        Kind.CLICKS: budgets_reached(kafka),
    }
    found: dict[Kind, dict[str, list[Ending]]] = {kind: defaultdict(list) for kind in Kind}
    for watch in watches:
        for target in watch.targets:
            since_ms = causes[target.kind].get(target.campaign_id or target.product_id)
            for number, replica in enumerate(watch.replicas):
                ending = ending_of(target.creative_id, since_ms, replica.answers)
                found[target.kind][f"replica {number}"].append(ending)
    return found


def last_appended(kafka: str, topic: str) -> dict[str, float]:
    """When the last message of each key was appended; raises `Unavailable`."""
    return {
        raw.key.decode(): float(raw.timestamp_ms)
        for raw in read_to_end(kafka, topic, _TIMEOUT_S, committed=True)
        if raw.key is not None
    }


def budgets_reached(kafka: str) -> dict[str, float]:
    """When the outcome was appended that reached the click budget of each campaign; raises `Unavailable`.

    Campaigns whose budget was not reached are left out.
    """
    clicks: dict[str, dict[str, float]] = defaultdict(dict)
    for raw in read_to_end(kafka, OUTCOMES, _TIMEOUT_S):
        found = decode_or_dead_letter(raw)
        if not isinstance(found, DeadLetter) and isinstance(found.message, Outcome) and found.message.kind == CLICKED:
            clicks[found.message.campaign_id].setdefault(found.message.outcome_id, float(raw.timestamp_ms))
    reached = {name: sorted(moments.values()) for name, moments in clicks.items() if len(moments) >= CLICK_BUDGET}
    return {name: moments[CLICK_BUDGET - 1] for name, moments in reached.items()}
