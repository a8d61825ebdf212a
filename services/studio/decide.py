"""Which ads a product is to have, and what becomes of those that it has; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import STUDIO, Setup, all_ads_of
from services.assets.changes import changed
from services.assets.creative import Creative, Draft, creative_id_of
from services.assets.life import LifeEvent
from services.catalogue.offer import offer_of, why_ended
from services.common.clock import to_ms
from services.composer.brief import Brief

COMPOSER: Final = "compose/"
"""How the composer names its versions."""

GONE: Final = "the product is gone"
_SERVABLE: Final = ("DRAFT", "SCREENED", "APPROVED")
BACK: Final = "the product's ads say it again"
REPLACED: Final = "the product's ads say something else now"


@dataclass(frozen=True, slots=True)
class Ad:
    """An ad that can be made."""

    creative_id: str
    draft: Draft
    brief: Brief


def candidates(product: Product, counts: Mapping[str, int], setup: Setup) -> Iterator[tuple[int, Iterator[Ad]]]:
    """By format: how many ads the product is to have, and all that it could have, the first ones first."""
    for format_, count in counts.items():
        made = all_ads_of(product, format_, setup)
        yield count, (Ad(creative_id_of(draft, ""), draft, brief) for draft, brief in made)


def is_offered(product: Product) -> bool:
    """Whether it can be bought: of what is sold out no ads are made, and those that there are end by themselves."""
    return offer_of(product).sold


def is_ours(creative: Creative) -> bool:
    """Whether the studio made it, of the product's row alone."""
    # Before compose/4 the composer's version stood where the template's name stands now.
    made_with = creative.elements.get("composer", creative.elements.get("template", ""))
    return not creative.made_by and made_with.startswith(COMPOSER)


def first(creative: Creative, why: str, now: datetime) -> Creative:
    """An ad that was just made: it waits for a person where there is a reason, else it is served at once.

    One that its screen refused is kept with the reasons in its verdict.
    """
    if creative.is_refused:
        return creative
    if why:
        return replace(creative, life=(LifeEvent(creative.creative_id, creative.state, STUDIO, why, now),))
    return replace(creative, state="APPROVED", approved_by=STUDIO)


def kept(creative: Creative, why: str, now: datetime) -> Creative:
    """A wanted ad that there is already: as it is, or served again where the studio had ended it.

    `why` is what a person is to look at it for; empty: nobody needs to. What a person withdrew or paused stays so, and
    what one approved stays approved; what its screen refused waits for a person who overrules it, and what was not
    screened for its screen.
    """
    people = [event for event in creative.life if event.by != STUDIO]
    was_approved = bool(people) and people[-1].state == "APPROVED"
    waits = creative.state in ("DRAFT", "SCREENED") and not people
    ended = creative.state == "RETIRED" and bool(creative.life) and creative.life[-1].by == STUDIO
    if not (ended or waits and not why) or creative.is_refused or creative.verdict is None:
        return creative
    if was_approved or not why:
        return changed(creative, "approve", people[-1].by if was_approved else STUDIO, BACK if ended else "", now)
    waiting = replace(creative, state="SCREENED", approved_by="")
    return replace(waiting, life=(*creative.life, LifeEvent(creative.creative_id, "SCREENED", STUDIO, why, now)))


def ended(existing: Sequence[Creative], wanted: frozenset[str], why: str, now: datetime) -> list[Creative]:
    """The studio's ads that are not wanted any more, retired; paused ones stay paused, as somebody wanted."""
    return [
        changed(creative, "withdraw", STUDIO, why, now)
        for creative in existing
        if is_ours(creative) and creative.state in _SERVABLE and creative.creative_id not in wanted
    ]


def served_meanwhile(
    existing: Sequence[Creative],
    wanted: Sequence[Creative],
    said: AbstractSet[tuple[str, str, str]],
    product: Product,
    now: datetime,
) -> frozenset[str]:
    """Approved ads that stay although they are not wanted: what replaces them waits for a person, and they are true.

    `said` is all that ads may say of the product now: format, headline and body.
    """
    formats = {creative.format for creative in wanted if creative.state in ("DRAFT", "SCREENED")}
    offer, now_ms = offer_of(product), to_ms(now)
    return frozenset(
        one.creative_id
        for one in existing
        if one.state == "APPROVED"
        and one.format in formats
        and (one.format, one.headline, one.body) in said
        and not why_ended(offer, one.stated, now_ms)
    )
