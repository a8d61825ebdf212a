"""Whether a person looks at an ad before it is served; pure but for what it has counted.

By policy a person looks at everything of a new template or a new brand kit, and at a sample of the rest. A template is
new, with each brand kit anew, until people have approved three more of its ads than they have refused: one ad shows
neither a long headline nor a product without a photo.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, Literal

from services.assets.ads import STUDIO, TEMPLATE
from services.assets.creative import Creative
from services.studio.decide import is_ours

Who = Literal["studio", "policy", "person"]
WHO: Final[tuple[Who, ...]] = ("studio", "policy", "person")
"""Who approves what the studio makes: the studio itself, people where policy says so, or people everything."""

KIT: Final = "kit"
"""The entry of an ad's lineage for the version of the brand kit that it was made with."""

SETTLED: Final = 3
"""So many more approvals than refusals, and a template is no longer new."""

_HEX: Final = 8  # digits of an id that decide whether it is in the sample

Style = tuple[str, str]
"""A template and the version of the brand kit."""


def style_of(creative: Creative) -> Style:
    """What has to be new for a person to look at it."""
    template, own = creative.elements.get("template", ""), creative.lineage.get(TEMPLATE, "")
    return f"{template} {own}" if own else template, creative.lineage.get(KIT, "")


@dataclass(frozen=True, slots=True)
class Approval:
    """What the deployment asks for."""

    who: Who = "policy"
    sample: float = 0.05  # of the ads of a template that is not new

    def waits_for(self, creative: Creative, is_settled: bool) -> str:
        """What a person is to look for; empty: nobody needs to."""
        if self.who == "studio":
            return ""
        if self.who == "person":
            return "a person approves everything"
        template, kit = style_of(creative)
        if not is_settled:
            return f"template {template} is new" + (f" with brand kit {kit}" if kit else "")
        number = int(creative.creative_id[-_HEX:], 16)
        return "it is in the sample" if number < self.sample * 16**_HEX else ""


class Verdicts:
    """What people have said of the studio's ads so far; one thread tells, others ask."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}  # by creative: 1 approved, -1 refused
        self._sums = Counter[Style]()
        self._waiting: dict[Style, dict[str, str]] = {}  # products by creative, of those that wait for a person

    def take(self, creative: Creative) -> set[str]:
        """The creative is so from now on; the products whose ads are to be looked at again because of it."""
        if not is_ours(creative):
            return set()
        style, said, before = style_of(creative), said_of(creative), self._of.get(creative.creative_id, 0)
        was_settled = self.is_settled(style)
        self._sums[style] += said - before
        self._of[creative.creative_id] = said
        waiting = self._waiting.setdefault(style, {})
        waiting.pop(creative.creative_id, None)
        if creative.state in ("DRAFT", "SCREENED"):
            waiting[creative.creative_id] = creative.product_id
        again = set(waiting.values()) if self.is_settled(style) != was_settled else set()
        return again | ({creative.product_id} if said != before else set())

    def is_settled(self, style: Style) -> bool:
        """Whether the template is no longer new."""
        return self._sums[style] >= SETTLED

    def waiting(self) -> int:
        """How many ads wait for a person."""
        return sum(map(len, self._waiting.values()))


def said_of(creative: Creative) -> int:
    """1: a person has approved it, -1: a person has refused or withdrawn it, 0: neither."""
    by_people = [event.state for event in creative.life if event.by != STUDIO]
    last = by_people[-1] if by_people else ""
    return {"APPROVED": 1, "RETIRED": -1}.get(last, 0)
