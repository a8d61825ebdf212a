"""Checks that something listens at a broker's address before a client is made: a failed client leaks its sockets."""

from __future__ import annotations

import socket
import time

from services.common.errors import Unavailable

PART = "kafka"
_LOOK_S = 0.1


def require_listener(bootstrap: str, timeout_s: float) -> None:
    """Returns as soon as one address of `bootstrap` accepts a connection; raises `Unavailable` after `timeout_s`."""
    until = time.monotonic() + timeout_s
    while not any(_listens(address, timeout_s) for address in bootstrap.split(",")):
        if time.monotonic() + _LOOK_S > until:
            raise Unavailable(PART, f"no broker answered at {bootstrap} within {timeout_s} s")
        time.sleep(_LOOK_S)


def _listens(address: str, timeout_s: float) -> bool:
    host, _, port = address.strip().rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout_s):
            return True
    except OSError:
        return False
    except ValueError as exc:
        raise Unavailable(PART, f"{address!r} is no host:port") from exc
