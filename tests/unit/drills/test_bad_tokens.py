"""The drill's bad tokens are refused for the reasons that they state."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from services.common.clock import from_ms
from services.common.token import Token, TokenKeys
from services.outcomes.token_rules import judge
from services.tools.drills.tokens.bad_tokens import USED, Genuine, bad_tokens

KEYS = TokenKeys("1", {"1": b"k" * 32})
NOW_MS = 1_800_000_000_000


def genuine() -> list[Genuine]:
    tokens = [Token(f"i-{n}", f"u1-{n:032x}", "c", "p", 0.25, "front", 0, NOW_MS - n) for n in range(1, 5)]
    return [Genuine(KEYS.sign(token), token.user_id, token) for token in tokens]


def test_each_bad_token_is_refused_by_its_reason_and_all_kinds_occur() -> None:
    bad = list(islice(bad_tokens(genuine(), KEYS, NOW_MS, seed=1), 20_000))
    kinds = Counter(one.kind for one in bad)
    assert len(kinds) >= 9 and min(kinds.values()) >= 4
    for one in bad:
        expected = "" if one.reason == USED else one.reason
        assert judge(one.text, one.user_id, from_ms(NOW_MS), KEYS).refused == expected, one
