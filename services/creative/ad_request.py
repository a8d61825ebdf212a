"""A request after validation, without the raw user id."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.common.consent import ALLOWED, Consent, completed
from services.common.pseudonym import PseudonymKey


@dataclass(frozen=True, slots=True)
class Placement:
    """A position on the page."""

    placement_id: str
    format: str  # "300x250"
    count: int  # from 1
    markup: bool = False  # whether the answer carries HTML
    render_pixel: bool = False  # whether whoever shows the ad tells that it did


@dataclass(frozen=True, slots=True)
class AdRequest:
    """One SelectCreatives request in the domain's terms."""

    request_id: str
    request_digest: str  # identifies the request: hex digest of all sent fields that the choice may depend on
    user_id: str  # pseudonym; an anonymous shopper's is made from the request
    known: bool  # False for anonymous shoppers
    personal: bool  # whether a profile may be read
    consent: Consent  # what the shopper allows; anonymous shoppers have no profile, whatever they allow
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
class Defaults:
    """What this deployment's settings say where a request does not."""

    consent: Consent = ALLOWED
    renders: bool = False  # whether callers load the render pixel of every ad by themselves


NO_SETTINGS: Final = Defaults()


@dataclass(frozen=True, slots=True)
class Caller:
    """What a call carries besides its message."""

    remaining_s: float | None  # None: no deadline
    seed: str = ""  # hex digits of a drill's seed
    defaults: Defaults = NO_SETTINGS


def ad_request_of(
    request: pb.SelectCreativesRequest, request_id: str, caller: Caller, key: PseudonymKey, now: datetime
) -> AdRequest:
    """The request with its user id pseudonymised (law 7); it must have passed `check`."""
    context, consent = request.context, consent_to(request, caller.defaults.consent)
    known = request.user_id != ""
    user_id = key.pseudonym(request.user_id if known else f"\0anonymous\0{request_id}")
    return AdRequest(
        request_id=request_id,
        request_digest=_digest_of(request, request_id, user_id, consent),
        user_id=user_id,
        known=known,
        personal=known and consent.personalise,
        consent=consent,
        locale=context.locale,
        device=context.device,
        page=context.page,
        query=context.query,
        time=_shoppers_time(context, now),
        placements=tuple(_placement(p, caller.defaults) for p in request.placements),
        product_ids=tuple(sorted(set(request.product_ids))),
        inline_images=request.inline_images,
        drill_seed=bytes.fromhex(caller.seed),
    )


def consent_to(request: pb.SelectCreativesRequest, otherwise: Consent) -> Consent:
    """What the shopper allows; where `consent` and the older `personalisation` disagree, the stricter holds."""
    found = completed(request.consent, otherwise)
    refused = request.personalisation == pb.PERSONALISATION_REFUSED
    return Consent(found.profile, found.personalise and not refused)


def _placement(p: pb.Placement, defaults: Defaults) -> Placement:
    """Markup carries the render pixel, whoever writes it: this process or `web`."""
    return Placement(p.placement_id, p.format, p.count or 1, p.markup, render_pixel=p.markup or defaults.renders)


def _shoppers_time(context: pb.Context, now: datetime) -> datetime:
    moment = context.time.ToDatetime(UTC) if context.HasField("time") else now
    offset = context.utc_offset_minutes
    return moment.astimezone(timezone(timedelta(minutes=offset))) if offset else moment


def _digest_of(request: pb.SelectCreativesRequest, request_id: str, user_id: str, consent: Consent) -> str:
    """Hex digest of the request as it was sent, so that fields added to the proto later are covered too.

    What means the same has the same digest: a count of 0 or 1, products in any order, an empty context or none, consent
    that was said or left to the shop's setting.
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
    copy.personalisation = pb.PERSONALISATION_ALLOWED if consent.personalise else pb.PERSONALISATION_REFUSED
    copy.consent.profile, copy.consent.personalise = consent.profile, consent.personalise
    return hashlib.sha256(copy.SerializeToString(deterministic=True)).hexdigest()
