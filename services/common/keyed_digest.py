"""One digest of several values, which only the holders of a key can compute."""

from __future__ import annotations

import hmac
from collections.abc import Iterable


def keyed_digest(key: bytes, parts: Iterable[bytes]) -> bytes:
    """HMAC-SHA256(key, length-prefixed parts), 32 bytes; the prefixes keep ("a", "bc") and ("ab", "c") apart.

    >>> keyed_digest(b"k", [b"a", b"bc"]) == keyed_digest(b"k", [b"ab", b"c"])
    False
    """
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.digest(key, message, "sha256")
