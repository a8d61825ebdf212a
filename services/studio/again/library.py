"""What there is of ads, as far as screening them again asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.creative import Creative
from services.assets.creative_sink import CreativeSink
from services.catalogue.offer import offer_of, why_ended
from services.common.clock import to_ms
from services.studio.again.judged import Judged
from services.studio.again.turns import Turn
from services.studio.desk import Desk
from services.studio.share import WHOLE, Share


@dataclass(frozen=True, slots=True)
class Library:
    """What there is, and by which version of the screen it was judged."""

    creatives: CreativeSink
    judged: Judged
    desk: Desk
    share: Share = WHOLE

    def outdated(self) -> list[Turn]:
        """What another version judged of this share."""
        mine = self.desk.mine()
        found = self.judged.outdated()
        return [Turn(name, ids) for name, ids in found.items() if (name in mine if name else self.share.is_first)]

    def ads(self, turn: Turn) -> tuple[Creative, ...]:
        """All of the product; where they advertise none, those that may be copies of these."""
        there = tuple(self.creatives.table.all(lambda row: True, product_ids=frozenset((turn.product_id,))))
        if turn.product_id:
            return there
        places = {(one.format, one.link) for one in there if one.creative_id in turn.ids}
        return tuple(one for one in there if (one.format, one.link) in places)


def is_shown(ad: Creative, product: Product | None, now: datetime) -> bool:
    """Whether the ad is shown now as far as its dates and its product's offer go (law 10)."""
    if not ad.is_due(now):
        return False
    if not ad.product_id:
        return True
    return not why_ended(None if product is None else offer_of(product), ad.stated, to_ms(now))
