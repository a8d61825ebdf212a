"""The way of a request, top to bottom: profile -> candidates -> scores -> policy -> what was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.ad_request import Question
from services.creative.budget import Budget
from services.creative.candidates.retrieve import candidates
from services.creative.candidates.scoring_input import Board, lay_out
from services.creative.dependencies import Parts
from services.creative.fill_placement import choose
from services.creative.ladder import Step, fallback_step, fresh_step
from services.creative.scoring.score import fresh_scores
from services.creative.selection import Selected, Shopper
from services.features.profile import Profile
from services.features.segments import segment_of


async def select(question: Question, budget: Budget, parts: Parts) -> list[Selected]:
    """Exactly as many choices as were asked for, in the order asked, before the budget ends.

    Raises nothing for a part that is late or down: a lower step of the ladder answers (law 1).
    """
    shopper = await recognise(question, budget, parts)
    counted = question.personal and not question.drill_seed
    capped = parts.caps.capped(question.user_id, parts.clock.monotonic()) if counted else frozenset()
    boards = []
    for place in question.places:
        shelf = parts.shelves.shelf(place.format, question.product_ids)
        boards.append(lay_out(place, candidates(shelf, shopper.profile, capped, place.count), shopper, question))
    steps = await climb(boards, shopper, budget, parts)
    chosen = [
        selected
        for board, step in zip(boards, steps, strict=True)
        for selected in choose(board, step, budget.ends_at, parts)
    ]
    if counted:
        for selected in chosen:
            parts.caps.served(question.user_id, selected.creative.creative_id, parts.clock.monotonic())
    return chosen


async def recognise(question: Question, budget: Budget, parts: Parts) -> Shopper:
    """The shopper's profile, or the defaults where it may not, cannot or need not be read."""
    unknown = segment_of(Profile(), question.device, question.query, question.time)
    if not question.personal:
        return Shopper(Profile(), unknown, from_profile=False, degraded=())
    try:
        reading = await parts.profiles.read(question.user_id, unknown, budget.profile_by - parts.clock.monotonic())
    except Unavailable as lost:
        METRICS.degraded.labels(lost.part).inc()
        return Shopper(Profile(), unknown, from_profile=False, degraded=(lost.part,))
    if reading.default:
        return Shopper(reading.profile, unknown, from_profile=False, degraded=())
    segment = segment_of(reading.profile, question.device, question.query, question.time)
    return Shopper(reading.profile, segment, from_profile=True, degraded=())


async def climb(boards: Sequence[Board], shopper: Shopper, budget: Budget, parts: Parts) -> list[Step]:
    """The ladder's step for each board; fresh scores are remembered for the time when there are none."""
    ids = [board.shelf.columns.creative_ids for board in boards]
    try:
        left = budget.scored_by - parts.clock.monotonic()
        fresh = await fresh_scores(parts.scorer, [board.vectors for board in boards], left)
    except Unavailable as lost:
        METRICS.degraded.labels(lost.part).inc()
        return [fallback_step(parts.last_known.known(shopper.segment, some)) for some in ids]
    for some, scores in zip(ids, fresh, strict=True):
        parts.last_known.remember(shopper.segment, some, scores)
    return [fresh_step(scores) for scores in fresh]
