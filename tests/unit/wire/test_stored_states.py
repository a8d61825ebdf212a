"""States that an older release stored are read as they were: these bytes were written by its code."""

from __future__ import annotations

import base64

import msgpack
import numpy as np
import pytest

from services.common.errors import Bug
from services.outcomes import state as outcomes
from services.profiles import state as profiles
from services.wire.faust.states.compression import squeezed, unsqueezed

OUTCOMES_ZLIB = (
    "AXgB7dqtDoJgGMXxhxkMFovVWQ1+4feFeAGobDB1uskF8GazzmTB4ixeg0KVZLV5B16A4JxBi8VxwiG9ifD+KH921im1N4blwdgejOaVevEqec8u"
    "VZehiLYIb5Y8D5eMLyevP3UCzXLMyWxsOGaBh79eQsRQI8Nfr/iXLzhi0MmAwFAnAwJDgwwIDE0yIDC0yIDA0CYDAkOHDAgMXTIkzrCN8o0Znfx/"
    "gtiBHY3hwJDGcGBJYzgwpTEc2NIYDoxpDAfWNIYDcxrDgT0N4aCzpzEc2NMYDuxpDAf2NIYDexrDgT2N4cCexnBgT2M4sKcxHNjTyTuoeF+88rPy"
    "8byG3/b9NfwO7kfxxVVnSTc271W4q3bv1bg6a4de7vtNDwR17ic="
)
PROFILE_ZSTD = (
    "Aii1L/1gKDAVBwBkB5YCnwDFBegAzwAGCiQYHkAAkt4AHtoBamFkLnZpZXdzIC8wADEBMgIzAzQENQU2BjcHOAg5CdoBazEwCjELMgwzDTQONQ82"
    "EDcROBI5EzIwFDEVMhYzFzQYNRk2GjcbOBw5HYGogQfPAAABi8/laAHOAbBVFQIiADiNd+VDEDWgYjWgYjWgYjWgYjWgYjWgYjWgYjWgYjWgjjSg"
    "YjWgYjWgYjWgYjWgYjWgYjWgYjWgYjVQsZrcUocZUHUaUHEaUHEaUHEaUHEaUHEaUHEaUHEaqDgtbqkjLhZ1kAf+LAMi"
)
SHOWN_MS = 1_700_000_000_000
DAY_MS = 86_400_000


def test_the_outcomes_of_a_shopper() -> None:
    stored = base64.b64decode(OUTCOMES_ZLIB)
    shown = outcomes.ImpressionState(SHOWN_MS, SHOWN_MS + DAY_MS, True, "bot", b"template " * 40)
    click = outcomes.TokenEvent(bytes(16), SHOWN_MS + 500, SHOWN_MS + 500 + DAY_MS, False, 0, b"")
    expected = outcomes.UserState(
        offsets={"ad.clicks/3": 41},
        shown={f"i-{number}": shown for number in range(30)},
        clicks={"i-1": click},
        bot_ms={472_222: SHOWN_MS},
        minutes={"ad.clicks": {28_333_333: bytes(16)}},
    )
    assert outcomes.unpack(stored) == expected
    assert outcomes.unpack(outcomes.pack(expected)) == expected


def test_the_profile_of_a_shopper() -> None:
    stored = base64.b64decode(PROFILE_ZSTD)
    state = profiles.unpack(stored)
    assert state.appended_us == SHOWN_MS * 1_000
    assert state.minutes == {"ad.views": {28_333_333: 2}}
    offsets = {f"{'ad.views ' * 40}/{number}": number for number in range(30)}
    assert state.deduplicator.packed() == [offsets, {"ad.views": {7: SHOWN_MS + 1}}]
    assert not any(state.profile.integers) and not np.any(state.profile.decayed)
    assert unsqueezed(profiles.pack(state)) == unsqueezed(stored)


def test_a_state_of_another_release_is_refused_by_name() -> None:
    fields = msgpack.unpackb(unsqueezed(base64.b64decode(PROFILE_ZSTD)), strict_map_key=False)
    with pytest.raises(Bug, match="version 3"):
        profiles.unpack(squeezed(msgpack.packb([3, *fields[1:]])))


def test_small_states_are_stored_as_they_are() -> None:
    assert outcomes.unpack(b"\x00\x98\x03\x80\x80\x80\x80\x80\x80\x80") == outcomes.EMPTY
    assert profiles.pack(profiles.State())[0] == 0
