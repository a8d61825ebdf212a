"""The names of decisions, and the keys under which clicks and orders wait for the record of one."""

from __future__ import annotations

import hashlib
import struct


def decision_name(creative_id: str, propensity: float) -> str:
    """16 hex digits that stand for what was decided.

    >>> decision_name("a", 0.5) == decision_name("a", 0.5), decision_name("a", 0.5) == decision_name("a", 0.25)
    (True, False)
    """
    return hashlib.sha256(struct.pack(">d", propensity) + creative_id.encode()).hexdigest()[:16]


def waiting_key(impression_id: str, creative_id: str, propensity: float) -> str:
    """The key of what waits for this decision.

    >>> is_waiting_key(waiting_key("i-1", "a", 0.5)), is_waiting_key("i-1")
    (True, False)
    """
    return f"{impression_id}\0{decision_name(creative_id, propensity)}"


def is_waiting_key(key: str) -> bool:
    """Whether `waiting_key` made it."""
    return "\0" in key
