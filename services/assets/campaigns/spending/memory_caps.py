"""The fake of `SeenCampaigns`: a dictionary that simulated replicas share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from services.assets.campaigns.ports import CapAsk
from services.assets.campaigns.terms import left_by
from services.common.errors import Unavailable


class MemoryCaps:
    """Impressions by shopper and campaign; with `is_down` it does not answer."""

    def __init__(self) -> None:
        self.is_down = False
        self._seen: defaultdict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)

    async def reserve(self, asked: CapAsk, budget_s: float) -> Mapping[str, int]:
        """See `SeenCampaigns.reserve`."""
        if self.is_down:
            raise Unavailable("redis", "this fake is down")
        found = {}
        for campaign_id, caps in asked.caps.items():
            seen = self._seen[asked.user_id, campaign_id]
            found[campaign_id] = min(left_by(caps, [at for at, _ in seen], asked.now_ms), asked.most)
            seen += [(asked.now_ms, asked.ticket)] * found[campaign_id]
        return found

    def settle(self, asked: CapAsk, reserved: Mapping[str, int], used: Mapping[str, int]) -> None:
        """See `SeenCampaigns.settle`."""
        for campaign_id, count in reserved.items():
            for _ in range(count - used.get(campaign_id, 0)):
                self._seen[asked.user_id, campaign_id].remove((asked.now_ms, asked.ticket))
