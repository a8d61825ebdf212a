import pytest

from services.wire.faust.watchdog import Limits, Signs, verdict

LIMITS = Limits(stuck_s=60.0, recovery_s=300.0)


def signs(
    beat: float = 0.5, progress: float = 1.0, waits: tuple[str, ...] = (), owning: bool = True, crashed: bool = False
) -> Signs:
    return Signs(beat, progress, waits, owning, crashed)


@pytest.mark.parametrize(
    "fine",
    [
        signs(),
        signs(progress=10_000, waits=("redis",)),  # waiting, however long, is not stuck
        signs(progress=10_000, waits=("kafka",)),
        signs(progress=299, owning=False),  # recovery takes its time
    ],
)
def test_a_worker_that_goes_on_waits_or_recovers_is_left_alone(fine: Signs) -> None:
    assert verdict(fine, LIMITS) == ""


@pytest.mark.parametrize(
    ("stuck", "why"),
    [
        (signs(progress=61), "no batch was finished"),
        (signs(progress=301, owning=False), "partitions and states have not come"),
        (signs(beat=61, waits=("redis",)), "event loop"),  # waiting does not block the loop
        (signs(crashed=True, waits=("kafka",)), "crashed"),
    ],
)
def test_a_stuck_worker_is_ended_with_the_reason(stuck: Signs, why: str) -> None:
    assert why in verdict(stuck, LIMITS)
