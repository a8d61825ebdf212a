"""Start-up waits for progress, not for a clock."""

from __future__ import annotations

import threading
import time

from services.creative.catching_up import catch_up
from services.runtime.health import Readiness
from services.wire.kafka.compacted import CompactedFollower
from tests.creatives_in_memory import Shop, creative, facts, shown


def follower() -> CompactedFollower:
    """One that is not started: the test moves it."""
    return CompactedFollower("127.0.0.1:1", "ad.products", lambda _: None)


def test_what_moves_is_waited_for_until_all_of_it_is_in_the_index() -> None:
    shop, topic = Shop(), follower()
    subject = shop.increments()

    def fill() -> None:
        for number in range(8):  # twice as long as the patience
            time.sleep(0.1)
            shop.products.put(f"p{number}", facts(number))
            shop.creatives.put(creative(f"c{number}", f"p{number}"))
            topic.applied += 1
        topic.caught_up.set()

    threading.Thread(target=fill, daemon=True).start()
    subject.start()
    catch_up([topic], subject, Readiness(), patience_s=0.4)
    subject.stop()
    assert len(shown(subject)) == 8


def test_where_nothing_moves_what_there_is_serves() -> None:
    subject, began = Shop().increments(), time.monotonic()
    catch_up([follower()], subject, Readiness(), patience_s=0.1)
    assert time.monotonic() - began < 5.0
