"""Values that have broken parsers before: numbers, texts, JSON fragments, times."""

from __future__ import annotations

from typing import Final

INTEGERS: Final = (
    0, 1, -1, 2, 7, 127, 128, 255, 256, 65_535, 86_400_000, 86_400_001, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1,
    2**32, 2**53, 2**53 + 1, 10**12, 10**12 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64,
    253_402_300_799, 253_402_300_800, -62_135_596_800, -62_135_596_801, 9_999_999_999_999,
)  # fmt: skip

TIMES: Final = (
    b"2026-03-01T12:00:00Z", b"0001-01-01T00:00:00Z", b"0001-01-01T00:00:00+23:59", b"0000-01-01T00:00:00Z",
    b"9999-12-31T23:59:60Z", b"9999-12-31T23:59:59.999999999Z", b"9999-12-31T23:59:59-23:59", b"10000-01-01T00:00:00Z",
    b"2016-12-31T23:59:60Z", b"2026-03-01T24:00:00Z", b"2026-03-01T12:00:00+24:00", b"2026-02-30T12:00:00Z",
    b"2026-03-01t12:00:00z", b"2026-03-01 12:00:00", b"2026-03-01T12:00:00." + b"9" * 60 + b"Z",
    b"-2026-03-01T12:00:00Z", b"2026-W09-7T12:00:00Z", b"1e9", b"yesterday", "٢٠٢٦-03-01T12:00:00Z".encode(),
)  # fmt: skip

TEXTS: Final = (
    b"", b"\0", b" ", b"\n", b"\r\n", b"\x7f", b"\x1b[2J", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf", "\u2028".encode(), "\x85".encode(), "\u202e".encode(), "\ufffe".encode(), "\U0010ffff".encode(),
    "e\u0301\u0301\u0301".encode(), "\U0001f468\u200d\U0001f469\u200d\U0001f467".encode(), "İıſß".encode(),
    b"%s%n", b"{}", b"{0.__class__}", b"../../../etc/passwd", b"'; DROP TABLE creatives; --", b"<b>", b"\\", b'"',
    b"u1-" + b"0" * 32, b"u1-" + b"g" * 32, b"alice@example.org", b"null", b"NaN", b"true", b"_" * 300, b"=" * 5,
)  # fmt: skip

FRAGMENTS: Final = (
    b"null", b"true", b"false", b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"1e308", b"1e-400", b"-0",
    b"-0.0", b"0.1", b"1.5", b"1E2", b"01", b"1.", b".5", b"+1", b"0x10", b"1_000", b"9" * 400, b"-" + b"9" * 400,
    b"9" * 4300, b"9" * 4301,
    b"9" * 100_000, b'"' + b"9" * 5000 + b'"', b'"1e400"', b'"NaN"', b'"nan"', b'"-Infinity"', b'"1_0"',
    b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\u0000"', b'"\\ud83d\\udc5f"', b'"\\x"', b'"\t"', b"[]", b"{}", b"[[]]",
    b'[""]', b"[null]", b"[1,\"a\",{}]", b'{"":""}', b'{"a":1,"a":2}', b'{"1":0.5}', b'{"seconds":1}', b'{"@type":"x"}',
    b"/**/", b"AA==", b'"AA"', b'"A"', b"'a'", b'"\xff"', b'"' + b"x" * 600 + b'"',
)  # fmt: skip

NAMES: Final = (
    b"", b"user_id", b"userId", b"USER_ID", b"product_id", b"[a.b]", b"@type", b"__class__", b"\\u0000", b"\\ud800",
    b"shop_id", b"value", b"x" * 300, b"dwell_ms", b"impression_token", b"\\u2028",
)  # fmt: skip
"""Names of JSON fields, as they are written between quotes."""

DEPTHS: Final = (2, 60, 99, 101, 200, 480, 900, 985, 1_010, 5_000, 100_000)
"""How deep to nest: around protobuf's limit of 100, Python's of 1,000, and far beyond."""

_MUCH_BYTES: Final = 4 << 20  # no target takes more


def fitting(times: int, size: int) -> int:
    """`times`, limited so that as many pieces of that size have at most 4 MiB (but at least 1).

    >>> fitting(3_000, 5), fitting(3_000, 1 << 20)
    (3000, 4)
    """
    return min(times, max(_MUCH_BYTES // max(size, 1), 1))
