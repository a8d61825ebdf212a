"""Validates requests; each rejection names the field, the value and what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.ads import STUDIO
from services.common.errors import Rejected
from services.wire.codec.rules import check_fields

FARTHEST: Final = timedelta(days=366)
"""Largest distance of a request's time from now: replayed logs are old, but not by centuries."""

MOST_SELECTIONS: Final = 128
"""Most creatives in one request: more could not be written within the shortest deadline, 20 ms."""

RESERVED: Final = ("catalogue", STUDIO)
"""The `approved_by` of creatives that the deployment made by itself."""

_SEED: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


Knows = Callable[[str], bool]
"""Whether the shop may have a product of this id; true for all before the products have been read."""


def check_selection(request: pb.SelectCreativesRequest, knows: Knows, now: datetime) -> None:
    """Checks the proto's rules and the rules that need the catalogue, the clock or two fields at once."""
    check_fields(request)
    placements = [p.placement_id for p in request.placements]
    for number, name in enumerate(placements):
        if name in placements[:number]:
            raise Rejected(
                "invalid", f"placements[{number}].placement_id", name, "a name that no earlier placement has"
            )
    wanted = selections_of(request)
    if wanted > MOST_SELECTIONS:
        raise Rejected("invalid", "placements", wanted, f"counts that add up to at most {MOST_SELECTIONS}")
    for number, product_id in enumerate(request.product_ids):
        check_product(product_id, f"product_ids[{number}]", knows)
    if request.context.HasField("time"):
        check_time(request.context.time, now)


def selections_of(request: pb.SelectCreativesRequest) -> int:
    """How many creatives a request asks for, over all its placements."""
    return sum(placement.count or 1 for placement in request.placements)


def check_seed(seed: str, *, allowed: bool) -> None:
    """Checks the seed of a drill: 32 hex digits, and only where the deployment allows seeds."""
    if seed and not allowed:
        raise Rejected("not_allowed", "adloom-seed", seed, "no seed (ADLOOM_ALLOW_SEEDS is off)")
    if seed and not _SEED.fullmatch(seed):
        raise Rejected("invalid", "adloom-seed", seed, "32 hex digits")


def check_approval(approved_by: str, field: str, *, allowed: bool) -> None:
    """Checks an approver given over the network: none of ours, and only where the deployment allows it (law 9)."""
    if (name := approved_by.strip().casefold()) in RESERVED:
        raise Rejected("invalid", field, approved_by, f"somebody's name, as {name} is reserved,")
    if approved_by and not allowed:
        raise Rejected("not_allowed", field, approved_by, "nobody (ADLOOM_ALLOW_APPROVALS is off)")


def check_product(product_id: str, field: str, knows: Knows) -> None:
    """Checks that the catalogue has the product."""
    if not knows(product_id):
        raise Rejected("invalid", field, product_id, "a product of the shop's catalogue")


def check_time(time: Timestamp, now: datetime) -> None:
    """Checks that the time is valid and at most `FARTHEST` from `now`."""
    expected = f"a time within {FARTHEST.days} days of {now:%Y-%m-%dT%H:%MZ}"
    try:
        at = time.ToDatetime(UTC)
    except (ValueError, OverflowError) as exc:
        raise Rejected("invalid", "context.time", f"{time.seconds} s {time.nanos} ns", expected) from exc
    if abs(at - now) > FARTHEST:
        raise Rejected("invalid", "context.time", at.isoformat(), expected)
