"""A request after validation, without the raw user id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.common.pseudonym import PseudonymKey


@dataclass(frozen=True, slots=True)
class Placement:
    """A position on the page."""

    placement_id: str
    format: str  # "300x250"
    count: int  # from 1
    markup: bool = False  # whether the answer carries HTML


@dataclass(frozen=True, slots=True)
class AdRequest:
    """One SelectCreatives request in the domain's terms."""

    request_id: str
    request_digest: str  # identifies the request: hex digest of all sent fields that the choice may depend on
    user_id: str  # pseudonym; an anonymous shopper's is made from the request
    known: bool  # False for anonymous shoppers
    personal: bool  # whether a profile may be read
    locale: str
    device: str
    page: str
    query: str
    time: datetime  # the caller's, or this server's if absent, in the shopper's time zone
    placements: tuple[Placement, ...]
    product_ids: tuple[str, ...]  # sorted, each once; empty: all
    inline_images: bool
    drill_seed: bytes  # of a drill: replaces `request_digest` and the secret key as the source of seeds; else empty


@dataclass(frozen=True, slots=True)
class Caller:
    """What a call carries besides its message."""

    remaining_s: float | None  # None: no deadline
    seed: str = ""  # hex digits of a drill's seed


def ad_request_of(
    request: pb.SelectCreativesRequest, request_id: str, caller: Caller, key: PseudonymKey, now: datetime
) -> AdRequest:
    """The request with its user id pseudonymised (law 7); it must have passed `check`."""
    context = request.context
    known = request.user_id != ""
    user_id = key.pseudonym(request.user_id if known else f"\0anonymous\0{request_id}")
    return AdRequest(
        request_id=request_id,
        request_digest=_digest_of(request, request_id, user_id),
        user_id=user_id,
        known=known,
        personal=known and request.personalisation != pb.PERSONALISATION_REFUSED,
        locale=context.locale,
        device=context.device,
        page=context.page,
        query=context.query,
        time=_shoppers_time(context, now),
        placements=tuple(Placement(p.placement_id, p.format, p.count or 1, p.markup) for p in request.placements),
        product_ids=tuple(sorted(set(request.product_ids))),
        inline_images=request.inline_images,
        drill_seed=bytes.fromhex(caller.seed),
    )


def _shoppers_time(context: pb.Context, now: datetime) -> datetime:
    moment = context.time.ToDatetime(UTC) if context.HasField("time") else now
    offset = context.utc_offset_minutes
    return moment.astimezone(timezone(timedelta(minutes=offset))) if offset else moment


def _digest_of(request: pb.SelectCreativesRequest, request_id: str, user_id: str) -> str:
    """Hex digest of the request as it was sent, so that fields added to the proto later are covered too.

    What means the same has the same digest: a count of 0 or 1, products in any order, an empty context or none.
    `inline_images` and `markup` are left out: the form in which ads are delivered must not change the choice.
    """
    copy = pb.SelectCreativesRequest()
    copy.CopyFrom(request)
    copy.request_id, copy.user_id, copy.inline_images = request_id, user_id, False
    copy.context.SetInParent()
    copy.product_ids[:] = sorted(set(request.product_ids))
    for placement in copy.placements:
        placement.count = placement.count or 1
        placement.markup = False
    if copy.personalisation == pb.PERSONALISATION_UNSPECIFIED:
        copy.personalisation = pb.PERSONALISATION_ALLOWED
    return hashlib.sha256(copy.SerializeToString(deterministic=True)).hexdigest()
