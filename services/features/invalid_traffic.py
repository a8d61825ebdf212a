"""Invalid traffic: counted in the totals and kept out of learning. Declared bots, and bursts that no person makes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from services.features.profile import Profile, micros

BOT = "bot"
RATE = "rate"

BURST_PER_MINUTE: Final = 120
"""Limit for events of one kind by one shopper in one minute of event time; more is a burst."""

MARKED_US = 24 * 3600 * 1_000_000
"""How long a shopper stays marked after the newest bot event or burst."""

_CRAWLER: Final = (
    r"bot\b|bot/|crawl|spider|slurp|scrap|headless|phantomjs|selenium|puppeteer|playwright|monitor|preview"
)
_PROGRAM: Final = r"^(curl|wget|python|go-http|java|okhttp|libwww|apache-httpclient|node-fetch|axios)\b"
_CRAWLERS = re.compile(_CRAWLER, re.IGNORECASE)
_DECLARED = re.compile(f"{_CRAWLER}|{_PROGRAM}", re.IGNORECASE)


def is_declared_bot(user_agent: str) -> bool:
    """Whether a user agent declares itself as a bot or a program.

    >>> is_declared_bot("Mozilla/5.0 (compatible; Googlebot/2.1)"), is_declared_bot("curl/8.5.0")
    (True, True)
    >>> is_declared_bot("Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"), is_declared_bot("")
    (False, False)
    """
    return bool(user_agent) and _DECLARED.search(user_agent) is not None


def is_crawler(user_agent: str) -> bool:
    """Whether a user agent declares itself as one that follows links by itself: a crawler, or the preview of a link.

    >>> is_crawler("Mozilla/5.0 (compatible; Googlebot/2.1)"), is_crawler("curl/8.5.0")
    (True, False)
    """
    return _CRAWLERS.search(user_agent) is not None


def invalid_traffic(profile: Profile, now: datetime) -> str:
    """Why this shopper's traffic is kept out of learning at `now`: "bot", "rate", or "" for ordinary traffic."""
    since_us = micros(now) - MARKED_US
    if profile.integer("last_bot_us") > max(since_us, 0):
        return BOT
    if profile.integer("last_burst_us") > max(since_us, 0):
        return RATE
    return ""
