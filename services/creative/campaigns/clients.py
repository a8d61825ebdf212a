"""What campaigns need of Kafka and Redis, with the threads that follow, lease and count."""

from __future__ import annotations

from services.assets.campaigns.kafka_campaigns import KafkaCampaigns
from services.assets.campaigns.spending.kafka_clicks import KafkaClicks
from services.assets.campaigns.spending.kafka_records import KafkaRecords
from services.assets.campaigns.spending.lease_keeper import LeaseKeeper
from services.assets.campaigns.spending.leases import Leases
from services.assets.campaigns.spending.redis_caps import RedisCaps
from services.assets.campaigns.spending.redis_counters import RedisCounters
from services.common.clock import Clock
from services.creative.campaigns.at_request import CampaignParts


class CampaignClients:
    """`parts` are for requests; `campaigns` follows the topic and has to be started and stopped with the others."""

    def __init__(self, kafka: str, redis: str, clock: Clock) -> None:
        self.campaigns = KafkaCampaigns(kafka)
        table, leases = self.campaigns.table, Leases()
        self._counters = RedisCounters(redis)
        self._keeper = LeaseKeeper(leases, table.all, self._counters, KafkaRecords(kafka), clock)
        self._clicks = KafkaClicks(kafka, table.all, self._counters)
        self._caps = RedisCaps(redis)
        self.parts = CampaignParts(table, leases, self._caps)

    def start(self) -> None:
        """Starts to lease and to count."""
        self._keeper.start()
        self._clicks.start()

    def stop(self, timeout_s: float) -> None:
        """Gives the leases back, once no request is served any more."""
        self._keeper.stop(timeout_s)
        self._clicks.stop(timeout_s)
        self._counters.close()
