"""The fakes of `Counters` and `Records`: dictionaries that simulated replicas share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from services.assets.campaigns.ports import Ask, Counts
from services.assets.campaigns.terms import Terms


class MemoryCounters:
    """Counters of a simulation; `impressions` is also what `Records` counts."""

    def __init__(self, age_s: float = 3600.0) -> None:
        self.granted: dict[str, int] = {}
        self.served: Counter[str] = Counter()
        self.clicks: dict[str, set[str]] = {}
        self._age_s = age_s

    def ask(self, asks: Sequence[Ask]) -> Mapping[str, Counts]:
        """See `Counters.ask`."""
        return {ask.counter: self._asked(ask) for ask in asks if ask.counter in self.granted}

    def give_back(self, unspent: Mapping[str, int]) -> None:
        """See `Counters.give_back`."""
        for counter, impressions in unspent.items():
            if counter in self.granted:
                self.granted[counter] -= impressions

    def age_s(self) -> float:
        """See `Counters.age_s`."""
        return self._age_s

    def begin(self, counter: str, impressions: int) -> None:
        """See `Counters.begin`."""
        if self.granted.setdefault(counter, impressions) == impressions:
            self.served[counter] = impressions

    def _asked(self, ask: Ask) -> Counts:
        granted = max(min(ask.want, ask.allowed - self.granted[ask.counter]), 0)
        self.granted[ask.counter] += granted + ask.free
        self.served[ask.counter] += ask.leased + ask.free
        return Counts(granted, self.served[ask.counter], len(self.clicks.get(ask.counter, ())))


class MemoryRecords:
    """Records of a simulation, by counter."""

    def __init__(self) -> None:
        self.impressions: Counter[str] = Counter()

    def impressions_of(self, all_terms: Sequence[Terms]) -> Mapping[str, int]:
        """See `Records.impressions_of`."""
        return {terms.counter: self.impressions[terms.counter] for terms in all_terms}
