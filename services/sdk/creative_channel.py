"""A channel to the creative-service that retries with back-off as `protos/adloom/service_config.json` says.

It never uses a proxy of the environment (`services/runtime/grpc_channel.py` says why).

Give requests a `request_id`: then a retry is the same request, and gets the same answer from the process that gave it.
Another replica decides anew; what it decides otherwise has another impression id. The deadline that a caller sets holds
over all attempts.
"""

from __future__ import annotations

from importlib import resources
from typing import Final

import grpc

from services.runtime.grpc_channel import open_channel

SERVICE_CONFIG: Final = resources.files("protos").joinpath("adloom/service_config.json").read_text("utf-8")
_LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024


def channel_to(address: str) -> grpc.Channel:
    """A channel to a creative-service at host:port; connects when it is first used."""
    options = (
        ("grpc.service_config", SERVICE_CONFIG),
        ("grpc.enable_retries", 1),
        ("grpc.max_receive_message_length", _LARGEST_ANSWER_BYTES),
    )
    return open_channel(address, options)
