"""Where ads enter the library: each with the verdict of its screen, and with its look (law 9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.creative import Creative, Draft
from services.assets.stated import entries_of, stated_in
from services.catalogue.language import language_of_row
from services.catalogue.offer import together
from services.common.errors import Misconfigured
from services.composer.brand_kit import NO_KIT, BrandKit, kit_in
from services.copywriter.offer_words import Moment
from services.screening.asset import Asset, Grounds
from services.screening.judges import Judges
from services.screening.policy import Kind, Policy, policy_in
from services.screening.screen import screen_version, verdict_of

LOOK: Final = "look"
"""Where a creative's lineage holds its look (`services/screening/pictures/looks.py`)."""


@dataclass(frozen=True, eq=False)  # without slots: its version is kept
class Screener:
    """Screens the ads of one shop; safe to share among threads."""

    judges: Judges
    policy: Policy
    kit: BrandKit = NO_KIT
    zone: tzinfo = UTC

    def screened(
        self, draft: Draft, asset: Asset, product: Product | None, others: Iterable[Creative], now: datetime
    ) -> Draft:
        """The draft with its verdict, and with what it states of the offer (law 10).

        `others` are the creatives that its look is held against, itself left out.
        """
        grounds = replace(self.grounds(product, now), looks=looks_in(others, draft, asset.ad))
        found = verdict_of(asset, grounds, self.judges, self.policy)
        stated = together((stated_in(draft.lineage, draft.price), found.stated))
        lineage = {**draft.lineage, **entries_of(stated), LOOK: found.look}
        verdict = replace(found.verdict, screen=self.version)
        return replace(draft, verdict=verdict, price=stated.price, lineage=lineage)

    def grounds(self, product: Product | None, now: datetime) -> Grounds:
        """What words are held against."""
        language = "" if product is None else language_of_row(product)
        return Grounds(Moment(now, self.zone), product, self.kit, language)

    @cached_property
    def version(self) -> str:
        """Of the screen as a whole, as of the first time that this is asked."""
        return screen_version(self.judges, self.policy, self.kit)

    def screened_late(
        self, creative: Creative, picture: bytes, product: Product | None, others: Iterable[Creative], now: datetime
    ) -> Creative:
        """A creative that was added without a screen, with its verdict and what it states.

        It is screened as others' work is, whoever made it: what its composer measured is not known any more.
        """
        title = "" if product is None else product.title
        headline = "" if creative.headline == title else creative.headline  # of a banner for which nobody named one
        texts = headline, creative.body, creative.call_to_action
        kind: Kind = "generated" if creative.made_by else "finished"
        asset = Asset(kind, creative.creative_id, *texts, content=picture, format=creative.format)
        draft = Draft(
            creative.product_id, creative.format, *texts, lineage=creative.lineage, link=creative.link,
            price=creative.price,
        )  # fmt: skip
        found = self.screened(draft, asset, product, others, now)
        return replace(creative, verdict=found.verdict, lineage=found.lineage, price=found.price)


def looks_in(others: Iterable[Creative], draft: Draft, ad: str) -> Mapping[str, str]:
    """The looks of the product's other ads of the format that are not ended or refused, by id."""
    return {
        other.creative_id: other.lineage[LOOK]
        for other in others
        if other.lineage.get(LOOK)
        and (other.product_id, other.format, other.link) == (draft.product_id, draft.format, draft.link)
        and other.creative_id != ad
        and other.state != "RETIRED"
        and not other.is_refused
    }


def kit_of(path: str) -> BrandKit:
    """The shop's brand kit; raises `Misconfigured`."""
    return kit_in(Path(path)) if path else NO_KIT


def zone_of(name: str) -> ZoneInfo:
    """The time zone; raises `Misconfigured` where there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Misconfigured(f'ADLOOM_TIME_ZONE: {name!r} where one like "Europe/Berlin" was expected') from error


def screener_of(judges: Judges, brand: str, time_zone: str, screen: str) -> Screener:
    """The screener of a shop whose kit and thresholds are in these files; raises `Misconfigured`."""
    return Screener(judges, policy_in(screen), kit_of(brand), zone_of(time_zone))
