"""Opens all gRPC channels, never through a proxy.

gRPC's core connects every channel through the proxy that `grpc_proxy`, `https_proxy` or `http_proxy` names, also to
127.0.0.1, unless `no_proxy` lists the host. These variables are meant for external hosts such as registries: a proxy
can reach neither our loopback ports nor a cluster's service names.
"""

from __future__ import annotations

from typing import Final

import grpc

Options = tuple[tuple[str, int | str], ...]
NO_PROXY: Final[Options] = (("grpc.enable_http_proxy", 0),)


def open_channel(address: str, options: Options = ()) -> grpc.Channel:
    """A channel to host:port, without encryption; connects when it is first used."""
    return grpc.insecure_channel(address, options=NO_PROXY + options)


def open_aio_channel(address: str, options: Options = ()) -> grpc.aio.Channel:
    """The same as `open_channel`, for asyncio."""
    return grpc.aio.insecure_channel(address, options=NO_PROXY + options)
