"""Which creatives somebody wants to see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.assets.creative import Creative
from services.assets.creative_table import Row
from services.assets.life import State


@dataclass(frozen=True, slots=True)
class Wanted:
    """An empty field allows all."""

    product_ids: Collection[str] = ()
    format: str = ""
    states: Sequence[State] = ()
    text: str = ""  # somewhere in its texts, in any case of letters

    def holds(self, one: Creative | Row) -> bool:
        """Whether it is wanted; a row is decoded only where that needs its texts."""
        return (
            (not self.product_ids or one.product_id in self.product_ids)
            and (not self.format or one.format == self.format)
            and (not self.states or one.state in self.states)
            and (not self.text or self._says(one if isinstance(one, Creative) else one.creative()))
        )

    def _says(self, creative: Creative) -> bool:
        said = f"{creative.headline}\n{creative.body}\n{creative.call_to_action}"
        return self.text.casefold() in said.casefold()
