"""All metrics in one table; a name exists once and means one thing."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field

from prometheus_client import Counter, Gauge, Histogram

_LATENCY_S = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"adloom_{name}", text, labels)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(f"adloom_{name}", text, labels)


def _seconds(name: str, text: str, *labels: str) -> Histogram:
    return Histogram(f"adloom_{name}_seconds", text, labels, buckets=_LATENCY_S)


@dataclass(frozen=True, slots=True)
class Metrics:
    """The table; `METRICS` is its one instance."""

    events: Counter = field(
        default_factory=lambda: _counter("events", "Events read, by what became of them", "topic", "fate")
    )
    dead_letters: Counter = field(
        default_factory=lambda: _counter("dead_letters", "Messages sent to the dead letters", "topic", "reason")
    )
    repartitioned: Counter = field(
        default_factory=lambda: _counter("moved", "Messages moved to the partition of their key", "topic")
    )
    records_sent: Counter = field(
        default_factory=lambda: _counter("records_sent", "Records handed to Kafka, by fate", "topic", "fate")
    )
    clients_lost: Counter = field(
        default_factory=lambda: _counter("clients_lost", "Kafka clients that did not recover and were replaced")
    )
    rejected_events: Counter = field(
        default_factory=lambda: _counter("rejected_events", "Events refused over gRPC", "payload", "reason")
    )
    decisions: Counter = field(
        default_factory=lambda: _counter("decisions", "Selections answered", "policy_id", "rung")
    )
    degraded: Counter = field(
        default_factory=lambda: _counter("degraded", "Requests answered without a part that was late or down", "part")
    )
    policy_version: Gauge = field(
        default_factory=lambda: _gauge("policy_version", "Version of the posterior that decides; 0 is the prior")
    )
    posterior_left_out: Gauge = field(
        default_factory=lambda: _gauge("posterior_left_out", "Creatives that the newest posterior has no room for")
    )
    studio_products: Gauge = field(
        default_factory=lambda: _gauge("studio_products", "Products that the studio knows, without those that are gone")
    )
    studio_waiting: Gauge = field(
        default_factory=lambda: _gauge("studio_waiting", "Products whose ads are still to be looked at")
    )
    studio_waits: Gauge = field(
        default_factory=lambda: _gauge("studio_waits", "Products that wait, by what they wait for", "why")
    )
    studio_ads: Gauge = field(
        default_factory=lambda: _gauge("studio_ads", "Ads that the studio has made for the products that there are")
    )
    studio_not_made: Gauge = field(
        default_factory=lambda: _gauge("studio_not_made", "Ads that could not be made for these products", "reason")
    )
    studio_photos: Gauge = field(
        default_factory=lambda: _gauge("studio_photos", "Photos that products link to, by how it stands", "fate")
    )
    studio_repeated: Gauge = field(
        default_factory=lambda: _gauge("studio_repeated", "Photos of many unrelated products, which ads do not show")
    )
    studio_asked_formats: Gauge = field(
        default_factory=lambda: _gauge("studio_asked_formats", "1: ads are made as placements ask for it", "format")
    )
    studio_asked_left_out: Gauge = field(
        default_factory=lambda: _gauge("studio_asked_left_out", "Formats that are asked for, with no room for more")
    )
    refusals: Counter = field(default_factory=lambda: _counter("refusals", "Requests refused", "code"))
    hung_up: Counter = field(
        default_factory=lambda: _counter("hung_up", "Connections closed because answers were not taken from them")
    )
    decision_seconds: Histogram = field(
        default_factory=lambda: _seconds("decision", "Time to answer one SelectCreatives request")
    )
    spooled: Gauge = field(default_factory=lambda: _gauge("spooled_records", "Decision records waiting on disk"))
    outcomes: Counter = field(default_factory=lambda: _counter("outcomes", "Outcomes settled", "kind"))
    late_clicks: Counter = field(
        default_factory=lambda: _counter("late_clicks", "Clicks after their attribution window")
    )
    unreadable_profiles: Counter = field(
        default_factory=lambda: _counter("unreadable_profiles", "Rows of Feast that could not be decoded")
    )
    restored_states: Gauge = field(
        default_factory=lambda: _gauge("restored_states", "States read back from the changelog, the last time")
    )
    restore_seconds: Gauge = field(
        default_factory=lambda: _gauge("restore_seconds", "How long reading them back took, the last time")
    )
    partitions: Gauge = field(default_factory=lambda: _gauge("partitions", "Partitions that this worker owns"))
    takeovers: Counter = field(
        default_factory=lambda: _counter("takeovers", "Times this worker was given its partitions anew")
    )
    written_again: Counter = field(
        default_factory=lambda: _counter("written_again", "States written again because a stranger's came after them")
    )
    claims: Counter = field(
        default_factory=lambda: _counter("claims", "Partitions whose rows this worker claimed as its own in Redis")
    )
    web_requests: Counter = field(
        default_factory=lambda: _counter("web_requests", "HTTP requests to web", "route", "status")
    )
    web_visits: Counter = field(
        default_factory=lambda: _counter("web_visits", "Clicks and renders reported over HTTP, by fate", "kind", "fate")
    )
    part_waits: Counter = field(
        default_factory=lambda: _counter("part_waits", "Times a process had to wait for a part", "part")
    )


METRICS = Metrics()

COUNTING = threading.Lock()
"""Held while the SDK counts, in a program that may fork. Without it, a child could inherit a counter's lock that a
thread of the parent held at the fork, and nobody would release it."""


def _let_go() -> None:
    """Releases the lock in a child, if it is held: some servers (uWSGI's `py-call-osafterfork`) run only this hook."""
    if COUNTING.locked():
        COUNTING.release()


os.register_at_fork(before=COUNTING.acquire, after_in_parent=COUNTING.release, after_in_child=_let_go)
