"""How a shopper's impressions of campaigns with caps are called in Redis."""

from __future__ import annotations

import hashlib


def seen_key(user_id: str) -> str:
    """The shopper's sorted set; its members are `NAME|TICKET|NUMBER`, their scores milliseconds since 1970."""
    return f"adloom:campaigns:seen:{user_id}"


def short_name(campaign_id: str) -> str:
    """The NAME of a campaign: without the separator, and short, because it is there once an impression."""
    return hashlib.sha256(campaign_id.encode()).hexdigest()[:16]
