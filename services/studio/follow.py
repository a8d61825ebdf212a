"""Reads `ad.products`, `ad.photos`, `ad.vocabulary`, `ad.creatives` and `ad.campaigns` for the studio, and the tail of
`ad.impressions`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.campaigns.kafka_campaigns import KafkaCampaigns
from services.assets.creative_messages import DatedCreative, creative_of, read_creative
from services.assets.creative_table import CreativeTable
from services.catalogue.photos.photo_messages import read_photo
from services.catalogue.product_messages import read_change
from services.common.clock import Clock, to_ms
from services.common.topics import CREATIVES, PHOTOS, PRODUCTS, VOCABULARY
from services.studio.again.judged import Judged
from services.studio.approval import Verdicts
from services.studio.asked_formats import AskedFormats
from services.studio.desk import Desk, Waiting
from services.studio.follow_asked import tail_of
from services.studio.order import Rank, rank_of
from services.studio.vocabulary_keeper import VocabularyKeeper
from services.studio.wishes import ASKED, PLACEMENTS, Wishes
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing

_LOG = logging.getLogger("services.studio")
_STOP_S: Final = 5.0
RankOf = Callable[[Waiting], Rank]


class Topics(Refusing):
    """Puts products and photos on the desk, and keeps all creatives in a table.

    Dead letters of `ad.photos` go to `refuse`; those of the other topics are made by `creative`, which follows them.
    """

    def __init__(self, kafka: str, clock: Clock, asked: AskedFormats, desk: Callable[[RankOf], Desk]) -> None:
        self._clock = clock
        self.table, self.verdicts, self.judged = CreativeTable(), Verdicts(), Judged()
        self._campaigns = KafkaCampaigns(kafka)
        self.wishes = Wishes(self._campaigns.table, asked)
        self.desk = desk(self.rank)
        self.vocabulary = VocabularyKeeper(self.desk, clock)
        self.heard: Callable[[DatedCreative], None] = lambda dated: None
        """Told of each message of `ad.creatives` once the table has it; set it before `start`."""
        self._followers = (
            CompactedFollower(kafka, PRODUCTS, self.product),
            CompactedFollower(kafka, PHOTOS, self.photo),
            CompactedFollower(kafka, VOCABULARY, self.vocabulary.apply),
            CompactedFollower(kafka, CREATIVES, self.creative),
            self._campaigns.follower,
        )
        self._tail = tail_of(kafka, asked)

    def start(self) -> None:
        """Starts reading."""
        for follower in self._followers:
            follower.start()
        self._tail.start()

    def stop(self) -> None:
        """Stops reading."""
        for follower in self._followers:
            follower.stop(_STOP_S)
        self._tail.stop(_STOP_S)

    def are_read(self) -> bool:
        """Whether all were read up to their ends as of the start: before that, an ad may seem to be missing."""
        return all(follower.caught_up.is_set() for follower in self._followers)

    def heed_campaigns(self) -> None:
        """Products of which campaigns ask something else than before are looked at again."""
        now_ms = to_ms(self._clock.now())
        asked = self.wishes.follow(now_ms, self.desk.products)
        mine = asked & self.desk.mine() if asked else asked
        if mine:
            _LOG.info("campaigns ask for other ads of %d products", len(mine))
            for campaign_id, formats in self.wishes.not_drawn().items():
                _LOG.warning("campaign %s: no ads are drawn in %s", campaign_id, ", ".join(formats))
        self.desk.look_at(mine, now_ms)

    def heed_placements(self) -> None:
        """All products are looked at again where placements ask for other formats than before."""
        if self.wishes.asked.follow(to_ms(self._clock.now())):
            made = ", ".join(self.wishes.asked.made()) or "nothing else"
            _LOG.info("placements ask for %s: %d products are looked at again", made, self.renew())

    def remember_asked(self, own: Mapping[str, int]) -> None:
        """What placements asked for before this process began, by the ads that there are."""
        living = self.table.all(lambda row: row.state != "RETIRED" and row.format not in own)
        found = {one.format for one in living if one.lineage.get(ASKED) == PLACEMENTS}
        self.wishes.asked.begin_with(found, to_ms(self._clock.now()))

    def renew(self) -> int:
        """All products of this share are looked at again; how many."""
        mine = self.desk.mine()
        self.desk.look_at(mine, to_ms(self._clock.now()))
        return len(mine)

    def rank(self, waiting: Waiting) -> Rank:
        """How soon a product's turn comes."""
        living = [row.created_ms for row in self.table.rows_of(waiting.product_id) if row.state != "RETIRED"]
        return rank_of(
            waiting.product_id,
            in_campaign=waiting.product is not None and self.wishes.wants(waiting.product),
            has_work=waiting.changed_ms > max(living, default=-1),
            changed_ms=waiting.changed_ms,
            ratings=waiting.product.rating_count if waiting.product is not None else 0,
        )

    def product(self, raw: RawRecord) -> None:
        """Applies a message of `ad.products`."""
        found = read_change(raw)
        if not isinstance(found, DeadLetter):
            now_ms = to_ms(self._clock.now())
            self.desk.put_product(found.change.product_id, found.change.product, found.position, now_ms)

    def creative(self, raw: RawRecord) -> None:
        """Applies a message of `ad.creatives`: what a person has said of one may let others be served, and what has no
        verdict is screened."""
        found = read_creative(raw)
        if isinstance(found, DeadLetter):
            return
        self.table.take(found)
        self.judged.take(found)
        self.heard(found)
        message = found.message
        if message is None:
            return
        if message.life or message.state != pb.APPROVED:
            self.desk.look_at(self.verdicts.take(creative_of(message)), raw.timestamp_ms)
        if not message.HasField("verdict") and message.state != pb.RETIRED:
            self.desk.look_at([message.product_id], raw.timestamp_ms)

    def photo(self, raw: RawRecord) -> None:
        """Applies a message of `ad.photos`."""
        found = read_photo(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
        else:
            self.desk.put_photo(found.link, found.photo, found.position)
