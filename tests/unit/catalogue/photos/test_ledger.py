"""When the hosts of products' photos are asked: at once, after a while, and as seldom as that is enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.check_photo import Checked
from services.catalogue.photos.get_photo import Result
from services.catalogue.photos.ledger import BACK_OFF_MS, CHANGED_MS, TAKEN, WAITING, Ledger
from services.catalogue.photos.links import Wanted
from services.catalogue.photos.photo_messages import refused, still, taken
from services.common.clock import to_ms
from services.common.errors import Rejected
from services.wire.codec.envelope import Position

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
NOW = to_ms(NOON)
DAY_MS = 86_400_000
TEE, BAG = "https://shop.example/tee.jpg", "https://shop.example/bag.jpg"


def photo(link: str = TEE, at: datetime = NOON) -> Photo:
    return taken(link, "ab" * 32, Checked("image/png", 80, 70), at)


def asked(ledger: Ledger, now_ms: int = NOW) -> list[str]:
    return [one.link for one in ledger.due(now_ms)]


def failed(link: str) -> Result:
    return Result(Wanted(link, "1", is_main=True), "http_404", "gone", is_final=False)


def done(ledger: Ledger, now_ms: int = NOW, link: str = TEE) -> None:
    told = photo(link, NOON + timedelta(milliseconds=now_ms - NOW))
    ledger.done(Result(Wanted(link, "1", is_main=True), photo=told), now_ms)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(DAY_MS)


def test_a_link_is_asked_once_for_all_products_that_name_it(ledger: Ledger) -> None:
    for product_id, link in (("1", TEE), ("2", TEE), ("3", BAG), ("4", "bag.jpg"), ("5", "")):
        ledger.put_product(product_id, link, NOW)
    assert asked(ledger) == [BAG, TEE]
    assert asked(ledger) == []
    assert ledger.fates() == {WAITING: 2}


def test_what_the_topic_knows_is_not_asked_after_a_restart(ledger: Ledger) -> None:
    ledger.put_photo(TEE, photo(), Position(0, 1, NOW))
    ledger.put_photo(BAG, refused(BAG, Rejected("empty", "bytes", 0, "a picture"), NOON), Position(0, 2, NOW))
    ledger.put_product("1", TEE, NOW - 1)
    ledger.put_product("2", BAG, NOW - 1)
    assert asked(ledger) == []
    assert ledger.fates() == {TAKEN: 1, "empty": 1}


def test_a_day_later_it_is_asked_whether_it_has_changed(ledger: Ledger) -> None:
    ledger.put_product("1", TEE, NOW - 1)
    ledger.put_photo(TEE, photo(), Position(0, 1, NOW))
    assert asked(ledger, NOW + DAY_MS - 1) == []
    (one,) = ledger.due(NOW + DAY_MS)
    assert one.before == photo()
    ledger.done(Result(one, photo=still(photo(), NOON + timedelta(days=1))), NOW + DAY_MS)
    assert asked(ledger, NOW + 2 * DAY_MS - 1) == []
    assert asked(ledger, NOW + 2 * DAY_MS) == [TEE]


def test_a_changed_product_asks_once_an_hour_after_the_last_question_and_at_once_where_that_is_over(
    ledger: Ledger,
) -> None:
    ledger.put_photo(TEE, photo(), Position(0, 1, NOW))
    for minute in range(1, 60):  # a price that changes all the time
        ledger.put_product("1", TEE, NOW + 60_000 * minute)
        assert asked(ledger, NOW + 60_000 * minute) == []
    assert asked(ledger, NOW + CHANGED_MS) == [TEE]
    done(ledger, NOW + CHANGED_MS)
    assert asked(ledger, NOW + 3 * CHANGED_MS) == []
    ledger.put_product("1", TEE, NOW + 3 * CHANGED_MS)
    assert asked(ledger, NOW + 3 * CHANGED_MS) == [TEE]


def test_a_product_that_changes_while_its_host_is_asked_asks_again(ledger: Ledger) -> None:
    ledger.put_product("1", TEE, NOW)
    assert asked(ledger) == [TEE]
    ledger.put_product("1", TEE, NOW + 5)
    assert asked(ledger) == []
    done(ledger)
    assert asked(ledger, NOW + CHANGED_MS) == [TEE]


def test_a_photo_outlasts_files_that_are_none_until_they_came_on_three_days(ledger: Ledger) -> None:
    def answers(now_ms: int) -> bool:
        """The host sends no photo; whether what there was is kept."""
        (one,) = ledger.due(now_ms)
        ledger.done(Result(one, "no_picture", is_final=False, is_no_photo=True), now_ms)
        return one.keeps

    def days(now_ms: int) -> list[bool]:
        found = list[bool]()
        for wait_ms in (*BACK_OFF_MS, BACK_OFF_MS[-1]):
            found.append(answers(now_ms))
            assert ledger.fates() == {TAKEN: 1}
            now_ms += wait_ms
        return [*found, answers(now_ms)]

    ledger.put_photo(TEE, photo(), Position(0, 1, NOW))
    ledger.put_product("1", TEE, NOW - 1)
    assert days(NOW + DAY_MS) == [True] * 6 + [False]  # tries of two days, and of the third
    ledger.put_product("2", TEE, NOW + 5 * DAY_MS)
    assert asked(ledger, NOW + 5 * DAY_MS) == [TEE]
    done(ledger, NOW + 5 * DAY_MS)
    assert days(NOW + 6 * DAY_MS) == [True] * 6 + [False]  # a photo has come between


def test_what_cannot_be_had_is_tried_again_later_and_later_and_then_counts_as_before(ledger: Ledger) -> None:
    now_ms = NOW
    ledger.put_product("1", TEE, NOW)
    for wait_ms in (*BACK_OFF_MS, BACK_OFF_MS[-1]):
        assert asked(ledger, now_ms) == [TEE]
        ledger.done(failed(TEE), now_ms)
        assert ledger.fates() == {"http_404": 1}
        assert asked(ledger, now_ms + wait_ms - 1) == []
        now_ms += wait_ms
    assert asked(ledger, now_ms) == [TEE]
    done(ledger, now_ms)
    assert ledger.fates() == {TAKEN: 1}


def test_a_product_that_is_sent_anew_is_tried_at_once_whatever_failed_before(ledger: Ledger) -> None:
    ledger.put_product("1", TEE, NOW)
    assert asked(ledger) == [TEE]
    ledger.done(failed(TEE), NOW)
    ledger.put_product("1", TEE, NOW + 1_000)
    assert asked(ledger, NOW + 1_000) == [TEE]


def test_a_host_is_not_asked_for_what_the_shop_brought_as_a_file(ledger: Ledger) -> None:
    ledger.put_product("1", TEE, NOW)
    brought = photo()
    brought.brought = True
    ledger.put_photo(TEE, brought, Position(0, 1, NOW))
    assert asked(ledger, NOW + 2 * DAY_MS) == []


def test_a_link_that_no_product_names_any_more_is_not_asked(ledger: Ledger) -> None:
    ledger.put_product("1", TEE, NOW)
    ledger.put_product("1", BAG, NOW)
    assert asked(ledger) == [BAG]
    ledger.put_product("1", "", NOW)
    assert asked(ledger, NOW + 2 * DAY_MS) == []
    assert not ledger.fates()
    ledger.put_product("2", TEE, NOW)
    assert asked(ledger) == [TEE]


def test_each_share_asks_for_its_own_links() -> None:
    ledger = Ledger(DAY_MS, lambda link: link == TEE)
    ledger.put_product("1", TEE, NOW)
    ledger.put_product("2", BAG, NOW)
    assert asked(ledger) == [TEE]
    assert ledger.fates() == {WAITING: 1}


def test_products_wait_for_photos_of_which_another_share_takes_care() -> None:
    ledger = Ledger(DAY_MS, lambda link: link == TEE)
    ledger.put_product("2", BAG, NOW)
    assert ledger.awaits(BAG)
    ledger.put_photo(BAG, photo(BAG), Position(0, 1, NOW))
    assert not ledger.awaits(BAG)


def test_a_link_that_is_gone_is_forgotten(ledger: Ledger) -> None:
    def size() -> int:
        return len(ledger._links)

    ledger.put_product("1", TEE, NOW)
    assert asked(ledger) == [TEE]
    ledger.put_product("1", BAG, NOW)
    assert size() == 2  # its answer is still to come
    ledger.done(failed(TEE), NOW)
    assert (size(), ledger.products_of(TEE)) == (1, [])
    ledger.put_photo(BAG, photo(BAG), Position(0, 1, NOW))
    ledger.put_product("1", "", NOW)
    assert size() == 1  # the topic has it for the next product
    ledger.put_photo(BAG, None, Position(0, 2, NOW))
    assert size() == 0
    assert asked(ledger, NOW + 2 * DAY_MS) == []


def test_nobody_waits_for_a_photo_that_was_tried_in_vain(ledger: Ledger) -> None:
    ledger.put_product("1", TEE, NOW)
    assert ledger.awaits(TEE)
    assert not ledger.awaits(BAG)
    asked(ledger)
    ledger.done(failed(TEE), NOW)
    assert not ledger.awaits(TEE)
