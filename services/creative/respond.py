"""Converts selections to the response that the ad server gets."""

from __future__ import annotations

from collections.abc import Sequence

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative import PNG, Creative
from services.assets.creative_messages import message_of
from services.assets.selection_for_web import complete_for_web
from services.catalogue.product_table import PAGE_BYTES
from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.creative.reasons import reasons
from services.creative.selection import Selection


def response_of(
    request_id: str, chosen: Sequence[Selection], keys: TokenKeys, web_url: str = ""
) -> pb.SelectCreativesResponse:
    """The response; pictures that the selections carry are sent as bytes, others as URIs.

    With a `web_url`, where `web` is found, selections also carry what a page needs.
    """
    selections = [_selection(selection, keys) for selection in chosen]
    for message, selection in zip(selections, chosen, strict=True):
        if web_url:
            placement, locale = selection.placement, selection.ad_request.locale
            complete_for_web(message, placement.format, placement.markup, web_url, locale)
    return pb.SelectCreativesResponse(request_id=request_id, selections=selections)


def texts_of(creative: Creative) -> pb.Texts:
    """The creative's texts."""
    return pb.Texts(headline=creative.headline, body=creative.body, call_to_action=creative.call_to_action)


def creative_of(creative: Creative) -> pb.Creative:
    """The creative as a proto message."""
    message = message_of(creative)
    if not creative.is_approved:
        message.approved_by = ""  # it is not served
    return message


def whole_page(messages: Sequence[pb.Creative]) -> Sequence[pb.Creative]:
    """As many of them as gRPC's clients take in one answer, at least one."""
    room = PAGE_BYTES
    for number, message in enumerate(messages):
        room -= message.ByteSize()
        if room < 0 and number:
            return messages[:number]
    return messages


def _selection(selection: Selection, keys: TokenKeys) -> pb.Selection:
    creative, decision = selection.creative, selection.decision
    return pb.Selection(
        placement_id=selection.placement.placement_id,
        impression_id=selection.impression_id,
        creative_id=creative.creative_id,
        policy_id=decision.policy_id,
        propensity=decision.propensity,
        impression_token=keys.sign(_token(selection)),
        texts=texts_of(creative),
        image=_image(selection),
        degraded=selection.degraded,
        reasons=reasons(selection),
        ai_generated=creative.ai_generated,
        product_id=creative.product_id,
        slot=selection.slot,
        policy_version=decision.policy_version,
        campaign_id=selection.campaign_id,
    )


def _image(selection: Selection) -> pb.Image:
    creative = selection.creative
    if selection.png:
        return pb.Image(png=selection.png, media_type=PNG)
    return pb.Image(uri=creative.image_uri, media_type=creative.media_type)


def _token(selection: Selection) -> Token:
    return Token(
        impression_id=selection.impression_id,
        user_id=selection.ad_request.user_id,
        creative_id=selection.creative.creative_id,
        product_id=selection.creative.product_id,
        propensity=selection.decision.propensity,
        placement_id=selection.placement.placement_id,
        slot=selection.slot,
        shown_at_ms=to_ms(selection.shown_at),
        profile=selection.ad_request.consent.profile,
    )
