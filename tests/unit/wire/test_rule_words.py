"""Refusals speak to the person who has to mend the message: no pattern of the protos is shown as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.events.v1 import event_service_pb2
from services.catalogue.catalogue import demo_catalogue
from services.common.errors import Rejected
from services.creative.check import check_product
from services.events.servicer import MOST_EVENTS
from services.tools.stack.state_dir import ROOT
from services.wire.codec.rule_messages import PATTERNS
from services.wire.codec.rules import check_fields


def test_every_pattern_of_the_protos_has_words() -> None:
    texts = [path.read_text() for path in Path(ROOT / "protos" / "adloom").rglob("*.proto")]
    written = {found for text in texts for found in re.findall(r'pattern\s*[:=]\s*"([^"]+)"', text)}
    assert written == PATTERNS.keys()


@pytest.mark.parametrize(
    ("places", "text"),
    [
        ([], "placements: '0 of them' where at least 1 of them was expected"),
        ([{"placement_id": "a"}] * 17, "placements: '17 of them' where at most 16 of them was expected"),
        (
            [{"placement_id": "a", "format": "big"}],
            "placements[0].format: 'big' where a size in pixels like \"300x250\" was expected",
        ),
    ],
)
def test_a_refusal_reads_like_a_sentence(places: list[dict[str, str]], text: str) -> None:
    with pytest.raises(Rejected) as refused:
        check_fields(pb.SelectCreativesRequest(placements=places))
    assert str(refused.value) == text


def test_an_unknown_product_is_told_without_a_hash() -> None:
    with pytest.raises(Rejected, match=r"product_id: 'teapot' where a product of the shop's catalogue was expected"):
        check_product("teapot", "product_id", demo_catalogue().index.__contains__)


def test_as_many_events_are_taken_as_the_proto_says() -> None:
    field = event_service_pb2.PublishEventsRequest.DESCRIPTOR.fields_by_name["events"]
    (said,) = re.findall(r"max_items: (\d+)", str(field.GetOptions()))
    assert int(said) == MOST_EVENTS
