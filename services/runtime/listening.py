"""The sockets that a setting stands for: where a server of ours listens, and for whom.

`127.0.0.1` and `::1` are the loopback of one family, `0.0.0.0` is every IPv4 address of the machine, and `::` every
address, IPv4 and IPv6 in one socket, or every IPv4 address where the machine has no IPv6. A name stands for all
addresses that it has here.
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Final

from services.common.errors import Misconfigured

EVERYWHERE: Final = "::"
_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_TAKEN: Final = (errno.EADDRINUSE, errno.EACCES)


def listeners(host: str, port: int, backlog: int) -> list[socket.socket]:
    """Bound sockets at `host`, all at the same port, which for 0 is any free one.

    Raises `Misconfigured` that names the setting at fault.
    """
    found: list[socket.socket] = []
    try:
        for address in _addresses(host):
            found.append(_listener(address, found[0].getsockname()[1] if found else port, backlog))
    except (OSError, ValueError) as exc:
        for one in found:
            one.close()
        if isinstance(exc, OSError) and exc.errno in _TAKEN:
            raise Misconfigured(f"ADLOOM_HEALTH_PORT: {port} at {host} is not to be had ({exc.strerror})") from exc
        expected = f"an address or name of this machine, or {EVERYWHERE} for all its addresses,"
        raise Misconfigured(f"ADLOOM_HEALTH_HOST: {host!r} where {expected} was expected") from exc
    return found


def _addresses(host: str) -> Sequence[str]:
    """Looks up names only: for an address that could take as long as a resolver is patient."""
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]  # brackets, as addresses with a port have them
    except ValueError:
        if not _NAME.fullmatch(host):  # resolvers make something of "*" and "127.1"
            raise
    found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _listener(address: str, port: int, backlog: int) -> socket.socket:
    both = address == EVERYWHERE and socket.has_dualstack_ipv6()
    if address == EVERYWHERE and not both:
        address = "0.0.0.0"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=backlog, dualstack_ipv6=both)
