"""The settings of the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from services.common.consent import ALLOWED_UNLESS_SAID, ConsentSetting
from services.common.settings import Address, AtLeastOne, Port, Seconds


@dataclass(frozen=True, slots=True)
class EventsSettings:
    """Read from `ADLOOM_*`; addresses are host:port."""

    events: Address = "127.0.0.1:50052"  # where this server listens
    kafka: str = "127.0.0.1:9092"
    redis: str = "127.0.0.1:6379"
    health_port: Port = 0  # 0: any free port
    health_host: str = "127.0.0.1"
    secrets_dir: Path = field(default_factory=lambda: Path(".adloom/secrets"))
    consent: ConsentSetting = ALLOWED_UNLESS_SAID  # of shoppers whose events do not say what they allow
    default_deadline_s: Seconds = 10.0  # for callers without a deadline
    in_flight: AtLeastOne = 256  # concurrent requests; more are refused
    drain_s: Seconds = 5.0  # after SIGTERM: for requests in flight, then as long again for Kafka
