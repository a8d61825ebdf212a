"""Opens the listening sockets for a host setting.

`127.0.0.1` and `::1` are the loopback address of one family. `0.0.0.0` is every IPv4 address of the machine. `::` is
every address, IPv4 and IPv6 in one socket, or every IPv4 address if the machine has no IPv6. A name is resolved to all
its addresses.
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
HEALTH: Final = ("HEALTH_HOST", "HEALTH_PORT")
_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_TAKEN: Final = (errno.EADDRINUSE, errno.EACCES)


def listeners(host: str, port: int, backlog: int, settings: tuple[str, str] = HEALTH) -> list[socket.socket]:
    """Sockets bound to `host`, all on the same port; port 0 is any free one.

    Raises `Misconfigured`, which names the setting at fault: `settings` are those of the host and of the port.
    """
    found: list[socket.socket] = []
    try:
        for address in _addresses(host):
            found.append(_listener(address, found[0].getsockname()[1] if found else port, backlog))
    except (OSError, ValueError) as exc:
        for one in found:
            one.close()
        if isinstance(exc, OSError) and exc.errno in _TAKEN:
            raise Misconfigured(f"ADLOOM_{settings[1]}: {port} at {host} is not to be had ({exc.strerror})") from exc
        expected = f"an address or name of this machine, or {EVERYWHERE} for all its addresses,"
        raise Misconfigured(f"ADLOOM_{settings[0]}: {host!r} where {expected} was expected") from exc
    return found


def _addresses(host: str) -> Sequence[str]:
    """Resolves names only: for an address a lookup could block until the resolver's timeout."""
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]  # IPv6 addresses may have brackets
    except ValueError:
        if not _NAME.fullmatch(host):  # resolvers would accept "*" and "127.1"
            raise
    found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _listener(address: str, port: int, backlog: int) -> socket.socket:
    both = address == EVERYWHERE and socket.has_dualstack_ipv6()
    if address == EVERYWHERE and not both:
        address = "0.0.0.0"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return socket.create_server((address, port), family=family, backlog=backlog, dualstack_ipv6=both)
