from services.wire.faust.watermark import Watermarks

VIEWS, CLICKS = ("views", 0), ("clicks", 0)


def marks() -> Watermarks:
    made = Watermarks(["views", "clicks"])
    made.begin({VIEWS: 0, CLICKS: 0})
    return made


def test_nothing_is_known_before_every_input_was_looked_at() -> None:
    made = marks()
    made.processed("views", 0, 0, 5_000)
    assert made.of(0) == 0


def test_the_slowest_input_decides() -> None:
    made = marks()
    made.processed("views", 0, 0, 5_000)
    made.processed("clicks", 0, 0, 3_000)
    assert made.of(0) == 2_999  # the next click may carry the same millisecond


def test_an_input_read_to_its_end_stands_at_the_moment_of_asking() -> None:
    made = marks()
    made.processed("views", 0, 0, 5_000)
    made.ends({VIEWS: 1, CLICKS: 0}, asked_ms=9_000)
    assert made.of(0) == 8_999


def test_a_lagging_input_holds_the_partition_back() -> None:
    made = marks()
    made.ends({VIEWS: 0, CLICKS: 5}, asked_ms=9_000)
    assert made.of(0) == 0
    assert made.behind({VIEWS: 0, CLICKS: 5}) == [CLICKS]


def test_an_end_that_is_no_message_holds_nothing_back() -> None:
    """Transactional producers leave markers at the end of a topic that no consumer is ever given."""
    made = marks()
    made.nothing_before(CLICKS, 5)
    made.ends({VIEWS: 0, CLICKS: 5}, asked_ms=9_000)
    assert made.of(0) == 8_999


def test_time_never_goes_back() -> None:
    made = marks()
    made.ends({VIEWS: 0, CLICKS: 0}, asked_ms=9_000)
    made.processed("clicks", 0, 0, 8_000)
    made.ends({VIEWS: 0, CLICKS: 1}, asked_ms=7_000)
    assert made.of(0) == 8_999


def test_a_partition_that_comes_back_begins_anew() -> None:
    made = marks()
    made.ends({VIEWS: 0, CLICKS: 0}, asked_ms=9_000)
    made.end(0)
    assert made.partitions == set()
    made.begin({VIEWS: 3, CLICKS: 3})
    assert made.of(0) == 0
