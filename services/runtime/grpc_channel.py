"""The one way to a gRPC server: no channel of ours goes through a proxy.

gRPC's core sends every channel to the proxy that `grpc_proxy`, `https_proxy` or `http_proxy` names, a channel to
127.0.0.1 too, unless `no_proxy` lists the host. Such variables are there for registries and other strangers: a proxy
knows neither our loopback ports nor a cluster's service names.
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
    """The same for an event loop."""
    return grpc.aio.insecure_channel(address, options=NO_PROXY + options)
