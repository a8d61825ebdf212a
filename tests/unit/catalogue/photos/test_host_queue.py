"""Hosts are asked in turn, a few times at once, and no more where they seem to be down."""

from __future__ import annotations

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.host_queue import AT_ONCE_OF_A_HOST, FAILURES_OF_A_HOST, HostQueue
from services.catalogue.photos.links import Wanted


def queue_of(*links: str) -> HostQueue:
    return HostQueue([Wanted(link, "1", is_main=True) for link in links], lambda one: one.link[0])


def test_hosts_are_asked_in_turn() -> None:
    queue = queue_of("a1", "a2", "b1")
    assert [one.link for one in iter(queue.take, None)] == ["a1", "b1", "a2"]


def test_a_host_is_asked_a_few_times_at_once() -> None:
    queue = queue_of(*(f"a{number}" for number in range(9)))
    begun = list(iter(queue.take, None))
    assert len(begun) == AT_ONCE_OF_A_HOST
    queue.done(begun[0], is_down=False)
    assert queue.take() is not None
    assert queue.take() is None


def test_a_host_that_fails_again_and_again_is_given_up_with_all_that_waits_for_it() -> None:
    queue = queue_of(*(f"a{number}" for number in range(20)), "b1")
    given_up = []
    for _ in range(FAILURES_OF_A_HOST + 1):
        one = queue.take()
        assert one is not None
        given_up += queue.done(one, is_down=one.link.startswith("a"))
    assert len(given_up) == 20 - FAILURES_OF_A_HOST
    assert queue.take() is None


def test_failures_count_in_a_row() -> None:
    queue = queue_of(*(f"a{number}" for number in range(40)))
    for number in range(40):
        one = queue.take()
        assert one is not None
        assert not queue.done(one, is_down=number % FAILURES_OF_A_HOST > 0)


def test_a_new_picture_does_not_wait_for_those_that_are_asked_again() -> None:
    queue = queue_of("a1", "a2")
    again = [Wanted(link, "1", is_main=True, before=Photo(link=link)) for link in ("a3", "a4")]
    queue.add([*again, *(Wanted(link, "1", is_main=True) for link in ("a5", "a6"))])
    begun = []
    while one := queue.take():
        queue.done(one, is_down=False)
        begun.append(one.link)
    assert begun == ["a5", "a6", "a1", "a2", "a4", "a3"]


def test_between_two_questions_to_a_host_is_a_time() -> None:
    queue = HostQueue([Wanted(link, "1", is_main=True) for link in ("a1", "a2", "b1")], lambda one: one.link[0], 0.5)
    assert [one.link for one in iter(lambda: queue.take(10.0), None)] == ["a1", "b1"]
    assert queue.take(10.4) is None
    assert queue.take(10.5) == Wanted("a2", "1", is_main=True)
