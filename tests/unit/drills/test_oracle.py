"""The oracle imports nothing of the product, and computes the expected results by itself."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from datetime import UTC, datetime

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import to_ms
from services.common.partition import partition_of
from services.common.token import TokenKeys
from services.common.topics import PARTITIONS
from services.tools.drills.oracle import oracle
from services.tools.drills.oracle.plain import plain, products_of
from services.tools.drills.traffic.poison import POISON
from services.tools.drills.traffic.traffic import Sent, Shape, Traffic
from services.tools.stack.state_dir import ROOT
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord

KEYS = TokenKeys("1", {"1": b"a key of the deployment's"})
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PRODUCTS = products_of(demo_catalogue())


def test_the_oracle_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "services/tools/drills/oracle/oracle.py").read_text())
    named = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    named += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all(isinstance(node, ast.ImportFrom) and not node.level for node in ast.walk(tree) if hasattr(node, "level"))
    assert {name.split(".")[0] for name in named} <= set(sys.stdlib_module_names)


def test_exactly_the_poison_becomes_dead_letters_each_with_its_reason() -> None:
    messages = Traffic(7, Shape(events=4_000, users=200), KEYS, [*PRODUCTS], NOW).messages()
    result = oracle.expected(logged(messages), oracle.Rules(15_000, KEYS.secrets, PRODUCTS))
    wanted = Counter(sent.reason for sent in messages if sent.reason)
    assert Counter(result.letters.values()) == wanted
    assert {sent.kind for sent in messages} >= {poison.kind for poison in POISON}


def test_duplicates_anywhere_do_not_change_the_results() -> None:
    messages = Traffic(8, Shape(events=3_000, users=150, misplaced=0.0), KEYS, [*PRODUCTS], NOW).messages()
    rules = oracle.Rules(15_000, KEYS.secrets, PRODUCTS)
    once = oracle.expected(logged(messages), rules)
    twice = oracle.expected(logged([*messages, *messages]), rules)
    assert once.profiles == twice.profiles
    assert (once.outcomes.keys(), once.rates, once.estimates) == (twice.outcomes.keys(), twice.rates, twice.estimates)


def test_the_same_seed_gives_the_same_traffic() -> None:
    shape = Shape(events=1_000, users=50)
    first, again, other = (Traffic(seed, shape, KEYS, [*PRODUCTS], NOW).messages() for seed in (3, 3, 4))
    assert first == again != other


def test_the_oracle_knows_the_partition_of_a_key() -> None:
    for length in range(1, 9):
        key = f"u{10 ** min(length % 4, 3)}-{length:032x}".encode()
        assert oracle.own_partition(key, -1, PARTITIONS) == partition_of(key, PARTITIONS)
    assert oracle.own_partition(b"alice", 4, PARTITIONS) == oracle.own_partition(None, 4, PARTITIONS) == 4


def logged(messages: list[Sent]) -> list[oracle.Event]:
    """The messages as a broker would have appended them, all within a second; misplaced ones lie where they belong."""
    ends: Counter[tuple[str, int]] = Counter()
    events: list[oracle.Event] = []
    for sent in messages:
        record = sent.record
        partition = partition_of(record.key or b"", PARTITIONS)
        raw = (record.topic, partition, ends[record.topic, partition], to_ms(NOW), record.key, record.value)
        events.append(plain(RawRecord(*raw, record.headers)))
        ends[record.topic, partition] += 1
    return events


def test_the_oracle_counts_the_impressions_of_two_shoppers_under_one_id_as_two() -> None:
    keys = [f"u1-{number:032x}".encode() for number in (1, 1, 2)]
    records = [
        encode(
            Impression(impression_id="page-1", user_id=key.decode(), propensity=0.5),
            event_id="page-1", source="log", time=NOW, key=key,
        )
        for key in keys
    ]  # fmt: skip
    raws = [RawRecord(r.topic, 0, n, to_ms(NOW), r.key, r.value, r.headers) for n, r in enumerate(records)]
    rules = oracle.Rules(15_000, KEYS.secrets, PRODUCTS)
    assert oracle.expected([plain(raw) for raw in raws], rules).impressions == 2
