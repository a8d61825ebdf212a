"""A claim in a text, and what supports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that a text says of the product or the offer."""

    kind: str  # "price", "superlative", "green", ...
    words: str  # as they stand in the text
    span: tuple[int, int]  # of the text's characters
    supported_by: str | None  # field of the row, or "allowed claims"; None: nothing supports it
    why: str  # in words: what supports it, or which field would have
