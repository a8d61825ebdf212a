"""Whatever the bytes are, they get a verdict; and a raw identity is found under any few wrappings."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from protos.gen.adloom.events.v1.events_pb2 import View
from services.wire.codec.hidden_person import hides_person


def percent(data: bytes) -> bytes:
    """All bytes percent-encoded."""
    return "".join(f"%{byte:02x}" for byte in data).encode()


WRAPS: tuple[Callable[[bytes], bytes], ...] = (
    gzip.compress,
    zlib.compress,
    base64.b64encode,
    base64.urlsafe_b64encode,
    lambda data: data.hex().encode(),
    percent,
    lambda data: b'{"specversion":"1.0","data_base64":"' + base64.b64encode(data) + b'"}',
)
FRAMES: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: data,
    lambda data: b"\0\0\0\0\x07" + data,
    lambda data: b"\0\0\0\0\x07\2\4" + data,
    lambda data: b"\0" + len(data).to_bytes(4, "big") + data,
    lambda data: bytes([len(data)]) + data,
)
wraps = st.sampled_from(WRAPS)
BROKEN = (
    b"\x1f\x8b\x08",
    b"\x78\x9c",
    b"\0\0\0\0\1",
    b"\0\0\0\0\1\4",
    b"\3\5",
    b"\xc3\1",
    b"\n",
    b"%",
    b"&#",
    b"\\u",
    b"@",
)


@given(st.lists(st.sampled_from(BROKEN) | st.binary(max_size=40), max_size=8), st.lists(wraps, max_size=2))
def test_any_bytes_get_a_verdict(parts: list[bytes], wrapped_by: list[Callable[[bytes], bytes]]) -> None:
    value = b"".join(parts)
    for wrap in wrapped_by:
        value = wrap(value)
    assert hides_person(value) in (True, False)


@example("hbfc2", FRAMES[1], [base64.b64encode, zlib.compress, percent])  # its zlib has an `&`, which is no entity
@given(
    st.text("abcdefgh0123", min_size=3, max_size=12), st.sampled_from(FRAMES), st.lists(wraps, min_size=1, max_size=3)
)
def test_a_raw_user_is_found_in_any_frame_under_any_three_wrappings(
    user: str, frame: Callable[[bytes], bytes], wrapped_by: list[Callable[[bytes], bytes]]
) -> None:
    value = frame(View(user_id=user, product_id="tee").SerializeToString())
    for wrap in wrapped_by:
        value = wrap(value)
    assert hides_person(value)
