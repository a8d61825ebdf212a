"""Topics, event types and messages are three views of one table."""

from __future__ import annotations

from google.protobuf import symbol_database
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor_pb2 import DescriptorProto

from protos.gen.adloom.campaigns.v1 import campaign_pb2
from protos.gen.adloom.catalogue.v1 import photo_pb2, product_pb2, vocabulary_pb2
from protos.gen.adloom.creative.v1 import creative_service_pb2
from protos.gen.adloom.events.v1 import event_service_pb2, events_pb2, impression_pb2, outcome_pb2, policy_pb2
from services.common.metrics import METRICS
from services.common.topics import (
    ACCEPTANCE_SETTINGS,
    CAMPAIGNS,
    CREATIVES,
    DEADLETTER,
    EVENT_TYPES,
    IMPRESSIONS,
    MAX_MESSAGE_BYTES,
    PARTITIONS,
    PHOTOS,
    POLICY,
    PRODUCTS,
    REPORTS,
    TOPICS,
    VOCABULARY,
)

FILES = [
    module.DESCRIPTOR
    for module in (
        campaign_pb2, creative_service_pb2, event_service_pb2, events_pb2, impression_pb2, outcome_pb2, photo_pb2,
        policy_pb2, product_pb2, vocabulary_pb2,
    )
]  # fmt: skip
MESSAGES: dict[str, Descriptor] = {m.full_name: m for file in FILES for m in file.message_types_by_name.values()}
REQUESTS = {
    method.input_type.full_name
    for file in FILES
    for service in file.services_by_name.values()
    for method in service.methods
}


def test_topics_have_the_names_that_outsiders_rely_on() -> None:
    events = "ad.views ad.clicks ad.orders ad.impressions ad.renders ad.outcomes"
    shop = "ad.products ad.photos ad.vocabulary ad.creatives ad.campaigns"
    learnt = "ad.policy ad.reports ad.deadletter"
    assert [topic.name for topic in TOPICS] == f"{events} {shop} {learnt}".split()


def test_every_event_type_is_a_message_and_travels_on_a_topic_of_the_table() -> None:
    assert set(EVENT_TYPES) <= set(MESSAGES)
    assert set(EVENT_TYPES.values()) == {topic.name for topic in TOPICS} - {DEADLETTER}


def test_every_message_that_is_said_to_travel_on_a_topic_is_in_the_table() -> None:
    events = {name for name, message in MESSAGES.items() if not message.fields_by_name.get("events")}
    keyed = {name for name in events if name.startswith("adloom.events.") and _reserves_shop(MESSAGES[name])}
    of_the_shop = (product_pb2.Product, photo_pb2.Photo, vocabulary_pb2.Vocabulary, campaign_pb2.Campaign)
    others = {message.DESCRIPTOR.full_name for message in (*of_the_shop, creative_service_pb2.Creative)}
    assert keyed | others == set(EVENT_TYPES)


def test_topics_that_are_keyed_by_user_have_the_same_partitions() -> None:
    assert {topic.partitions for topic in TOPICS if topic.key == "user pseudonym"} == {PARTITIONS}
    assert next(topic for topic in TOPICS if topic.name == DEADLETTER).partitions == PARTITIONS


def test_topics_that_are_read_from_their_start_are_compacted_and_kept() -> None:
    kept = {topic.name for topic in TOPICS if topic.cleanup_policy == "compact" and topic.retention_ms == -1}
    assert kept == {CAMPAIGNS, CREATIVES, PHOTOS, POLICY, PRODUCTS, REPORTS, VOCABULARY}
    passing = {topic.name for topic in TOPICS if topic.cleanup_policy == "delete" and topic.retention_ms > 0}
    assert passing == {topic.name for topic in TOPICS} - kept


def test_a_tombstone_of_a_product_outlives_its_ads() -> None:
    products = next(topic for topic in TOPICS if topic.name == PRODUCTS)
    assert int(products.config()["delete.retention.ms"]) > 365 * 24 * 3600 * 1000


def test_time_is_stamped_by_the_broker_on_every_topic() -> None:
    assert {topic.config()["message.timestamp.type"] for topic in TOPICS} == {"LogAppendTime"}


def test_a_dead_letter_may_be_larger_than_what_it_keeps() -> None:
    # It holds the original bytes and headers and adds its own: the largest message must still fit.
    limits = {topic.name: int(topic.config()["max.message.bytes"]) for topic in TOPICS}
    assert limits[IMPRESSIONS] == MAX_MESSAGE_BYTES
    assert limits[DEADLETTER] >= MAX_MESSAGE_BYTES + 4096


def _reserves_shop(message: Descriptor) -> bool:
    proto = DescriptorProto()
    message.CopyToProto(proto)  # type: ignore[no-untyped-call]  # the stubs leave it without types
    numbers = [range_ for range_ in proto.reserved_range if range_.start <= 100 < range_.end]
    return bool(numbers) and "shop_id" in proto.reserved_name


def test_everything_that_comes_from_outside_reserves_the_shops_place() -> None:
    assert [name for name in sorted({*REQUESTS, *EVENT_TYPES}) if not _reserves_shop(MESSAGES[name])] == []


def test_no_field_uses_the_reserved_number_or_name() -> None:
    fields = [field for message in MESSAGES.values() for field in message.fields]
    assert [field.full_name for field in fields if field.number == 100 or field.name == "shop_id"] == []


def test_generated_messages_can_be_made_by_their_event_type() -> None:
    for name in EVENT_TYPES:
        assert symbol_database.Default().GetSymbol(name)().DESCRIPTOR.full_name == name


def test_every_metric_has_one_name_and_a_sentence() -> None:
    collectors = [getattr(METRICS, name) for name in type(METRICS).__dataclass_fields__]
    described = [metric for collector in collectors for metric in collector.describe()]
    names = [metric.name for metric in described]
    assert len(set(names)) == len(names)
    assert [name for name in names if not name.startswith("adloom_")] == []
    assert [metric.name for metric in described if not metric.documentation] == []


def test_whatever_codec_a_client_chooses_the_broker_unpacks_before_it_weighs() -> None:
    assert {topic.config()["compression.type"] for topic in TOPICS} == {"uncompressed"}
    assert {name for topic in TOPICS for name in ACCEPTANCE_SETTINGS if name not in topic.config()} == set()
