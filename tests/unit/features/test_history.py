from services.catalogue.facts import ProductFacts
from services.features.history import Arrival, ProfileQuery, profiles_as_of
from services.features.profile import Interaction, Kind, Profile

ANNA, BERT = "u1-" + "a" * 32, "u1-" + "b" * 32


def no_products(product_id: str) -> ProductFacts | None:
    return None


def click(arrived: int, happened: int | None = None, user: str = ANNA) -> Arrival:
    time_us = arrived if happened is None else happened
    return Arrival(user, arrived, Interaction(Kind.CLICK, "p", time_us))


def clicks(queries: list[ProfileQuery], arrivals: list[Arrival]) -> list[int]:
    return [profile.integer("clicks_total") for profile in profiles_as_of(queries, arrivals, no_products)]


def test_a_profile_holds_only_events_that_had_arrived() -> None:
    assert clicks([ProfileQuery(ANNA, at) for at in (9, 10, 11, 21)], [click(20), click(10)]) == [0, 0, 1, 2]


def test_a_late_event_is_not_in_earlier_profiles() -> None:
    assert clicks([ProfileQuery(ANNA, 50), ProfileQuery(ANNA, 101)], [click(arrived=100, happened=10)]) == [0, 1]


def test_profiles_are_per_shopper_and_in_the_order_of_the_queries() -> None:
    arrivals = [click(1), click(2), click(1, user=BERT)]
    assert clicks(
        [ProfileQuery(BERT, 9), ProfileQuery(ANNA, 9), ProfileQuery(BERT, 0), ProfileQuery("u1-" + "c" * 32, 9)],
        arrivals,
    ) == [1, 2, 0, 0]


def test_no_queries_give_no_profiles() -> None:
    assert profiles_as_of([], [click(1)], no_products) == []
    assert profiles_as_of([ProfileQuery(ANNA, 5)], [], no_products)[0].integers == Profile().integers
