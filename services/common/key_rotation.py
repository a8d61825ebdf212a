"""Rotates the token keys while tokens are being signed and clicks arrive; pure.

The new key is in the file some time before it signs, so that every verifier has read it by then: no token arrives
before its key. The old key stays in the file as long as a token that it signed may still be valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from services.common.errors import Misconfigured
from services.common.token import LIFETIME

KEPT_MS: Final = (LIFETIME + timedelta(hours=1)) // timedelta(milliseconds=1)
"""How long a key is kept after its last token: the lifetime of a token, and one hour for clocks that disagree."""


def rotated(content: Mapping[str, Any], secret: str, from_ms: int, now_ms: int) -> dict[str, Any]:
    """The file's next content: `secret` (hex) signs from `from_ms` on, keys whose tokens have all expired are removed.

    Raises `Misconfigured` while the key of an earlier rotation does not sign yet.

    >>> once = rotated({"signing": "1", "secrets": {"1": "aa"}}, "bb", from_ms=10, now_ms=0)
    >>> once == {"signing": "1", "next": "2", "next_from_ms": 10, "stopped_ms": {"1": 10},
    ...          "secrets": {"1": "aa", "2": "bb"}}
    True
    >>> sorted(rotated(once, "cc", KEPT_MS + 20, KEPT_MS + 11)["secrets"])
    ['2', '3']
    """
    if content.get("next") and now_ms < content["next_from_ms"]:
        wait_s = (content["next_from_ms"] - now_ms) / 1000
        raise Misconfigured(f"key {content['next']} begins to sign in {wait_s:.0f} s: rotate again after that.")
    signing = content.get("next") or content["signing"]
    stopped = {**content.get("stopped_ms", {}), signing: from_ms}
    stopped = {key_id: ms for key_id, ms in stopped.items() if now_ms - ms <= KEPT_MS}
    kept = {key_id: held for key_id, held in content["secrets"].items() if key_id == signing or key_id in stopped}
    new = str(1 + max((int(key_id) for key_id in content["secrets"] if key_id.isdecimal()), default=0))
    return {
        "signing": signing,
        "next": new,
        "next_from_ms": from_ms,
        "stopped_ms": stopped,
        "secrets": {**kept, new: secret},
    }
