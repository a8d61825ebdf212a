"""The README's example, run literally: kcat sends events, grpcurl requests ads, one is clicked, one is ignored."""

from __future__ import annotations

import base64
import json
import subprocess
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
import pytest
from google.protobuf import json_format

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from tests.e2e.conftest import Outside
from tests.waiting import wait_for

METHOD = "adloom.creative.v1.CreativeService/SelectCreatives"


@dataclass
class Clients:
    """How an outsider tells and asks: kcat and grpcurl, or plain Python clients where those are not installed."""

    outside: Outside
    kcat: str = ""
    grpcurl: str = ""

    def tell(self, kind: str, user: str, value: dict[str, Any]) -> None:
        """One event in JSON, through kcat as README shows it."""
        if not self.kcat:
            self.outside.produce(kind, {"user_id": user, **value}, user)
            return
        headers = {
            "ce_specversion": "1.0",
            "ce_id": uuid.uuid4().hex,
            "ce_type": f"adloom.events.v1.{kind}",
            "ce_source": "kcat",
            "ce_time": datetime.now(UTC).isoformat(),
            "content-type": "application/json",
        }
        command = [self.kcat, "-P", "-b", self.outside.running.kafka, "-t", f"ad.{kind.lower()}s", "-k", user]
        command += ["-X", "topic.partitioner=murmur2_random"]
        for name, text in headers.items():
            command += ["-H", f"{name}={text}"]
        subprocess.run(command, input=json.dumps({"user_id": user, **value}), text=True, check=True, timeout=30)

    def ask(self, user: str) -> dict[str, Any]:
        """The first selection of one answer; grpcurl knows no more than what reflection tells it."""
        request = {
            "user_id": user,
            "placements": [{"placement_id": "front", "format": "300x250", "count": 1}],
            "inline_images": True,
        }
        answer = self._by_grpcurl(request) if self.grpcurl else self._by_python(request)
        selection: dict[str, Any] = answer["selections"][0]
        return selection

    def _by_grpcurl(self, request: dict[str, Any]) -> Any:
        command = [self.grpcurl, "-plaintext", "-d", json.dumps(request), self.outside.running.creative, METHOD]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    def _by_python(self, request: dict[str, Any]) -> Any:
        with grpc.insecure_channel(self.outside.running.creative) as channel:
            stub: Any = CreativeServiceStub(channel)
            answer = stub.SelectCreatives(pb.SelectCreativesRequest(**request), timeout=5)
        return json_format.MessageToDict(answer, preserving_proto_field_name=True)


@pytest.fixture(params=["kcat and grpcurl", "Python"])
def clients(request: pytest.FixtureRequest, outside: Outside) -> Clients:
    """Both kinds of outsider in turn."""
    if request.param == "Python":
        return Clients(outside)
    return Clients(outside, request.getfixturevalue("kcat"), request.getfixturevalue("grpcurl"))


def final_outcomes(outside: Outside, impressions: set[str]) -> dict[str, dict[str, Any]]:
    """Outcomes of these impressions whose window has closed, by impression."""
    outcomes = outside.messages("ad.outcomes")
    return {o["impression_id"]: o for o in outcomes if o["impression_id"] in impressions and o["window_closed"]}


@pytest.mark.timeout(240)
def test_a_click_becomes_clicked_and_silence_ignored_and_the_report_counts_both(
    outside: Outside, clients: Clients
) -> None:
    raw = f"shopper-{uuid.uuid4()}"
    user = outside.pseudonym(raw)
    before = json.loads(outside.adloom("report", "--json"))
    clients.tell("View", user, {"product_id": "tee-breton", "dwell_ms": 1200, "page": "/dresses"})
    clients.tell("Click", user, {"product_id": "tee-breton"})
    wait_for("the profile", lambda: (f := outside.features(user)[0])["views_total"] == 1 and f["clicks_total"] == 1)

    clicked, ignored = clients.ask(raw), clients.ask(raw)
    assert 0 < clicked["propensity"] <= 1
    assert clicked["texts"]["headline"]
    assert base64.b64decode(clicked["image"]["png"]).startswith(b"\x89PNG")
    clients.tell("Click", user, {"product_id": "x", "impression_token": clicked["impression_token"]})

    both = {clicked["impression_id"], ignored["impression_id"]}
    settled = wait_for("two closed windows", lambda: len(o := final_outcomes(outside, both)) == 2 and o, within_s=60)
    assert settled[clicked["impression_id"]]["kind"] == "CLICKED"
    assert settled[ignored["impression_id"]]["kind"] == "IGNORED"
    assert settled[clicked["impression_id"]]["propensity"] == pytest.approx(clicked["propensity"], abs=0)
    assert settled[clicked["impression_id"]]["user_id"] == user

    def counted() -> bool:
        after = json.loads(outside.adloom("report", "--json"))
        return bool(after["outcomes"] >= before["outcomes"] + 2 and clicks(after) >= clicks(before) + 1)

    wait_for("the report", counted)


def clicks(report: dict[str, Any]) -> int:
    return sum(policy["clicks"] for policy in report["policies"])
