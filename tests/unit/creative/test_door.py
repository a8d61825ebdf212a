"""A door that cannot be opened ends the process with one sentence that names the setting."""

from __future__ import annotations

import socket

import pytest

from services.common.errors import Misconfigured
from services.creative.server import Health, build_server, listen
from tests.unit.creative.house import House


@pytest.mark.parametrize("host", ["taken", "nowhere.invalid:1"])
@pytest.mark.asyncio
async def test_a_door_that_somebody_has_or_that_is_nowhere_is_a_wrong_setting(house: House, host: str) -> None:
    server = build_server(house.assembly().servicer, Health())
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}" if host == "taken" else host
        with pytest.raises(Misconfigured, match=f"ADLOOM_CREATIVE: nothing can listen on {address}"):
            listen(server, address)
