"""A claim in a text, and what supports it."""

from __future__ import annotations

from dataclasses import dataclass

from services.catalogue.offer import NOTHING, Stated


@dataclass(frozen=True, slots=True)
class Support:
    """What bears a claim out."""

    field: str  # of the row, or "allowed claims"
    states: Stated = NOTHING  # what must stay so of the offer, so that the claim stays true


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a text says of the product or the offer."""

    kind: str  # "price", "superlative", "green", ...
    words: str  # as they stand in the text
    span: tuple[int, int]  # of the text's characters
    supported_by: str | None  # field of the row, or "allowed claims"; None: nothing supports it
    why: str  # in words: what supports it, or which field would have
    states: Stated = NOTHING  # what must stay so of the offer: an ad with this claim ends with it (law 10)
