"""The topics, each declared once; Kafka and the k8s resources are made from this table."""

from __future__ import annotations

from dataclasses import dataclass

PARTITIONS = 6
"""Partitions of every user-keyed topic: equal, so that a user has the same partition number in all of them."""

MAX_MESSAGE_BYTES = 1024 * 1024
"""Largest message that a topic takes; a decision record of 256 candidates has about 25 KiB."""

MAX_DEAD_LETTER_BYTES = MAX_MESSAGE_BYTES + 64 * 1024
"""A dead letter holds a whole message, which may be one of the largest, and headers of its own."""

_DAY_MS = 24 * 60 * 60 * 1000

VIEWS = "ad.views"
CLICKS = "ad.clicks"
ORDERS = "ad.orders"
IMPRESSIONS = "ad.impressions"
RENDERS = "ad.renders"
OUTCOMES = "ad.outcomes"
PRODUCTS = "ad.products"
PHOTOS = "ad.photos"
VOCABULARY = "ad.vocabulary"
CREATIVES = "ad.creatives"
CAMPAIGNS = "ad.campaigns"
POLICY = "ad.policy"
REPORTS = "ad.reports"
DEADLETTER = "ad.deadletter"

LIVE_REPORT = "live"
"""The report id, on `ad.reports`, of the report over everything so far; evaluation writes it again every second."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic.

    All use LogAppendTime, because client clocks are not trusted. All are stored uncompressed: clients may compress, and
    the broker decompresses, so that every reader can read every batch and `max.message.bytes` bounds the decompressed
    size. (With `producer`, Kafka's default, a topic accepted 29 KB that decompress to one message of 900 MB.)
    """

    name: str
    partitions: int
    cleanup_policy: str  # "delete" or "compact"
    retention_ms: int  # -1: for ever
    key: str  # what the key is, for people
    max_message_bytes: int = MAX_MESSAGE_BYTES
    tombstones_ms: int = 0  # how long compaction keeps a tombstone; 0: Kafka's default of a day

    def config(self) -> dict[str, str]:
        """Kafka's settings of the topic."""
        tombstones = {"delete.retention.ms": str(self.tombstones_ms)} if self.tombstones_ms else {}
        return tombstones | {
            "cleanup.policy": self.cleanup_policy,
            "retention.ms": str(self.retention_ms),
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(self.max_message_bytes),
            "compression.type": "uncompressed",
        }


TOPICS: tuple[Topic, ...] = (
    Topic(VIEWS, PARTITIONS, "delete", 7 * _DAY_MS, "user pseudonym"),
    Topic(CLICKS, PARTITIONS, "delete", 30 * _DAY_MS, "user pseudonym"),
    Topic(ORDERS, PARTITIONS, "delete", 30 * _DAY_MS, "user pseudonym"),
    Topic(IMPRESSIONS, PARTITIONS, "delete", 30 * _DAY_MS, "user pseudonym"),
    Topic(RENDERS, PARTITIONS, "delete", 30 * _DAY_MS, "user pseudonym"),
    Topic(OUTCOMES, PARTITIONS, "delete", 90 * _DAY_MS, "user pseudonym"),
    # A process that starts must hear that a product is gone as long as its ads may still be in a library.
    Topic(PRODUCTS, PARTITIONS, "compact", -1, "product id", tombstones_ms=10 * 365 * _DAY_MS),
    Topic(PHOTOS, PARTITIONS, "compact", -1, "link"),
    Topic(VOCABULARY, 1, "compact", -1, "feature version"),
    Topic(CREATIVES, PARTITIONS, "compact", -1, "creative id"),
    # As with products: a campaign that ended must not come back from an old replica.
    Topic(CAMPAIGNS, 1, "compact", -1, "campaign id", tombstones_ms=10 * 365 * _DAY_MS),
    Topic(POLICY, 1, "compact", -1, "policy id"),
    Topic(REPORTS, 1, "compact", -1, "report id"),
    Topic(DEADLETTER, PARTITIONS, "delete", 30 * _DAY_MS, "origin key", MAX_DEAD_LETTER_BYTES),
)

ACCEPTANCE_SETTINGS = ("message.timestamp.type", "max.message.bytes", "compression.type")
"""The settings that decide what a topic accepts: they are corrected on existing topics, whose other settings stay."""

EVENT_TYPES: dict[str, str] = {
    "adloom.events.v1.View": VIEWS,
    "adloom.events.v1.Click": CLICKS,
    "adloom.events.v1.Order": ORDERS,
    "adloom.events.v1.Impression": IMPRESSIONS,
    "adloom.events.v1.Render": RENDERS,
    "adloom.events.v1.Outcome": OUTCOMES,
    "adloom.catalogue.v1.Product": PRODUCTS,
    "adloom.catalogue.v1.Photo": PHOTOS,
    "adloom.catalogue.v1.Vocabulary": VOCABULARY,
    "adloom.creative.v1.Creative": CREATIVES,
    "adloom.campaigns.v1.Campaign": CAMPAIGNS,
    "adloom.events.v1.PolicyVersion": POLICY,
    "adloom.events.v1.Report": REPORTS,
}
"""The `ce_type` of each message, which is its protobuf full name, and the one topic that it travels on."""
