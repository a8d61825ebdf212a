"""Feast's provider over a Redis client with time limits and without retries."""

from __future__ import annotations

from dataclasses import dataclass

from redis.backoff import NoBackoff
from redis.retry import Retry

from services.features.feast_fence import FencedRedis
from services.features.feast_library import EntityKey, Provider, Value, feast, get_provider, online_config

PART = "redis"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait for Redis, in seconds."""

    connect_s: float
    answer_s: float


def provider_of(address: str, limits: Limits) -> tuple[feast.RepoConfig, Provider]:
    """Feast's settings and provider, not connected yet.

    Feast's connection string cannot disable retries, and with redis-py's default retries a caller waits many seconds
    while the port is closed. The online store is therefore given a client of ours.
    """
    config = online_config(address)
    provider = get_provider(config)
    host, _, port = address.rpartition(":")
    provider.online_store._client = FencedRedis(  # type: ignore[attr-defined]
        host=host.strip("[]"),
        port=int(port),
        socket_connect_timeout=limits.connect_s,
        socket_timeout=limits.answer_s,
        retry=Retry(NoBackoff(), 0),
        socket_keepalive=True,
    )
    return config, provider


def entity_key(name: str, value: str) -> EntityKey:
    """Feast's key of one entity."""
    return EntityKey(join_keys=[name], entity_values=[Value(string_val=value)])
