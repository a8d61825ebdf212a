import pytest

from services.wire.codec.envelope import RawRecord
from services.wire.kafka.gaps import gaps

VIEWS, CLICKS = ("views", 0), ("clicks", 0)


def at(offset: int, tp: tuple[str, int] = VIEWS) -> RawRecord:
    return RawRecord(*tp, offset, 0, None, None, ())


@pytest.mark.parametrize(
    ("offsets", "missing"),
    [
        ([3, 4, 5], []),
        ([1, 2, 3], []),  # redelivered
        ([5], [(VIEWS, 3, 5)]),
        ([3, 7, 8, 12], [(VIEWS, 4, 7), (VIEWS, 9, 12)]),
        ([3, 5, 4], [(VIEWS, 4, 5)]),
        ([], []),
    ],
)
def test_missing_offsets_are_found_before_and_between(
    offsets: list[int], missing: list[tuple[tuple[str, int], int, int]]
) -> None:
    assert gaps([at(offset) for offset in offsets], {VIEWS: 3}, {}) == missing


def test_places_are_told_apart() -> None:
    assert gaps([at(3), at(9, CLICKS), at(4)], {VIEWS: 3, CLICKS: 8}, {}) == [(CLICKS, 8, 9)]


def test_what_never_led_to_a_known_end_is_missing_too() -> None:
    assert gaps([at(3)], {VIEWS: 3, CLICKS: 8}, {VIEWS: 4, CLICKS: 9}) == [(CLICKS, 8, 9)]
