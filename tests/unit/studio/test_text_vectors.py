"""Creatives get the vectors of their headlines beside all else, whoever made them and whatever is away meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from services.assets.changes import changed
from services.assets.creative import Creative
from services.assets.creative_messages import read_creative
from services.assets.creative_sink import CreativeSink
from services.assets.creative_table import CreativeTable
from services.common.clock import FixedClock
from services.common.topics import CREATIVES
from services.models.fake_models import FakeTexts
from services.models.ports import TextEncoder
from services.models.text_encoder.axes import axes_of, fitted
from services.models.text_encoder.known_texts import KnownTexts
from services.studio.text_vectors import AGAIN_S, TextVectorKeeper
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.memory_sink import MemorySink
from tests.creatives_in_memory import creative

TABLE = fitted(np.random.default_rng(0).standard_normal((200, 384)))


class Deployment:
    """The topic in memory, the table of the studio that follows it, and its keeper."""

    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
        self.topic, self.encoder, self.table = MemorySink(self.clock), FakeTexts(), CreativeTable()
        self.keeper = self.started("e")
        self.heard: dict[tuple[int, int], None] = {}  # places of messages that the studio has read
        self.others = CreativeSink(lambda: self.topic, CreativeTable(), self.clock)  # of another process

    def started(self, version: str, encoder: TextEncoder | None = None) -> TextVectorKeeper:
        sink, axes = CreativeSink(lambda: self.topic, self.table, self.clock), axes_of(version, "0" * 64, TABLE)
        return TextVectorKeeper(sink, KnownTexts(encoder or self.encoder, axes), self.clock)

    def hear(self) -> None:
        """The studio reads the topic to its end."""
        for raw in self.topic.read(CREATIVES):
            found = read_creative(raw)
            assert not isinstance(found, DeadLetter)
            if (raw.partition, raw.offset) not in self.heard:
                self.heard[raw.partition, raw.offset] = None
                self.table.take(found)
                self.keeper.read(found)

    def step(self, later_s: float = 0.0) -> int:
        self.clock.advance(timedelta(seconds=later_s))
        self.hear()
        return self.keeper.step()

    def last(self, creative_id: str) -> Creative | None:
        """As whoever reads the topic from its start knows it."""
        table = CreativeTable()
        for raw in self.topic.read(CREATIVES):
            found = read_creative(raw)
            assert not isinstance(found, DeadLetter)
            table.take(found)
        return table.get(creative_id)


@pytest.fixture
def shop() -> Deployment:
    return Deployment()


def has_vector(one: Creative | None) -> bool:
    return one is not None and one.text_vector is not None


def test_what_others_add_gets_its_vector_and_a_headline_is_asked_for_once(shop: Deployment) -> None:
    ads = [creative(f"c-{n}", "p", format_, headline="Warm boots") for n, format_ in enumerate(("300x250", "320x50"))]
    shop.others.put([*ads, creative("c-9", "p", headline="Cool boots"), creative("c-8", "p", state="RETIRED")])
    assert (shop.step(), shop.step()) == (3, 0)
    assert sorted(shop.encoder.asked) == ["Cool boots", "Warm boots"]
    assert [has_vector(shop.last(f"c-{n}")) for n in (0, 1, 9, 8)] == [True, True, True, False]
    one, other = shop.last("c-0"), shop.last("c-1")
    assert one is not None and other is not None and one.text_vector == other.text_vector
    assert replace(one, text_vector=None) == ads[0]


def test_while_the_encoder_is_away_ads_are_published_without_and_get_their_vectors_later(shop: Deployment) -> None:
    shop.encoder.down = True
    ads = [creative("c-1", "p", headline="Warm boots")]
    assert shop.keeper.completed(ads) == ads
    shop.others.put(ads)
    assert shop.step() == 0
    shop.encoder.down = False
    assert shop.step() == 0, "it is not asked at every step"
    assert shop.step(AGAIN_S) == 1
    assert has_vector(shop.last("c-1"))


def test_what_is_about_to_be_published_gets_its_vector_first(shop: Deployment) -> None:
    (one,) = shop.keeper.completed([creative("c-1", "p", headline="Warm boots")])
    assert one.text_vector is not None and one.text_vector.encoder == "e/axes-000000000000"
    shop.others.put([one])
    assert shop.step() == 0


def test_a_vector_of_another_encoder_is_replaced(shop: Deployment) -> None:
    shop.others.put([creative("c-1", "p", headline="Warm boots")])
    shop.step()
    shop.keeper = shop.started("other")
    assert shop.step() == 1
    found = shop.last("c-1")
    assert found is not None and found.text_vector is not None and found.text_vector.encoder.startswith("other/")


def paused(one: Creative) -> Creative:
    return changed(one, "pause", "ada", "wrong photo", datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (lambda shop, one: shop.others.put([paused(one)]), "PAUSED"),
        (lambda shop, one: shop.others.remove([one.creative_id]), None),
    ],
    ids=["paused", "removed"],
)
def test_what_a_person_says_in_the_moment_in_which_an_ad_gets_its_vector_holds(
    shop: Deployment, said: Callable[[Deployment, Creative], None], state: str | None
) -> None:
    one = creative("c-1", "p", headline="Warm boots")
    shop.others.put([one])
    shop.hear()
    said(shop, one)  # the studio has not read this yet
    assert shop.keeper.step() == 1  # and takes it back without knowing
    shop.step()
    shop.step()
    found = shop.last("c-1")
    assert (found and found.state) == state
    assert found is None or has_vector(found)
    assert shop.step() == 0


class Interrupted:
    """An encoder during whose answer something is said."""

    def __init__(self, encoder: FakeTexts, say: Callable[[], None]) -> None:
        self._encoder, self._say = encoder, say

    def encode(self, texts: Sequence[str], *, budget_s: float) -> NDArray[np.float32]:
        self._say()
        return self._encoder.encode(texts, budget_s=budget_s)


def test_a_change_that_the_studio_reads_while_it_waits_for_the_encoder_is_not_overwritten(shop: Deployment) -> None:
    one = creative("c-1", "p", headline="Warm boots")
    shop.others.put([one])

    def say() -> None:
        shop.others.put([paused(one)])
        shop.hear()

    shop.keeper = shop.started("e", Interrupted(FakeTexts(), say))
    assert (shop.step(), shop.step()) == (0, 1)
    found = shop.last("c-1")
    assert has_vector(found) and found is not None and found.state == "PAUSED"
