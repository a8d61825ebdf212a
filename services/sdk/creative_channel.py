"""Opens a channel to the creative-service that retries with backoff, as `protos/adloom/service_config.json` says.

The channel ignores proxies of the environment (`services/runtime/grpc_channel.py` says why).

Set a `request_id` on every request: a retry is then a repeat of the request, and the process that answered first gives
the same answer again. Another replica decides anew; a different decision has a different impression id. The caller's
deadline covers all attempts together.
"""

from __future__ import annotations

from importlib import resources
from typing import Final

import grpc

from services.runtime.grpc_channel import Options, open_aio_channel, open_channel

SERVICE_CONFIG: Final = resources.files("protos").joinpath("adloom/service_config.json").read_text("utf-8")
_LARGEST_ANSWER_BYTES: Final = 64 * 1024 * 1024


_OPTIONS: Final[Options] = (
    ("grpc.service_config", SERVICE_CONFIG),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", _LARGEST_ANSWER_BYTES),
)
_LONG_LIVED: Final[Options] = (
    ("grpc.lb_policy_name", "round_robin"),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)


def channel_to(address: str) -> grpc.Channel:
    """A channel to a creative-service at host:port; connects when it is first used."""
    return open_channel(address, _OPTIONS)


def aio_channel_to(address: str) -> grpc.aio.Channel:
    """The same for asyncio and for a server that lives long.

    Calls take turns among all replicas that a name has (`dns:///creative:50051`), and one that comes back is used again
    within a second: gRPC itself would wait for up to two minutes.
    """
    return open_aio_channel(address, (*_OPTIONS, *_LONG_LIVED))
