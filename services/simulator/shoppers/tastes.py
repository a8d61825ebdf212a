"""Which looks of ads a shopper likes: a rule by persona over character, colours, picture and wording.

Each rule says what puts a shopper off, and what else suits; what puts off counts first. All else leaves the rate as it
is, and so does an ad of which nothing is known (a house creative, a finished banner).

| taste | suits | puts off |
|---|---|---|
| bargain | a loud ad, or one in bright colours | a quiet one |
| devotee | a large or medium picture on a plain ground | no picture, or a small one |
| follower | a lively ad; a question | a dark one |
| careful | a quiet or calm ad in light colours | a loud one; bright colours |
| owl | at night a dark ad | at night a light one |
| luxury | a quiet ad; a dark one | a loud one; bright colours; a question |
| indifferent | nothing | nothing |

Three shoppers in four have the taste of their own persona, the others that of any persona: behaviour tells a taste, but
not surely. The factors were set before any model met them: an ad that suits does 2.25 times as well as one that puts
off, where the words of headlines make up to ten times (`personas.py`), and a colour that is disliked nearly three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.simulator.shoppers.chance import pick, uniforms

Mask = NDArray[np.bool_]
SUITS: Final = 1.5
PUTS_OFF: Final = 1 / SUITS
_OWN: Final = 0.75  # of the shoppers have the taste of their persona

_TRAITS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "quiet": ("template", ("catalogue", "editorial", "gallery")),
    "calm": ("template", ("card", "craft", "split", "studio")),
    "lively": ("template", ("playful", "slant", "spotlight")),
    "loud": ("template", ("poster", "sale")),
    "light": ("palette", ("duo", "mono", "paper", "sand", "tint")),
    "dark": ("palette", ("deep", "night")),
    "bright": ("palette", ("candy", "pop", "vivid")),
    "large": ("picture_size", ("medium", "large")),
    "small": ("picture_size", ("none", "small")),
    "plain": ("backdrop", ("plain", "gradient", "grain")),
    "question": ("headline_style", ("question",)),
}
"""The element and its values that make each trait of a look. A value that is not here is neither liked nor disliked."""
_AT: Final = {trait: index for index, trait in enumerate(_TRAITS)}


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """C ads by what a taste looks at."""

    traits: Mask  # (T, C), in the order of _TRAITS

    @classmethod
    def of(cls, elements: Sequence[Mapping[str, str]]) -> Looks:
        """The looks of ads that are made of these elements (`Creative.elements`)."""
        found = [[one.get(name, "") in values for one in elements] for name, values in _TRAITS.values()]
        return cls(np.array(found, dtype=np.bool_).reshape(len(_TRAITS), len(elements)))

    def __getitem__(self, trait: str) -> Mask:
        """Which of them have a trait, (C,)."""
        found: Mask = self.traits[_AT[trait]]
        return found

    def take(self, at: slice) -> Looks:
        """Some of them."""
        return Looks(self.traits[:, at])


def taste_of(seed: int, number: int, persona: str, shares: Mapping[str, float]) -> str:
    """The persona whose taste the shopper of that number has."""
    u = uniforms(seed, f"taste:{number}", 2)
    return persona if u[0] < _OWN else tuple(shares)[pick(u[1], tuple(shares.values()))]


def liking(taste: str, looks: Looks, hour: int) -> NDArray[np.float64]:
    """By how much each look raises or lowers the click rate, (C,)."""
    suits, puts_off = _RULES[taste](looks, hour)
    factors: NDArray[np.float64] = np.select([puts_off, suits], [PUTS_OFF, SUITS], 1.0)
    return factors


def _bargain(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    return looks["loud"] | looks["bright"], looks["quiet"]


def _devotee(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    return looks["large"] & looks["plain"], looks["small"]


def _follower(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    return looks["lively"] | looks["question"], looks["dark"]


def _careful(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    return (looks["quiet"] | looks["calm"]) & looks["light"], looks["loud"] | looks["bright"]


def _owl(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    night = hour >= 21 or hour < 4
    return looks["dark"] & night, looks["light"] & night


def _luxury(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    return looks["quiet"] | looks["dark"], looks["loud"] | looks["bright"] | looks["question"]


def _indifferent(looks: Looks, hour: int) -> tuple[Mask, Mask]:
    nothing = np.zeros(looks.traits.shape[1], dtype=np.bool_)
    return nothing, nothing


_RULES: Final[Mapping[str, Callable[[Looks, int], tuple[Mask, Mask]]]] = {
    "bargain": _bargain,
    "devotee": _devotee,
    "follower": _follower,
    "careful": _careful,
    "owl": _owl,
    "luxury": _luxury,
    "indifferent": _indifferent,
}
