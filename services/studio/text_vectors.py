"""Gives creatives the vectors of their headlines, beside all else: an ad is served meanwhile, without.

What the studio publishes gets its vectors first where the encoder answers. What else is on `ad.creatives` (banners of
agencies, generated creatives, what was published while the encoder was away or another one was in use) is looked at a
little at a time, and published again with its vector. Each headline is asked for once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from services.assets.creative import Creative
from services.assets.creative_sink import CreativeSink
from services.common.clock import Clock
from services.common.errors import Unavailable
from services.models.text_encoder.known_texts import AT_ONCE, KnownTexts
from services.studio.overwritten import Overwritten

_LOG = logging.getLogger(__name__)
_LOOKED_AT: Final = 256  # creatives of one step: some 10 ms
_AT_FIRST: Final = 4 * AT_ONCE  # headlines of what is being published; the others are made up later
AGAIN_S: Final = 5.0
"""Where the encoder does not answer, it is asked again after so long."""


class TextVectorKeeper:
    """Belongs to the studio's thread; `read` is the follower's."""

    def __init__(self, creatives: CreativeSink, texts: KnownTexts, clock: Clock) -> None:
        self.creatives, self._texts, self._clock = creatives, texts, clock
        self._overwritten = Overwritten()
        self.read = self._overwritten.read
        self._seen = 0  # revision of the table
        self._pending: dict[str, None] = {}  # ids of creatives to be looked at
        self._again: dict[str, Creative | None] = {}  # overwritten, and not written again yet
        self._asks_again_at = 0.0

    def completed(self, creatives: Sequence[Creative]) -> list[Creative]:
        """Creatives that are about to be published, with their vectors where the encoder answers."""
        lacking = [one.headline for one in creatives if self._lacks(one)]
        self._learn(list(dict.fromkeys(lacking))[:_AT_FIRST])
        return [self._with_vector(one) for one in creatives]

    def step(self) -> int:
        """Publishes some creatives with their vectors; how many. Raises `Unavailable` where Kafka is away."""
        self._write_again()
        self._see()
        if not self._pending:
            return 0
        looked_at = {name: self.creatives.table.get(name) for name in islice(self._pending, _LOOKED_AT)}
        lacking = [one for one in looked_at.values() if one is not None and self._lacks(one)]
        self._learn(list(dict.fromkeys(one.headline for one in lacking))[:AT_ONCE])
        ready = [one for one in lacking if self._with_vector(one) is not one]
        written = self._write(ready)
        left = {one.creative_id for one in lacking} - {one.creative_id for one in ready}
        for name in looked_at.keys() - left:
            del self._pending[name]
        return written

    def _see(self) -> None:
        self._seen, changed = self.creatives.table.changed_since(self._seen)
        self._pending.update(dict.fromkeys(changed))

    def _lacks(self, creative: Creative) -> bool:
        vector = creative.text_vector
        is_ours = vector is not None and vector.encoder == self._texts.version
        return not is_ours and creative.state != "RETIRED" and bool(creative.headline.strip())

    def _with_vector(self, creative: Creative) -> Creative:
        """The same object where there is nothing to be added, or nothing known."""
        found = self._texts.get(creative.headline) if self._lacks(creative) else None
        return creative if found is None else replace(creative, text_vector=found)

    def _learn(self, headlines: Iterable[str]) -> None:
        if self._clock.monotonic() < self._asks_again_at:
            return
        try:
            self._texts.learn(headlines)
        except Unavailable as missing:
            self._asks_again_at = self._clock.monotonic() + AGAIN_S
            _LOG.info("text vectors come later: %s", missing)

    def _write(self, bases: Sequence[Creative]) -> int:
        """Writes the creatives that are still so with their vectors; how many."""
        return self._put([(base, self._with_vector(base)) for base in bases])

    def _write_again(self) -> None:
        """What was overwritten is as it was said before; with the vector that it got, as its headline is the same."""
        self._again.update(self._overwritten.take())
        if not self._again:
            return
        _LOG.warning("written again, as somebody changed them in the same moment: %s", ", ".join(self._again))
        newest = {name: self.creatives.table.get(name) for name in self._again}
        pairs = [
            (ours, replace(said, text_vector=ours.text_vector))
            for name, said in self._again.items()
            if said is not None and (ours := newest[name]) is not None
        ]
        self.creatives.remove([name for name, said in self._again.items() if said is None])
        self._put(pairs)
        self._again.clear()

    def _put(self, pairs: Sequence[tuple[Creative, Creative]]) -> int:
        """Replaces each first creative by its second, where it is still so; how many."""
        for base, ours in pairs:
            self._overwritten.writes(base, ours)
        kept = [ours for base, ours in pairs if self.creatives.table.get(base.creative_id) == base]
        for name in {base.creative_id for base, _ in pairs} - {ours.creative_id for ours in kept}:
            self._overwritten.leaves(name)
        self.creatives.put(kept)
        return len(kept)
