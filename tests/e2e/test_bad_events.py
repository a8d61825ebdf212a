"""Every kind of bad event becomes a dead letter, and no other event is lost."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from kafka.errors import KafkaError

from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from tests.e2e.conftest import Outside
from tests.waiting import wait_for


class Bad(NamedTuple):
    """One wrong message: how it differs from a right view, and the reason it must get."""

    name: str
    reason: str
    value: dict[str, Any] | bytes | None = None  # merged into the right view where it is a dict
    key: str | bytes | None = ""  # "": the right one
    kind: str = "View"
    overrides: dict[str, Any] = {}  # noqa: RUF012 - never changed


def at(**ago: float) -> bytes:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat().encode()


BAD = (
    Bad(
        "no bytes of protobuf", "undecodable", b"\xff\xff\xff\xff", overrides={"content-type": b"application/protobuf"}
    ),
    Bad("no JSON", "undecodable", b"{not json"),
    Bad("JSON of another shape", "undecodable", b"[1, 2]"),
    Bad("a wrong type in a field", "invalid", {"dwell_ms": "soon"}),
    Bad("an unknown content type", "undecodable", overrides={"content-type": b"text/csv"}),
    Bad("no content type", "undecodable", overrides={"content-type": None}),
    Bad("no type", "invalid", overrides={"ce_type": None}),
    Bad("no id", "invalid", overrides={"ce_id": None}),
    Bad("no time", "invalid", overrides={"ce_time": None}),
    Bad("an absurd time", "invalid", overrides={"ce_time": b"yesterday"}),
    Bad("a type that nobody knows", "unknown_type", overrides={"ce_type": b"adloom.events.v1.Wink"}),
    Bad("a type of another topic", "unknown_type", overrides={"ce_type": b"adloom.events.v1.Order"}),
    Bad("no product", "invalid", {"product_id": ""}),
    Bad("a negative dwell time", "invalid", {"dwell_ms": -1}),
    Bad("a page of a megabyte's half", "invalid", {"page": "x" * 500_000}),
    Bad("a raw identity as key and user", "not_a_pseudonym", {"user_id": "alice@example.org"}, "alice@example.org"),
    Bad("no key", "not_a_pseudonym", key=None),
    Bad("another user's key", "invalid", key="u1-" + "0" * 32),
    Bad("an event of last week", "too_old", overrides={"ce_time": at(days=7)}),
    Bad("an event of tomorrow", "from_the_future", overrides={"ce_time": at(days=-1)}),
)


def letters(outside: Outside) -> dict[tuple[str, int, int], tuple[str, Any]]:
    """Reason and record of every dead letter, by where the bad message had come from."""
    found = {}
    for record in outside.records("ad.deadletter"):
        headers = {name: value.decode() for name, value in record.headers if value is not None}
        origin = headers["adloom_topic"], int(headers["adloom_partition"]), int(headers["adloom_offset"])
        found[origin] = headers["adloom_reason"], record
    return found


def send(outside: Outside, bad: Bad, user: str) -> tuple[str, int, int]:
    right = {"user_id": user, "product_id": "tee-breton", "dwell_ms": 900}
    value = bad.value if isinstance(bad.value, bytes) else {**right, **(bad.value or {})}
    return outside.produce(bad.kind, value, user if bad.key == "" else bad.key, **bad.overrides)


@pytest.mark.timeout(180)
def test_each_bad_event_gets_its_own_dead_letter_and_good_ones_beside_it_count(outside: Outside) -> None:
    user = outside.pseudonym(f"bad-{uuid.uuid4()}")
    good = {"user_id": user, "product_id": "tee-breton"}
    sent = {}
    for bad in BAD:
        outside.produce("View", good, user)
        sent[send(outside, bad, user)] = bad
    outside.produce("View", good, user)
    wait_for("dead letters of all", lambda: sent.keys() <= letters(outside).keys(), within_s=40)
    found = letters(outside)
    assert {b.name: found[origin][0] for origin, b in sent.items()} == {b.name: b.reason for b in BAD}
    counted = wait_for("good ones", lambda: (f := outside.features(user)[0])["views_total"] >= len(BAD) + 1 and f)
    assert counted["views_total"] == len(BAD) + 1
    raw = next(origin for origin, b in sent.items() if b.reason == "not_a_pseudonym")
    assert b"alice" not in (found[raw][1].key or b"") + (found[raw][1].value or b"")
    by_reason = json.loads(outside.adloom("deadletters", "--json"))["by_reason"]
    assert by_reason["too_old"] >= 1


def test_a_message_in_another_partition_is_moved_and_counted_once(outside: Outside) -> None:
    user = outside.pseudonym(f"moved-{uuid.uuid4()}")
    elsewhere = (partition_of(user.encode(), PARTITIONS) + 1) % PARTITIONS
    outside.produce("Click", {"user_id": user, "product_id": "tee-breton"}, user, partition=elsewhere)
    wait_for("the moved click", lambda: outside.features(user)[0]["clicks_total"] == 1)
    outside.produce("Click", {"user_id": user, "product_id": "tee-breton"}, user)
    wait_for("the second click", lambda: outside.features(user)[0]["clicks_total"] == 2)


def test_an_event_of_an_unknown_product_counts(outside: Outside) -> None:
    user = outside.pseudonym(f"unknown-{uuid.uuid4()}")
    outside.produce("View", {"user_id": user, "product_id": "nobody-sells-this"}, user)
    wait_for("the view", lambda: outside.features(user)[0]["views_total"] == 1)


def test_a_copy_of_an_event_counts_once(outside: Outside) -> None:
    user = outside.pseudonym(f"copy-{uuid.uuid4()}")
    view = {"user_id": user, "product_id": "tee-breton"}
    for _ in range(3):
        outside.produce("View", view, user, ce_id=f"same-{user}".encode())
    outside.produce("Click", view, user)
    wait_for("the click", lambda: outside.features(user)[0]["clicks_total"] == 1)
    assert wait_for("the view", lambda: outside.features(user)[0]["views_total"]) == 1


def test_a_message_larger_than_the_topics_limit_fails_at_its_sender(outside: Outside) -> None:
    user = outside.pseudonym("large")
    with pytest.raises(KafkaError):
        outside.produce("View", {"user_id": user, "product_id": "x", "page": "x" * 1_500_000}, user)
