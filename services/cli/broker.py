"""The broker and the secrets of commands that use Kafka directly."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.tools.stack import session
from services.tools.stack.state_dir import state_dir_of


@dataclass(frozen=True, slots=True)
class Broker:
    """Kafka's address, and the folder with the keys of the same deployment."""

    kafka: str
    secrets_dir: Path


def broker_of(environ: Mapping[str, str] = os.environ) -> Broker:
    """`ADLOOM_KAFKA` and `ADLOOM_SECRETS_DIR` where set, otherwise those of the running stack.

    Raises `Misconfigured` where there is neither.

    >>> broker_of({"ADLOOM_KAFKA": "kafka.internal:9092", "ADLOOM_HOME": "/srv/shop"}).secrets_dir.as_posix()
    '/srv/shop/secrets'
    """
    state_dir = state_dir_of(environ)
    kafka = environ.get("ADLOOM_KAFKA") or session.running(state_dir).kafka
    return Broker(kafka, Path(environ.get("ADLOOM_SECRETS_DIR") or state_dir.secrets))
