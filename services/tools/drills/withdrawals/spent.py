"""The records of each campaign beside its budget, as promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.assets.campaigns.spending.leases import lease_size
from services.common.topics import IMPRESSIONS
from services.tools.drills.drill import Promise
from services.tools.drills.withdrawals.spending import FORMAT, Budgets, Load
from services.wire.kafka.reader import read_to_end

OVERRUN: Final = 0.01
"""The share by which all replicas together may overrun a budget."""

LOST_LEASES: Final = 2
"""Of a killed replica: what is left of its lease, and what requests in flight had taken of the one before."""

LEAST_SHARE: Final = 0.1
"""Of the decisions, each replica makes at least so many, or it was not both that spent."""

_TIMEOUT_S: Final = 60.0


def recorded(kafka: str) -> dict[str, int]:
    """Distinct decision records of the campaigns with budgets, "" for those of none; raises `Unavailable`."""
    found: dict[str, set[str]] = defaultdict(set)
    for raw in read_to_end(kafka, IMPRESSIONS, _TIMEOUT_S):
        record = Impression.FromString(raw.value or b"")  # by creative alone, which has protobuf in all of them
        if record.format == FORMAT:
            found[record.campaign_id].add(record.impression_id)
    return {name: len(ids) for name, ids in found.items()}


def promises(records: Mapping[str, int], budgets: Budgets, load: Load) -> Iterator[Promise]:
    """What the records say."""
    spent = {name: records.get(name, 0) for name in budgets.by_campaign}
    yield Promise(
        f"a budget is overrun by no more than {OVERRUN:.0%} by all replicas together",
        "; ".join(_beside(spent[name], budget) for name, budget in budgets.by_campaign.items()),
        all(spent[name] <= budget * (1 + OVERRUN) for name, budget in budgets.by_campaign.items()),
    )
    least = {name: budget - LOST_LEASES * lease_size(budget) for name, budget in budgets.by_campaign.items()}
    yield Promise(
        "what the killed replica had leased is all that is not spent",
        "; ".join(f"{spent[name]:,} where {least[name]:,} is the least" for name in least),
        all(spent[name] >= least[name] for name in least),
    )
    total, answered = sum(records.values()), load.answered.total()
    shares = [load.by_replica[address] / max(answered, 1) for address in load.addresses]
    yield Promise(
        f"all that by both replicas over at least {budgets.decisions:,} decisions, each with its record",
        f"{answered:,} answered ({' and '.join(f'{share:.0%}' for share in shares)}), {total:,} recorded",
        answered >= budgets.decisions and total >= answered and min(shares) >= LEAST_SHARE,
    )


def _beside(spent: int, budget: int) -> str:
    return f"{spent:,} of {budget:,} ({spent / budget - 1:+.2%})"
