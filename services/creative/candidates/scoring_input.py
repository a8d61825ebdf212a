"""The candidates of one place with the model's input for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.creative.ad_request import Place, Question
from services.creative.candidates.index import Shelf
from services.creative.selection import Shopper
from services.features.profile import INTEREST
from services.features.vector import RequestFacts, Vectors, build
from services.policies.arms import Arms, Floats
from services.policies.posterior import NO_SCORE_RATE, click_probability


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """C candidates for a place; C may be 0."""

    question: Question
    shopper: Shopper
    place: Place
    shelf: Shelf
    vectors: Vectors  # (C, F) and (C, K)


def lay_out(place: Place, shelf: Shelf, shopper: Shopper, question: Question) -> Board:
    """The board of a place, with everything that fades brought to the question's time."""
    facts = RequestFacts(
        locale=question.locale,
        device=question.device,
        page=question.page,
        query=question.query,
        time=question.time,
        segment=shopper.segment,
        placement_id=place.placement_id,
        format=place.format,
    )
    vectors = build(shopper.profile, facts, shelf.columns, question.time)
    return Board(question, shopper, place, shelf, vectors)


def arms_of(shelf: Shelf, scores: Floats | None) -> Arms:
    """The arms of at least one candidate: the model's score, or the assumed rate, times what the outcomes taught."""
    base = np.full(len(shelf.creatives), NO_SCORE_RATE) if scores is None else scores
    means, variances = click_probability(base, shelf.lift_means, shelf.lift_variances)
    return Arms(shelf.columns.creative_ids, scores, means, variances, shelf.guard_index)


def match_of(board: Board, row: int) -> float:
    """Cosine of the shopper's long interest and the candidate's product, 0 where either is unknown."""
    interest = board.shopper.profile.decayed[-1, INTEREST:]
    length = float(np.sqrt(interest @ interest))
    return float(board.shelf.columns.product_vectors[row] @ interest) / length if length > 0 else 0.0
