"""Answers on real parts, and answers while one of them is gone; every record arrives and is replayed."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
from PIL import Image

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.events.v1.policy_pb2 import ArmPosterior, PolicyVersion
from services.policies.replay import replay
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.conftest import stack_environ
from tests.integration.creative.conftest import Service, closed_port
from tests.waiting import wait_for


def page(**fields: Any) -> pb.SelectCreativesRequest:
    place = pb.Placement(placement_id="top", format="300x250")
    return pb.SelectCreativesRequest(**{"user_id": f"shopper-{uuid.uuid4()}", "placements": [place], **fields})


def ask(service: Service, count: int, timeout: float = 5) -> dict[str, pb.Selection]:
    """Selections by impression id; the deadline is a busy machine's, where it is not what is tested."""
    answers = [service.stub.SelectCreatives(page(), timeout=timeout) for _ in range(count)]
    return {s.impression_id: s for answer in answers for s in answer.selections}


def arrived(service: Service, given: dict[str, pb.Selection], within_s: float = 60) -> None:
    """All records come, say what was answered, and are replayed bit for bit."""
    wait_for("all records", lambda: given.keys() <= service.records().keys(), within_s)
    records = service.records()
    for impression_id, selection in given.items():
        record = records[impression_id]
        assert (record.creative_id, record.propensity) == (selection.creative_id, selection.propensity)
        assert list(record.degraded) == list(selection.degraded)
        assert replay(record).same


def test_with_all_parts_the_model_scores_and_every_choice_is_replayed(service: Service) -> None:
    ask(service, 3)
    given = ask(service, 20)
    fresh = [s for s in given.values() if not s.degraded]
    assert len(fresh) >= 15, [list(s.degraded) for s in given.values()]
    arrived(service, given)
    record = service.records()[fresh[0].impression_id]
    assert record.model_version.startswith("ctr-")
    assert len(record.scores) == len(record.candidates) > 150
    assert len(set(record.scores)) > 10


@pytest.mark.parametrize(
    ("variable", "degraded"),
    [("ADLOOM_TRITON", ["triton", "policy_prior"]), ("ADLOOM_REDIS", ["redis"])],
)
def test_a_part_that_is_not_there_is_named_and_not_waited_for(
    parts: RunningStack, demo: Path, variable: str, degraded: list[str]
) -> None:
    service = Service(parts, demo, {variable: closed_port()}).start()
    try:
        ask(service, 3)
        given = ask(service, 20, timeout=2)
        assert sum(list(s.degraded) == degraded for s in given.values()) >= 15
        arrived(service, given)
    finally:
        assert service.end() == 0


def test_records_wait_on_disk_while_kafka_is_away_and_arrive_afterwards(service: Service) -> None:
    ask(service, 3)
    service.parts.stop("kafka")
    try:
        given = ask(service, 30)
    finally:
        service.parts.start("kafka")
    assert len(given) == 30
    wait_for("kafka", lambda: service.parts.status()["processes"]["kafka"]["ready"], 60)
    arrived(service, given, within_s=90)


def test_records_survive_the_process_when_it_ends_while_kafka_is_away(parts: RunningStack, demo: Path) -> None:
    first = Service(parts, demo).start()
    parts.stop("kafka")
    try:
        given = ask(first, 10)
        assert first.end() == 0
    finally:
        parts.start("kafka")
    wait_for("kafka", lambda: parts.status()["processes"]["kafka"]["ready"], 60)
    second = Service(parts, demo).start()
    try:
        arrived(second, given)
    finally:
        assert second.end() == 0


def test_a_published_posterior_decides_without_a_restart_and_after_one(parts: RunningStack, demo: Path) -> None:
    service = Service(parts, demo).start()
    try:
        version = int(time.time())
        arms = [ArmPosterior(creative_id="c-0", impressions=10, clicks=1, expected_clicks=0.5)]
        message = PolicyVersion(policy_id="thompson", version=version, arms=arms, prior_shape=20, prior_rate=20)
        sent = encode(message, event_id=uuid.uuid4().hex, source="evaluation", time=datetime.now(UTC), key=b"thompson")
        producer = Producer(ProducerSettings(parts.kafka, "test"))
        producer.send(sent)
        producer.flush(10)
        producer.close(5)
        wait_for("the posterior", lambda: decided_by(service) == version)
    finally:
        assert service.end() == 0
    again = Service(parts, demo).start()
    try:
        assert decided_by(again) == version
    finally:
        again.end()


def decided_by(service: Service) -> int:
    return int(service.stub.SelectCreatives(page(), timeout=5).selections[0].policy_version)


def test_the_generator_draws_what_is_then_served(service: Service) -> None:
    asked = pb.GenerateCreativesRequest(
        product_id="boot-chelsea", format="300x250", count=4, seed=int(time.time()), approved_by="the test"
    )
    made = service.stub.GenerateCreatives(asked, timeout=20)
    pixels = [np.asarray(Image.open(io.BytesIO(g.image.png)).convert("L"), dtype=float) for g in made.creatives]
    assert len(pixels) == 4
    assert all(p.shape == (250, 300) and p.std() > 5 for p in pixels)
    assert np.abs(pixels[0] - pixels[3]).max() > 10
    wanted = {g.creative.creative_id for g in made.creatives}
    places = [pb.Placement(placement_id="top", format="300x250", count=32)]

    def served() -> bool:
        answer = service.stub.SelectCreatives(page(product_ids=["boot-chelsea"], placements=places), timeout=5)
        return wanted <= {s.creative_id for s in answer.selections if s.ai_generated}

    wait_for("the new creatives among the served", served)


def test_the_command_line_asks_and_replays_what_it_was_answered(service: Service) -> None:
    environ = {
        **stack_environ(),
        "ADLOOM_CREATIVE": f"127.0.0.1:{service.port}",
        "ADLOOM_KAFKA": service.parts.kafka,
        "ADLOOM_ASSETS_DIR": str(service.folder / "assets"),
    }

    def adloom(*words: str) -> dict[str, Any]:
        command = [str(Path(sys.executable).parent / "adloom"), *words, "--json"]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        facts: dict[str, Any] = json.loads(done.stdout)
        return facts

    (selection,) = adloom("ask", "--user", "ada", "--placement", "top", "--format", "300x250")["selections"]
    wait_for("the record", lambda: selection["impression_id"] in service.records())
    again = adloom("replay-decision", selection["impression_id"])
    assert again == {"same": True, "creative_id": selection["creative_id"], "propensity": selection["propensity"]}
    (made,) = adloom("generate", "--product", "tee-surf", "--format", "320x50")["creatives"]
    assert made["creative"]["approved_by"] == ""
    assert adloom("approve", made["creative"]["creative_id"], "--by", "ada")["approved_by"] == "ada"


def test_a_kill_is_survived_by_the_next_process(parts: RunningStack, demo: Path) -> None:
    first = Service(parts, demo).start()
    given = ask(first, 10)
    wait_for("the records", lambda: given.keys() <= first.records().keys())
    first.end(signal.SIGKILL)
    second = Service(parts, demo).start()
    try:
        arrived(second, {**given, **ask(second, 5)})
    finally:
        assert second.end() == 0


def test_a_kill_before_kafka_has_taken_anything_loses_no_decision_that_was_answered(
    parts: RunningStack, demo: Path
) -> None:
    first = Service(parts, demo, {"ADLOOM_KAFKA": closed_port()}).start()
    given = ask(first, 30)
    first.end(signal.SIGKILL)
    second = Service(parts, demo).start()
    try:
        arrived(second, given)
    finally:
        assert second.end() == 0


def test_an_order_to_leave_lets_answers_under_way_finish(parts: RunningStack, demo: Path) -> None:
    service = Service(parts, demo).start()
    calls = [service.stub.SelectCreatives.future(page(), timeout=5) for _ in range(20)]
    calls[0].result()
    service.process.send_signal(signal.SIGTERM)
    outcomes = []
    for call in calls:
        try:
            outcomes.append(call.result().selections[0].impression_id)
        except grpc.RpcError as error:
            assert error.code() is grpc.StatusCode.UNAVAILABLE
    assert service.process.wait(60) == 0
    assert outcomes
    wait_for("every answered impression's record", lambda: set(outcomes) <= service.records().keys())
    service.channel.close()
