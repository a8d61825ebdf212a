"""Inside the system, users are identified only by a keyed hash of their id (law 7)."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field

_PSEUDONYM = re.compile(r"u[1-9][0-9]{0,3}-[0-9a-f]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PseudonymKey:
    """The key that turns user ids into pseudonyms; anyone who holds it can link the two.

    >>> PseudonymKey(1, b"secret").pseudonym("alice")
    'u1-4360c67bc81025114044578d7c4e8e0f'
    """

    key_id: int
    secret: bytes = field(repr=False)

    def pseudonym(self, user: str) -> str:
        """`u` + key id + `-` + the first 32 hex digits of HMAC-SHA256(secret, UTF-8 of `user`)."""
        return f"u{self.key_id}-{hmac.digest(self.secret, user.encode(), 'sha256').hex()[:32]}"


def is_pseudonym(text: str) -> bool:
    """Whether `text` has the form of a pseudonym.

    >>> is_pseudonym("u1-" + "0" * 32), is_pseudonym("alice@example.org")
    (True, False)
    """
    return _PSEUDONYM.fullmatch(text) is not None
