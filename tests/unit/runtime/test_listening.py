"""A setting says where a server listens, and for whom: one family of addresses, both, or it is refused by name."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from services.common.errors import Misconfigured
from services.common.settings import read
from services.events.settings import EventsSettings
from services.runtime.grpc_arrival import Arrivals
from services.runtime.grpc_server import listen, new_server, server_options
from services.runtime.health import Readiness
from services.runtime.listening import listeners
from services.runtime.process import run_process
from tests.unit.runtime.test_process import Some

V4, V6 = "127.0.0.1", "::1"
needs_v6 = pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")


def reached(host: str) -> set[str]:
    """By which loopback addresses a server at this host is."""
    found = listeners(host, 0, 8)
    port = found[0].getsockname()[1]
    heard = {address for address in (V4, V6) if connects(address, port)}
    for one in found:
        one.close()
    return heard


def connects(address: str, port: int) -> bool:
    try:
        with closing(socket.create_connection((address, port), timeout=10)):
            return True
    except ConnectionRefusedError:
        return False


@needs_v6
@pytest.mark.parametrize(
    ("host", "by"),
    [
        ("127.0.0.1", {V4}),
        ("0.0.0.0", {V4}),
        ("::1", {V6}),
        ("[::1]", {V6}),
        ("::", {V4, V6}),
        ("[::]", {V4, V6}),
        ("0:0:0:0:0:0:0:0", {V4, V6}),
    ],
)
def test_an_address_is_heard_by_the_families_that_it_says(host: str, by: set[str]) -> None:
    assert reached(host) == by


def test_a_name_is_heard_at_every_address_that_it_has() -> None:
    known = {str(address[0]) for *_, address in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    assert reached("localhost") == known


def test_every_address_is_every_ipv4_address_where_there_is_no_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "has_ipv6", False)
    (only,) = listeners("::", 0, 8)
    with only:
        assert only.family == socket.AF_INET
        assert connects(V4, only.getsockname()[1])


@pytest.mark.parametrize(
    "host", ["300.1.1.1", "nowhere.invalid", "*", " ", "8.8.8.8", "::ffff:1.2.3.4", "127.1", "::1:9090", "é", "a" * 300]
)
def test_what_is_no_address_of_this_machine_is_named(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_process("some", lambda: Some(health_host=host), never) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(f"adloom some: ADLOOM_HEALTH_HOST: {host!r} where an address or name")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::"])
def test_a_port_that_somebody_has_is_named(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((V4, 0)) as other:
        port = other.getsockname()[1]
        assert run_process("some", lambda: Some(health_host=host, health_port=port), never) == 2
    assert f"ADLOOM_HEALTH_PORT: {port} at {host} is not to be had" in capsys.readouterr().err


def never(settings: Some, ready: Readiness) -> None:
    pytest.fail("it went on without a health port")


@needs_v6
@pytest.mark.parametrize(
    ("host", "by"), [("127.0.0.1", {V4}), ("[::1]", {V6}), ("[::]", {V4, V6}), ("0.0.0.0", {V4, V6})]
)
@pytest.mark.asyncio
async def test_a_grpc_server_is_heard_by_the_families_that_its_address_says(host: str, by: set[str]) -> None:
    port = a_free_port()
    server = new_server(server_options(1 << 20), Arrivals())
    listen(server, f"{host}:{port}", "ADLOOM_SOME")
    await server.start()
    assert {address for address in (V4, V6) if connects(address, port)} == by
    await server.stop(0)


def a_free_port() -> int:
    (one,) = listeners("::", 0, 8)
    with one:
        return int(one.getsockname()[1])


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:x", ":1", ":::1", "::1:1", "1", "[]:1"],
)
def test_an_address_of_a_grpc_server_that_is_none_is_named(address: str) -> None:
    with pytest.raises(Misconfigured, match="ADLOOM_EVENTS: .* where text like host:port, .* was expected"):
        read(EventsSettings, {"ADLOOM_EVENTS": address})


@pytest.mark.parametrize(
    "address", ["127.0.0.1:1", "[::]:50052", "[fe80::1%eth0]:65535", "localhost:0", "events.shop:1"]
)
def test_an_address_of_a_grpc_server_is_taken_as_it_is(address: str) -> None:
    assert read(EventsSettings, {"ADLOOM_EVENTS": address}).events == address
