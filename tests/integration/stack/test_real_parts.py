"""Real Kafka, Redis and Triton under the supervisor: drills, and that nothing outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import redis
import tritonclient.grpc as triton
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from tritonclient.utils import InferenceServerException

from services.common.topics import TOPICS, VIEWS
from services.tools.stack.descendants import marked
from services.tools.stack.session import RunningStack, running, tied_stack
from services.tools.stack.state_dir import ROOT, StateDir
from tests.waiting import wait_for

ADLOOM = str(ROOT / ".venv" / "bin" / "adloom")
PARTS = ("kafka", "redis", "triton", "topics")


def adloom(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ADLOOM, *arguments], env=dict(environ), capture_output=True, text=True, timeout=120, check=False
    )


def entry(stack: RunningStack, name: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.status()["processes"][name]
    return found


def double(address: str, rows: np.ndarray) -> np.ndarray:
    given = triton.InferInput("x", list(rows.shape), "FP32")
    given.set_data_from_numpy(rows)
    answer = triton.InferenceServerClient(address).infer("double", [given], client_timeout=10)
    result: np.ndarray = answer.as_numpy("y")
    return result


@pytest.fixture(scope="module")
def own(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Kafka, Redis and Triton of this file's own, to be knocked about; its home has a path longer than a socket's."""
    state_dir = StateDir(tmp_path_factory.mktemp("own") / ("long" * 25))
    with tied_stack(state_dir, environ, only=PARTS) as stack:
        yield stack
    assert marked(state_dir.token) == []


def test_the_topics_are_those_of_the_table_and_stamp_the_brokers_time(own: RunningStack) -> None:
    admin = KafkaAdminClient(bootstrap_servers=own.kafka)
    found = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
    admin.close()
    assert {topic.name: topic.partitions for topic in TOPICS}.items() <= found.items()
    producer = KafkaProducer(bootstrap_servers=own.kafka)
    producer.send(VIEWS, b"x", timestamp_ms=1).get(timeout=10)
    producer.close()
    consumer = KafkaConsumer(VIEWS, bootstrap_servers=own.kafka, auto_offset_reset="earliest", consumer_timeout_ms=8000)
    record = next(consumer)
    consumer.close()
    assert record.timestamp_type == 1  # LogAppendTime
    assert abs(record.timestamp / 1000 - time.time()) < 60


def test_a_mistyped_topic_does_not_spring_into_being(own: RunningStack) -> None:
    producer = KafkaProducer(bootstrap_servers=own.kafka, max_block_ms=1500)
    with pytest.raises(Exception, match=r"(?i)metadata|unknown topic"):
        producer.send("ad.veiws", b"x").get(timeout=5)
    producer.close(timeout=1)


def test_triton_serves_torch_through_dlpack(own: RunningStack) -> None:
    rows = np.arange(8, dtype=np.float32).reshape(2, 4)
    assert np.array_equal(double(own.triton, rows), 2 * rows)


def test_what_controls_triton_is_behind_the_key(own: RunningStack) -> None:
    client = triton.InferenceServerClient(own.triton)
    with pytest.raises(InferenceServerException, match="restricted"):
        client.get_model_repository_index(client_timeout=5)
    key_file = own.state_dir.secrets / "triton.key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    headers = {"triton-grpc-protocol-adloom-key": key_file.read_text()}
    assert client.get_model_repository_index(headers=headers, client_timeout=5).models[0].name == "double"


@pytest.mark.parametrize("name", ["redis", "kafka", "triton"])
def test_a_killed_part_comes_back_with_what_it_had_acknowledged(own: RunningStack, name: str) -> None:
    redis.Redis.from_url(f"redis://{own.redis}").set("kept", name)
    before = entry(own, name)
    os.kill(before["pid"], signal.SIGKILL)

    def is_back() -> bool:
        return bool(entry(own, name)["restarts"] == before["restarts"] + 1 and entry(own, name)["ready"])

    wait_for(f"{name} again", is_back, 90)
    assert entry(own, name)["last_exit"] == "SIGKILL"
    assert redis.Redis.from_url(f"redis://{own.redis}").get("kept") == name.encode()
    rows = np.ones((1, 4), np.float32)
    assert np.array_equal(double(own.triton, rows), 2 * rows)
    assert len(list(Path("/dev/shm").glob(f"{own.state_dir.shm_prefix}*"))) == 1  # the killed server's region is swept


def test_stop_and_start_drills(own: RunningStack, environ: dict[str, str]) -> None:
    mine = {**environ, "ADLOOM_HOME": str(own.state_dir.folder)}
    assert adloom(mine, "stop", "redis").returncode == 0
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(f"redis://{own.redis}").ping()
    facts = json.loads(adloom(mine, "status", "--json").stdout)
    assert facts["processes"]["redis"] | {"log": ""} == {
        "pid": None,
        "ready": False,
        "restarts": facts["processes"]["redis"]["restarts"],
        "log": "",
        "waiting_for": "adloom start",
        "last_exit": "exit status 0",
        "stopped": True,
        "external": False,
        "address": own.redis,
    }
    assert adloom(mine, "start", "redis").returncode == 0
    wait_for("redis", lambda: entry(own, "redis")["ready"], 20)
    assert redis.Redis.from_url(f"redis://{own.redis}").ping()


@pytest.mark.parametrize(
    ("order", "why"),
    [(("stop", "postgres"), "no process is called 'postgres'"), (("stop", "topics"), "step that runs once")],
)
def test_an_order_that_makes_no_sense_is_refused_in_a_sentence(
    own: RunningStack, environ: dict[str, str], order: tuple[str, ...], why: str
) -> None:
    done = adloom({**environ, "ADLOOM_HOME": str(own.state_dir.folder)}, *order)
    assert done.returncode == 2
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_up_of_the_same_home_is_refused_with_the_reason(own: RunningStack, environ: dict[str, str]) -> None:
    mine = {**environ, "ADLOOM_HOME": str(own.state_dir.folder)}
    for command in (("up", "--detach"), ("up",)):
        done = adloom(mine, *command)
        assert done.returncode == 2
        assert f"already runs (supervisor {own.status()['supervisor']})" in done.stderr
    assert entry(own, "kafka")["ready"]


def test_an_existing_kafka_is_used_and_left_alone(
    own: RunningStack, environ: dict[str, str], state_dir: StateDir
) -> None:
    mine = {**environ, "ADLOOM_HOME": str(state_dir.folder), "ADLOOM_KAFKA": own.kafka}
    with tied_stack(state_dir, mine, only=("kafka", "topics")) as guest:
        assert guest.kafka == own.kafka
        assert entry(guest, "kafka")["external"]
        refused = adloom(mine, "stop", "kafka")
        assert refused.returncode == 2
        assert f"ADLOOM_KAFKA={own.kafka}" in refused.stderr
    assert entry(own, "kafka")["ready"]


def test_without_a_stack_every_command_says_so_in_a_sentence(environ: dict[str, str], state_dir: StateDir) -> None:
    mine = {**environ, "ADLOOM_HOME": str(state_dir.folder)}
    for command in (("status",), ("stop", "kafka"), ("start", "kafka")):
        done = adloom(mine, *command)
        assert done.returncode == 2
        assert "adloom up starts it" in done.stderr
    assert adloom(mine, "down").returncode == 0


def is_gone(state_dir: StateDir) -> bool:
    """Whether no process of the stack is left, nor any memory that Triton shared."""
    return marked(state_dir.token) == [] and not list(Path("/dev/shm").glob(f"{state_dir.shm_prefix}*"))


def test_nothing_is_alive_five_seconds_after_the_supervisor_is_killed(
    environ: dict[str, str], state_dir: StateDir
) -> None:
    mine = {**environ, "ADLOOM_HOME": str(state_dir.folder)}
    done = adloom(mine, "up", "--detach", "--only", ",".join(PARTS), "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert len(marked(state_dir.token)) >= 4  # kafka, redis, triton and its stub
    os.kill(facts["supervisor"], signal.SIGKILL)
    wait_for("the end of all processes and of Triton's memory", lambda: is_gone(state_dir), within_s=5)
    with pytest.raises(Exception, match="no stack"):
        running(state_dir)


def test_nothing_is_alive_either_when_the_warden_was_killed_before(
    environ: dict[str, str], state_dir: StateDir
) -> None:
    mine = {**environ, "ADLOOM_HOME": str(state_dir.folder)}
    facts = json.loads(adloom(mine, "up", "--detach", "--only", "redis,triton", "--json").stdout)
    children = Path(f"/proc/{facts['supervisor']}/task/{facts['supervisor']}/children").read_text().split()
    wardens = [
        int(pid) for pid in children if b"services.tools.stack.reaper" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert len(wardens) == 1
    os.kill(wardens[0], signal.SIGKILL)
    os.kill(facts["supervisor"], signal.SIGKILL)
    wait_for("the end of all processes", lambda: marked(state_dir.token) == [], within_s=5)


def test_down_ends_everything_and_the_next_up_finds_its_data_and_ports(
    environ: dict[str, str], state_dir: StateDir
) -> None:
    with tied_stack(state_dir, environ, only=("redis",)) as first:
        redis.Redis.from_url(f"redis://{first.redis}").set("kept", "yes")
    assert marked(state_dir.token) == []
    mine = {**environ, "ADLOOM_HOME": str(state_dir.folder)}
    assert adloom(mine, "up", "--detach", "--only", "redis").returncode == 0
    again = running(state_dir)
    assert again.redis == first.redis
    assert redis.Redis.from_url(f"redis://{again.redis}").get("kept") == b"yes"
    assert adloom(mine, "down", "--json").stdout.strip() == '{"ended": true}'
    assert marked(state_dir.token) == []


def test_ctrl_c_ends_a_stack_in_the_foreground(environ: dict[str, str], state_dir: StateDir) -> None:
    mine = {**environ, "ADLOOM_HOME": str(state_dir.folder)}
    with subprocess.Popen([ADLOOM, "up", "--only", "redis"], env=mine, stdout=subprocess.PIPE, text=True) as front:
        assert front.stdout is not None
        assert front.stdout.readline() == "redis: ready\n"
        front.send_signal(signal.SIGINT)
        assert front.wait(20) == 0
    assert marked(state_dir.token) == []
