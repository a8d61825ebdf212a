"""The RPCs: check, act, answer. They raise Adloom errors, which `server.py` turns into status codes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative import PNG
from services.assets.creative_messages import state_numbered
from services.assets.library import Library
from services.assets.life import Action
from services.assets.wanted import Wanted
from services.common.errors import Rejected
from services.common.metrics import METRICS
from services.common.page_token import check_page_token, page_token
from services.common.pseudonym import PseudonymKey
from services.common.token import TokenKeys
from services.creative.ad_request import NO_SETTINGS, AdRequest, Caller, Defaults, ad_request_of
from services.creative.answers import Answers
from services.creative.check import Knows, check_approval, check_product, check_seed, check_selection, selections_of
from services.creative.dependencies import Dependencies
from services.creative.generate import DEFAULT_S, Studio, generate
from services.creative.ladder import RUNG_NAMES
from services.creative.outbox.outbox import Outbox
from services.creative.pictures import Pictures
from services.creative.respond import creative_of, response_of, whole_page
from services.creative.select import select
from services.creative.time_budget import TimeBudget, time_budget
from services.runtime.admission import Admission
from services.runtime.loop_lag import LoopLag
from services.wire.codec.rules import check_fields

_LOG = logging.getLogger(__name__)
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys for pseudonyms and tokens."""

    pseudonym: PseudonymKey
    tokens: Callable[[], TokenKeys]  # called for each response, so that a key rotation takes effect


@dataclass(frozen=True, slots=True)
class Rules:
    """What callers may do."""

    in_flight: int  # requests at once
    allow_seeds: bool
    allow_approvals: bool
    web_url: str = ""  # empty: no `web` is deployed
    knows: Knows = lambda _: True
    defaults: Defaults = NO_SETTINGS


class CreativeServicer:
    """Answers ad servers; belongs to one event loop."""

    def __init__(self, dependencies: Dependencies, studio: Studio, outbox: Outbox, keys: Keys, rules: Rules) -> None:
        self._knows = rules.knows
        self._dependencies = dependencies
        self._studio = studio
        self._library: Library = studio.library
        self._outbox = outbox
        self._keys = keys
        self.admission = Admission("creative", rules.in_flight, LoopLag())
        self._rules = rules
        self._answers = Answers(dependencies.clock, self._may_repeat)
        self._pictures = Pictures(studio.library)

    async def select_creatives(
        self, request: pb.SelectCreativesRequest, caller: Caller, new_id: Callable[[], str]
    ) -> pb.SelectCreativesResponse:
        """Chooses creatives; a repeated request gets the same answer."""
        clock = self._dependencies.clock
        limits = time_budget(clock.monotonic(), caller.remaining_s, selections_of(request))
        with METRICS.decision_seconds.time():
            now = clock.now()
            check_selection(request, self._knows, now)
            check_seed(caller.seed, allowed=self._rules.allow_seeds)
            request_id = request.request_id or new_id()
            here = replace(caller, defaults=self._rules.defaults)
            ad_request = ad_request_of(request, request_id, here, self._keys.pseudonym, now)
            if not request.request_id:
                return await self._choose(ad_request, limits)
            form = f"{ad_request.inline_images} {[place.markup for place in ad_request.placements]}"
            name = f"{ad_request.request_digest} {form} {ad_request.drill_seed.hex()}"
            return await self._answers.once(name, limits, lambda limits: self._choose(ad_request, limits))

    async def _choose(self, ad_request: AdRequest, limits: TimeBudget) -> pb.SelectCreativesResponse:
        chosen = await select(ad_request, limits, self._dependencies)
        if ad_request.inline_images:
            left_s = limits.ends_at - self._dependencies.clock.monotonic()
            chosen = await self._pictures.drawn(chosen, left_s)
        response = response_of(ad_request.request_id, chosen, self._keys.tokens(), self._rules.web_url)
        self._outbox.offer(chosen)  # no await after this: a recorded selection is always answered
        for selected in chosen:
            METRICS.decisions.labels(selected.decision.policy_id, RUNG_NAMES[selected.rung]).inc()
        return response

    def _may_repeat(self, answer: pb.SelectCreativesResponse) -> bool:
        return all(self._may_show(chosen) for chosen in answer.selections)

    def _may_show(self, chosen: pb.Selection) -> bool:
        index, campaigns = self._dependencies.candidate_index, self._dependencies.campaigns
        if not index.may_show(chosen.creative_id):
            return False
        return all(
            campaigns.may_repeat(view, format_, chosen.creative_id, chosen.campaign_id)
            for format_, view in index.views_with(chosen.creative_id)
        )

    async def get_creative(self, request: pb.GetCreativeRequest) -> pb.GetCreativeResponse:
        """One creative with its picture."""
        check_fields(request)
        try:
            creative = await asyncio.to_thread(self._library.get, request.creative_id)
        except Rejected as missing:
            raise Rejected("not_found", "creative_id", request.creative_id, "a creative of the library") from missing
        image = pb.Image(png=await self._pictures.of(creative), media_type=PNG)
        return pb.GetCreativeResponse(creative=creative_of(creative), image=image)

    async def list_creatives(self, request: pb.ListCreativesRequest) -> pb.ListCreativesResponse:
        """A page in the order of ids; the token holds the last id of the previous page."""
        check_fields(request)
        for number, product_id in enumerate(request.product_ids):
            check_product(product_id, f"product_ids[{number}]", self._knows)
        after = check_page_token(request.page_token)
        size = request.page_size or _PAGE
        states = [state_numbered(number) for number in request.states]
        wanted = Wanted(list(request.product_ids), request.format, states)
        page = await asyncio.to_thread(lambda: list(islice(self._library.wanted(wanted, after), size + 1)))
        messages = whole_page([creative_of(creative) for creative in page[:size]])
        more = page_token(messages[-1].creative_id) if len(messages) < len(page) else ""
        return pb.ListCreativesResponse(creatives=messages, next_page_token=more)

    async def review_creatives(self, request: pb.ReviewCreativesRequest) -> pb.ReviewCreativesResponse:
        """What a person says of creatives that wait."""
        check_fields(request)
        check_approval(request.by, "by", allowed=self._rules.allow_approvals)
        action: Action = "approve" if request.decision == pb.REVIEW_DECISION_APPROVE else "refuse"
        after = await asyncio.to_thread(
            self._library.review, action, list(request.creative_ids), request.by, request.why
        )
        return pb.ReviewCreativesResponse(creatives=[creative_of(creative) for creative in after])

    async def generate_creatives(
        self, request: pb.GenerateCreativesRequest, remaining_s: float | None
    ) -> pb.GenerateCreativesResponse:
        """New creatives of a product."""
        check_fields(request)
        check_approval(request.approved_by, "approved_by", allowed=self._rules.allow_approvals)
        check_product(request.product_id, "product_id", self._knows)
        with self.admission.admitted():
            made = await generate(request, self._studio, DEFAULT_S if remaining_s is None else remaining_s)
        return pb.GenerateCreativesResponse(
            creatives=[
                pb.GeneratedCreative(creative=creative_of(creative), image=pb.Image(png=png, media_type=PNG))
                for creative, png in made.creatives
            ],
            not_made=made.not_made,
        )
