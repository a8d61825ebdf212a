"""Which ads a product is to have, and what becomes of those that it has; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import STUDIO, Setup, all_ads_of
from services.assets.changes import changed
from services.assets.creative import Creative, Draft, creative_id_of
from services.catalogue.offer import offer_of
from services.composer.brief import Brief

COMPOSER: Final = "compose/"
"""How the composer names its versions."""

GONE: Final = "the product is gone"
_SERVABLE: Final = ("DRAFT", "SCREENED", "APPROVED")
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


def first(creative: Creative, approver: str) -> Creative:
    """An ad that was just made: served at once, or screened, and then it waits for somebody."""
    return replace(creative, state="APPROVED", approved_by=approver) if approver else creative


def kept(creative: Creative, approver: str, now: datetime) -> Creative:
    """A wanted ad that there is already: as it is, or served again where the studio had ended it.

    What a person withdrew or paused stays so.
    """
    waits = creative.state in ("DRAFT", "SCREENED") and not creative.life
    ended = creative.state == "RETIRED" and bool(creative.life) and creative.life[-1].by == STUDIO
    if not (ended or waits and approver):
        return creative
    if approver:
        return changed(creative, "approve", approver, "", now)
    return replace(creative, state="SCREENED", approved_by="")


def ended(existing: Sequence[Creative], wanted: frozenset[str], why: str, now: datetime) -> list[Creative]:
    """The studio's ads that are not wanted any more, retired; paused ones stay paused, as somebody wanted."""
    return [
        changed(creative, "withdraw", STUDIO, why, now)
        for creative in existing
        if is_ours(creative) and creative.state in _SERVABLE and creative.creative_id not in wanted
    ]
