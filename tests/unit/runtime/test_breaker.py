from services.runtime.breaker import Breaker


def broken(failures: int) -> Breaker:
    breaker = Breaker(failures=3, open_s=0.5)
    for number in range(failures):
        assert breaker.may_try(number / 10)
        breaker.failed(number / 10)
    return breaker


def test_it_tries_until_enough_failures_came_in_a_row() -> None:
    breaker = broken(2)
    assert breaker.may_try(0.2)
    breaker.succeeded()
    breaker.failed(0.3)
    breaker.failed(0.3)  # the success in between began the count anew
    assert breaker.may_try(0.3)


def test_an_open_breaker_tries_once_in_its_time() -> None:
    breaker = broken(3)
    assert [breaker.may_try(now) for now in (0.3, 0.6, 0.75, 0.8, 1.2, 1.3)] == [False, False, True, False, False, True]


def test_a_try_that_succeeds_closes_it() -> None:
    breaker = broken(3)
    assert breaker.may_try(1.0)
    breaker.succeeded()
    assert [breaker.may_try(1.0), breaker.may_try(1.0)] == [True, True]
