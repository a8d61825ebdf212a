"""Ports are free when chosen, stay what they were, and other people's addresses are taken as given."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.common.errors import Misconfigured
from services.tools.stack.addresses import (
    FIRST_PORT,
    LAST_PORT,
    any_free_port,
    choose_ports,
    is_free,
    read_external,
    settle,
)

TOKEN = "00000000beef"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on, outside the range that ports are chosen from."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_somebody_listens_on_is_not_free(taken: int) -> None:
    assert not is_free(taken)


def test_every_name_gets_a_port_of_its_own_inside_the_range() -> None:
    ports = choose_ports(("a", "b", "c"), {}, start=LAST_PORT - FIRST_PORT - 1)
    assert len(set(ports.values())) == 3
    assert all(FIRST_PORT <= port < LAST_PORT for port in ports.values())


def test_a_remembered_port_that_was_taken_meanwhile_is_replaced(taken: int) -> None:
    chosen = choose_ports(("kafka",), {"kafka": taken}, start=0)
    assert chosen["kafka"] != taken


def test_the_ports_of_a_home_are_the_same_at_the_next_start(tmp_path: Path) -> None:
    memory = tmp_path / "ports.json"
    first = settle(("creative",), memory, TOKEN, {})
    assert settle(("creative",), memory, TOKEN, {}) == first
    assert json.loads(memory.read_text())["kafka"] == first.port("kafka")


def test_an_existing_broker_is_used_and_gets_no_port(tmp_path: Path) -> None:
    memory = tmp_path / "ports.json"
    addresses = settle((), memory, TOKEN, {"ADLOOM_KAFKA": "broker.internal:9092,other:9092"})
    assert addresses["kafka"] == "broker.internal:9092,other:9092"
    assert addresses.external == {"kafka"}
    assert "kafka" not in json.loads(memory.read_text())


@pytest.mark.parametrize("address", ["broker", "broker:", ":9092", "broker:port", "a:1,b"])
def test_an_address_that_is_none_is_refused_by_name(address: str) -> None:
    with pytest.raises(Misconfigured, match="ADLOOM_KAFKA"):
        read_external({"ADLOOM_KAFKA": address})


def test_who_starts_slowly_finds_its_port_still_free() -> None:
    """Neither the next who asks nor an outgoing connection is given it meanwhile."""
    asked = [any_free_port() for _ in range(20)]
    assert len(set(asked)) == 20
    assert all(FIRST_PORT <= port < LAST_PORT for port in asked)
