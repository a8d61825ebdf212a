"""Answers, scores, frequency caps: small states with bounds."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from protos.gen.adloom.creative.v1.creative_service_pb2 import SelectCreativesResponse
from services.common.clock import FixedClock, SystemClock
from services.common.token import LIFETIME
from services.creative.answers import KEPT_S, Answers
from services.creative.candidates.frequency import FrequencyCaps
from services.creative.scoring.last_scores import LastKnownScores
from services.creative.time_budget import TimeBudget, time_budget

CLOCK = SystemClock()
AMPLE = TimeBudget(1e12, 1e12, 1e12)


def always(_: SelectCreativesResponse) -> bool:
    return True


@pytest.mark.asyncio
async def test_an_answer_whose_ad_has_ended_is_not_given_again() -> None:
    ended: set[str] = set()
    answers = Answers(CLOCK, lambda answer: answer.request_id not in ended)
    made = iter(("first", "second"))

    async def make(_: TimeBudget) -> SelectCreativesResponse:
        return SelectCreativesResponse(request_id=next(made))

    assert (await answers.once("q", AMPLE, make)).request_id == "first"
    assert (await answers.once("q", AMPLE, make)).request_id == "first"
    ended.add("first")
    assert (await answers.once("q", AMPLE, make)).request_id == "second"


@pytest.mark.asyncio
async def test_a_failed_answer_is_not_remembered_and_a_waiting_repeat_makes_its_own() -> None:
    answers, tries = Answers(CLOCK, always), []

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        tries.append(1)
        await asyncio.sleep(0.01)
        if len(tries) == 1:
            raise ValueError("the first fails")
        return SelectCreativesResponse(request_id="made")

    first, second = await asyncio.gather(
        answers.once("q", AMPLE, make), answers.once("q", AMPLE, make), return_exceptions=True
    )
    assert isinstance(first, ValueError)
    assert second == SelectCreativesResponse(request_id="made")


@pytest.mark.asyncio
async def test_each_question_keeps_its_own_answer() -> None:
    answers, made = Answers(CLOCK, always), []

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        made.append(1)
        return SelectCreativesResponse(request_id=str(len(made)))

    given = [(await answers.once(asked, AMPLE, make)).request_id for asked in ("q1", "q2", "q2", "q1")]
    assert given == ["1", "2", "2", "1"]


@pytest.mark.asyncio
async def test_the_least_recently_asked_answer_is_forgotten_first() -> None:
    answers, made = Answers(CLOCK, always, most=2), []

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        made.append(1)
        return SelectCreativesResponse(request_id=str(len(made)))

    for name in ("a", "b", "a", "c", "a"):
        await answers.once(name, AMPLE, make)
    assert len(made) == 3
    await answers.once("b", AMPLE, make)
    assert len(made) == 4


@pytest.mark.asyncio
async def test_an_answer_is_made_anew_long_before_its_tokens_end_and_stays_until_then() -> None:
    clock = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))
    answers, made = Answers(clock, always, most_bytes=1000), []

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        made.append(clock.now())
        return SelectCreativesResponse(request_id="x" * 400)

    for minute in range(0, 26 * 60, 10):
        await answers.once("a", AMPLE, make)
        await answers.once("b", AMPLE, make)
        assert len(made) == 2 * (minute // 60 + 1), "asking again does not make it stay"
        clock.advance(timedelta(minutes=10))
    assert timedelta(seconds=KEPT_S) < LIFETIME / 2


@pytest.mark.asyncio
async def test_answers_are_bounded_in_bytes() -> None:
    answers, made = Answers(CLOCK, always, most_bytes=1000), []

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        made.append(1)
        return SelectCreativesResponse(request_id="x" * 400)

    for _ in range(3):
        for name in ("a", "b", "c"):
            await answers.once(name, AMPLE, make)
    assert len(made) == 9  # only two fit, and they are asked in turn


@pytest.mark.asyncio
async def test_a_repeat_with_less_time_hurries_the_one_answer_that_both_get() -> None:
    answers, finished = Answers(CLOCK, always), []

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        await asyncio.sleep(max(limits.scored_by - CLOCK.monotonic(), 0.0))
        finished.append(limits)
        return SelectCreativesResponse(request_id=str(len(finished)))

    async def repeat(after_s: float) -> SelectCreativesResponse:
        await asyncio.sleep(after_s)
        return await answers.once("q", time_budget(CLOCK.monotonic(), 0.04, 1), make)

    began = CLOCK.monotonic()
    first, *repeats = await asyncio.gather(
        answers.once("q", TimeBudget(began + 30, began + 30, began + 30), make), repeat(0.01), repeat(0.012)
    )
    assert CLOCK.monotonic() - began < 5.0
    assert [first.request_id, *(answer.request_id for answer in repeats)] == ["1", "1", "1"]
    assert len(finished) == 1


@pytest.mark.asyncio
async def test_a_caller_that_leaves_takes_no_answer_from_one_that_waits() -> None:
    answers, begun, go = Answers(CLOCK, always), [], asyncio.Event()

    async def make(limits: TimeBudget) -> SelectCreativesResponse:
        begun.append(limits)
        await go.wait()
        return SelectCreativesResponse(request_id=str(len(begun)))

    first = asyncio.create_task(answers.once("q", AMPLE, make))
    await asyncio.sleep(0.005)
    repeat = asyncio.create_task(answers.once("q", AMPLE, make))
    await asyncio.sleep(0.005)
    first.cancel()
    await asyncio.wait([first])
    go.set()
    assert (await repeat).request_id == "2"
    assert (await answers.once("q", AMPLE, make)).request_id == "2"


def test_scores_are_known_by_segment_then_by_anybody_then_not() -> None:
    scores = LastKnownScores()
    scores.remember("buyer", ["a", "b"], np.array([0.1, 0.2]))
    scores.remember("looking", ["a"], np.array([0.3]))
    assert scores.known("buyer", ["a", "b"]).tolist() == [0.1, 0.2]
    assert scores.known("browsing", ["a", "b"]).tolist() == [0.3, 0.2]
    assert np.isnan(scores.known("buyer", ["z"])).all()


def test_of_the_scores_of_ever_new_creatives_the_latest_are_known_and_a_bounded_number_is_kept() -> None:
    scores = LastKnownScores(limit=100)
    for n in range(0, 2000, 10):
        scores.remember("buyer", [f"c{n + of}" for of in range(10)], np.array([n / 2000.0] * 10))
    latest = [f"c{n}" for n in range(1900, 2000)]
    assert np.isfinite(scores.known("buyer", latest)).all()
    assert np.isfinite(scores.known("looking", latest)).all()
    assert np.isnan(scores.known("buyer", ["c0"])).all()
    assert len(scores) <= 2 * 2 * 100  # for the segment and for anybody


def test_a_score_that_is_given_again_stays_known_while_others_come() -> None:
    scores = LastKnownScores(limit=100)
    for n in range(1000):
        scores.remember("buyer", ["a", f"c{n}"], np.array([n / 1000.0, 0.5]))
    assert scores.known("buyer", ["a"]).tolist() == [0.999]


def test_a_creative_is_capped_at_the_limit_and_free_again_after_the_window() -> None:
    caps = FrequencyCaps(limit=2, window_s=10.0)
    caps.served("u", "a", now=0.0)
    assert caps.capped("u", 1.0) == frozenset()
    caps.served("u", "a", now=5.0)
    caps.served("u", "b", now=5.0)
    assert caps.capped("u", 6.0) == {"a"}
    assert caps.capped("somebody else", 6.0) == frozenset()
    assert caps.capped("u", 10.5) == frozenset()


def test_caps_remember_a_bounded_number_of_shoppers() -> None:
    caps = FrequencyCaps(limit=1, window_s=10.0, shoppers=2)
    for user in "abc":
        caps.served(user, "x", now=0.0)
    assert [bool(caps.capped(user, 1.0)) for user in "abc"] == [False, True, True]


def test_of_one_shopper_a_bounded_number_of_servings_is_remembered() -> None:
    caps = FrequencyCaps(limit=2, window_s=1e9)
    caps.served("program", "first", now=0.0)
    caps.served("program", "first", now=0.0)
    assert caps.capped("program", 1.0) == {"first"}
    for number in range(5000):
        caps.served("program", f"c{number}", now=1.0)
    assert caps.capped("program", 2.0) == frozenset()


def test_a_limit_of_zero_caps_nothing() -> None:
    caps = FrequencyCaps(limit=0, window_s=10.0)
    caps.served("u", "a", now=0.0)
    assert caps.capped("u", 0.0) == frozenset()
