"""What simulated shoppers need of the outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from google.protobuf.message import Message


@dataclass(frozen=True, slots=True)
class Question:
    """A page with one place for an ad."""

    request_id: str
    user_id: str  # raw, as an ad server knows it
    locale: str
    device: str
    query: str
    placement_id: str
    format: str  # "300x250"


@dataclass(frozen=True, slots=True)
class Ad:
    """What came back, as a shopper sees it."""

    creative_id: str
    product_id: str  # empty for the house creative
    headline: str
    token: str


class AdServer(Protocol):
    """Fills places on pages."""

    async def ask(self, question: Question) -> Ad | None:
        """The ad to show, or None where none came in time; does not raise for a server that is down or late."""
        ...


class Emit(Protocol):
    """Takes what shoppers do."""

    def __call__(self, user_id: str, message: Message) -> None:
        """Sends a view, click or order of the raw user id, whose `user_id` field it fills; raises `Unavailable`."""
        ...
