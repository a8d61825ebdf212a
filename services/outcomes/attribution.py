"""Decides whether a click counts for an impression; all times are LogAppendTime, in milliseconds.

The rule uses the broker's timestamps because no client's clock can change them. The record of an impression may reach
Kafka after its click (it is sent asynchronously, and spooled while Kafka is down). So a click that was appended first
counts too, up to `EARLY_LIMIT_MS` before the impression.
"""

from __future__ import annotations

from typing import Final

EARLY_LIMIT_MS: Final = 24 * 60 * 60 * 1000
"""How long a click waits for its impression's record: the lifetime of its token."""


def is_attributable(shown_ms: int, click_ms: int, window_ms: int) -> bool:
    """Whether a click settles the impression as CLICKED; the last millisecond of the window counts.

    >>> [is_attributable(1_000, click_ms, window_ms=500) for click_ms in (900, 1_000, 1_500, 1_501)]
    [True, True, True, False]
    """
    return shown_ms - EARLY_LIMIT_MS <= click_ms <= window_end_ms(shown_ms, window_ms)


def window_end_ms(shown_ms: int, window_ms: int) -> int:
    """The last millisecond at which a click counts."""
    return shown_ms + window_ms


def is_closed(shown_ms: int, window_ms: int, watermark_ms: int) -> bool:
    """Whether the window is over: everything up to `watermark_ms` has been read, and no later click can count.

    >>> is_closed(1_000, 500, watermark_ms=1_499), is_closed(1_000, 500, watermark_ms=1_500)
    (False, True)
    """
    return window_end_ms(shown_ms, window_ms) <= watermark_ms
