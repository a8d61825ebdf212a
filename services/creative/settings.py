"""The settings of the process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from services.common.consent import ALLOWED_UNLESS_SAID, ConsentSetting
from services.common.settings import Address, AtLeastOne, Count, Port, Seconds, Url, Within
from services.models.manifest import REPOSITORY


@dataclass(frozen=True, slots=True)
class CreativeSettings:
    """Read from `ADLOOM_*`; addresses are host:port."""

    creative: Address = "127.0.0.1:50051"  # where this server listens
    kafka: str = "127.0.0.1:9092"
    redis: str = "127.0.0.1:6379"
    triton: str = "127.0.0.1:8001"
    health_port: Port = 0  # 0: any free port
    health_host: str = "127.0.0.1"
    secrets_dir: Path = field(default_factory=lambda: Path(".adloom/secrets"))
    assets_dir: str = ".adloom/data/assets"  # a folder, or the URL of an object store
    models_dir: Path = REPOSITORY  # what Triton serves: records name the version of its click model
    data_dir: Path = field(default_factory=lambda: Path(".adloom/data/creative"))
    web_url: Url = ""  # where `web` is found: answers then carry URLs of pictures and clicks; empty: references
    renders: bool = False  # whether callers load /r/TOKEN for each ad that they show, also without our markup
    consent: ConsentSetting = ALLOWED_UNLESS_SAID  # of shoppers whose requests do not say what they allow
    experiment: str = "control-1"  # salt of the control share; a new name reassigns shoppers to control
    allow_seeds: bool = False  # for drills: callers may give the seed of the draw in the metadata `adloom-seed`
    allow_approvals: bool = False  # whether a caller of GenerateCreatives may approve the results, unreviewed
    composers: Count = 1  # processes that lay out generated creatives; 0: none, it is done beside the answers
    brand: str = ""  # a file with the brand kit, for generated creatives; empty: templates choose
    screen: str = ""  # a file with the shop's thresholds of the screen; empty: services/screening/policy.toml
    time_zone: str = "UTC"  # of the shop, for the last day of a sale
    four_eyes: bool = False  # whether two persons approve what is served
    frequency_limit: Count = 20  # a creative is excluded once a shopper had it this often; 0: never
    frequency_window_s: Seconds = 3600.0
    in_flight: AtLeastOne = 24  # concurrent requests, about 50 ms of computing; more are refused with a pushback
    emission_queue: AtLeastOne = 4096  # records that wait for Kafka in memory; more are read again from the journal
    journal_bytes: Annotated[int, Within(1 << 20)] = 1 << 30  # records that Kafka has not confirmed yet, on disk
    drain_s: Seconds = 5.0  # after SIGTERM: for requests in flight, then as long again for Kafka
