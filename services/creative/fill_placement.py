"""Fills the slots of one place: by the policy while there are candidates and time, then by the house creative."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from protos.gen.adloom.events.v1 import impression_pb2 as pb
from services.creative.candidates.scoring_input import Board, arms_of, match_of
from services.creative.dependencies import Parts
from services.creative.impression_id import impression_id_of
from services.creative.ladder import WORDS, Step
from services.creative.selection import Selected
from services.policies.arms import Arms
from services.policies.assignment import assign
from services.policies.decide import Decision, fill
from services.policies.draw import seed_for
from services.policies.posterior import NO_SCORE_RATE, PRIOR_RATE
from services.policies.slate import draw_slate


def choose(board: Board, step: Step, ends_at: float, parts: Parts) -> Iterator[Selected]:
    """Exactly `count` choices; what the policy cannot fill before `ends_at` (monotonic) the house creative does."""
    place, question = board.place, board.question
    key, asked = (question.drill_seed, "") if question.drill_seed else (parts.seed_key, question.asked)
    seeds = [seed_for(key, asked, place.placement_id, slot) for slot in range(place.count)]
    policy = assign(question.user_id, parts.experiment)
    slate: Iterator[Decision] = iter(())
    if board.shelf.creatives:
        slate = draw_slate(arms_of(board.shelf, step.scores), policy, board.shelf.policy_version, seeds)
    for slot, seed in enumerate(seeds):
        late = parts.clock.monotonic() >= ends_at
        decision = None if late else next(slate, None)
        if decision is not None:
            yield _by_policy(board, step, slot, decision, parts)
        else:
            yield _by_house(board, slot, seed, "deadline" if late else "candidates", parts)


def _by_policy(board: Board, step: Step, slot: int, decision: Decision, parts: Parts) -> Selected:
    row = board.shelf.columns.creative_ids.index(decision.creative_id)
    return Selected(
        question=board.question,
        shopper=board.shopper,
        place=board.place,
        slot=slot,
        impression_id=impression_id_of(parts.seed_key, board.question, board.place, slot, decision),
        shown_at=parts.clock.now(),
        creative=board.shelf.creatives[row],
        decision=decision,
        rung=step.rung,
        degraded=board.shopper.degraded + step.degraded,
        features=board.vectors.dense[row].copy(),  # not a view, which would keep all candidates' alive
        categories=board.vectors.categories[row].copy(),
        match=match_of(board, row),
        model_version="" if step.scores is None else parts.model_version,
        catalogue_version=board.shelf.catalogue_version,
    )


def _by_house(board: Board, slot: int, seed: bytes, lacking: str, parts: Parts) -> Selected:
    house = parts.shelves.house(board.place.format)
    variance = NO_SCORE_RATE**2 / PRIOR_RATE
    arms = Arms((house.creative_id,), None, np.array([NO_SCORE_RATE]), np.array([variance]), 0)
    decision = fill(arms, board.shelf.policy_version, seed)
    return Selected(
        question=board.question,
        shopper=board.shopper,
        place=board.place,
        slot=slot,
        impression_id=impression_id_of(parts.seed_key, board.question, board.place, slot, decision),
        shown_at=parts.clock.now(),
        creative=house,
        decision=decision,
        rung=pb.RUNG_HOUSE_CREATIVE,
        degraded=(*board.shopper.degraded, lacking, WORDS[pb.RUNG_HOUSE_CREATIVE]),
        features=np.empty(0, dtype=np.float32),
        categories=np.empty(0, dtype=np.int64),
        match=0.0,
        model_version="",
        catalogue_version=board.shelf.catalogue_version,
    )
