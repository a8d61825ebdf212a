"""The ports of simulated shoppers: the ad server, and the sender of their events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class AdRequest:
    """A request for one ad on a page."""

    request_id: str
    user_id: str  # raw, as an ad server knows it
    locale: str
    device: str
    query: str
    placement_id: str
    format: str  # "300x250"


@dataclass(frozen=True, slots=True)
class Ad:
    """The served ad, as a shopper sees it."""

    creative_id: str
    product_id: str  # empty for the house creative
    headline: str
    token: str


class AdServer(Protocol):
    """Fills placements on pages."""

    async def serve(self, request: AdRequest) -> Ad | None:
        """The ad to show, or None where the server is down or late; does not raise for that."""
        ...


class Emit(Protocol):
    """Sends shoppers' events."""

    def __call__(self, user_id: str, message: Message) -> None:
        """Sends a view, click or order of a shopper; fills its `user_id` from the raw id. Raises `Unavailable`."""
        ...
