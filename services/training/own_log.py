"""Training rows from a deployment's own log: decisions joined with how they ended. Pure.

A decision record holds the features with which its creative was scored, so a row is what was known at that moment and
nothing later (law 5). A record of earlier features is read as one of today's that lacks what was added since
(`vector.BEGINNINGS`), and a text vector of another encoder than the one that is served as one that is missing. A row's
label is that of the first outcome whose window has closed: a rate over outcomes that came earlier would be biased, as
clicks settle before silence does. A click that came after the window changes nothing.

A row is left out, and counted under its reason, where the decision is no evidence of what a shopper likes:

still_open        no outcome yet, or one whose window is open
no_features       a house creative, an answer without scores, or an imported decision
other features    of another declared order (`feature_version`), which this network cannot read
invalid_traffic   marked when it was served or when it was settled
drill             served to a drill
no_consent        the shopper does not allow a profile
other_decision    the outcome is of another decision under the same id
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from protos.gen.adloom.events.v1.outcome_pb2 import CLICKED, IGNORED, Outcome
from services.features.vector import BEGINNINGS, CATEGORIES, DENSE_FEATURES, FEATURE_VERSION, TEXT_ENCODED
from services.policies.assignment import DRILL
from services.training.click_rows import ClickRows

_HELD_OUT: Final = "adloom train ctr --log"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a decision ended, from its outcome."""

    clicked: bool
    creative_id: str
    invalid: bool


Endings = Mapping[tuple[str, str], Ending]
"""By user and impression."""


@dataclass(frozen=True, slots=True)
class OwnRows:
    """N rows of a log, by the time of their decisions, and why others were left out."""

    rows: ClickRows
    shown_ms: Tensor  # (N,) int64, ascending
    held_out: Tensor  # (N,) bool: of a shopper whom no training ever sees
    left_out: Mapping[str, int]
    text_encoder: str  # whose text vectors the rows hold


def endings(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], Ending]:
    """The first closed outcome of each impression; repeats of it, orders and open windows change nothing."""
    found: dict[tuple[str, str], Ending] = {}
    for outcome in outcomes:
        if outcome.window_closed and outcome.kind in (CLICKED, IGNORED):
            ending = Ending(outcome.kind == CLICKED, outcome.creative_id, bool(outcome.invalid_traffic))
            found.setdefault((outcome.user_id, outcome.impression_id), ending)
    return found


def joined(decisions: Iterable[Impression], ended: Endings, test_share: float, text_encoder: str) -> OwnRows:
    """One row for each decision that is evidence; of repeats under one id, the first counts."""
    taken, left_out = _Columns(text_encoder), Counter[str]()
    seen: set[tuple[str, str]] = set()
    for decision in decisions:
        name = (decision.user_id, decision.impression_id)
        if name in seen:
            continue
        seen.add(name)
        if reason := unfit(decision, ended.get(name)):
            left_out[reason] += 1
        else:
            taken.add(decision, ended[name].clicked)
    return taken.rows(test_share, dict(sorted(left_out.items())))


def unfit(decision: Impression, ending: Ending | None) -> str:
    """Why this decision gives no row; empty where it gives one."""
    if not decision.features or not decision.feature_version:
        return "no_features"
    numbers = {FEATURE_VERSION: len(DENSE_FEATURES), **BEGINNINGS}.get(decision.feature_version)
    if numbers is None:
        return f"other features ({decision.feature_version})"
    if (len(decision.features), len(decision.categories)) != (numbers, len(CATEGORIES)):
        return f"other features ({len(decision.features)} numbers, {len(decision.categories)} categories)"
    if decision.experiment_arm == DRILL:
        return "drill"
    if decision.consent.HasField("profile") and not decision.consent.profile:
        return "no_consent"
    if ending is None:
        return "still_open"
    if decision.invalid_traffic or ending.invalid:
        return "invalid_traffic"
    return "" if ending.creative_id == decision.creative_id else "other_decision"


def dense_of(decision: Impression, text_encoder: str) -> NDArray[np.float32]:
    """Its numbers (F,) in today's order; what it lacks is 0."""
    dense = np.zeros(len(DENSE_FEATURES), np.float32)
    dense[: len(decision.features)] = decision.features
    if decision.text_encoder != text_encoder:
        dense[TEXT_ENCODED:] = 0.0
    return dense


def is_held_out(user_id: str, test_share: float) -> bool:
    """Whether a shopper is kept for measuring: always the same ones, so that no earlier version has seen them either.

    >>> sum(is_held_out(f"u1-{number}", 0.3) for number in range(1_000))
    293
    """
    digest = hashlib.sha256(f"{_HELD_OUT} {user_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < test_share * 2.0**64


@dataclass(slots=True)
class _Columns:
    """Rows as they are found; vectors as bytes, which take a tenth of the memory of lists."""

    text_encoder: str
    dense: list[bytes] = field(default_factory=list)
    categories: list[bytes] = field(default_factory=list)
    clicked: list[bool] = field(default_factory=list)
    shopper: list[int] = field(default_factory=list)
    shown_ms: list[int] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)  # user -> number

    def add(self, decision: Impression, clicked: bool) -> None:
        self.dense.append(dense_of(decision, self.text_encoder).tobytes())
        self.categories.append(np.asarray(decision.categories, np.int64).tobytes())
        self.clicked.append(clicked)
        self.shopper.append(self.numbers.setdefault(decision.user_id, len(self.numbers)))
        self.shown_ms.append(decision.shown_at.ToMilliseconds())

    def rows(self, test_share: float, left_out: Mapping[str, int]) -> OwnRows:
        shown_ms, shopper = (
            torch.tensor(self.shown_ms, dtype=torch.int64),
            torch.tensor(self.shopper, dtype=torch.int64),
        )
        held_out = torch.tensor([is_held_out(user, test_share) for user in self.numbers], dtype=torch.bool)
        dense = np.frombuffer(b"".join(self.dense), np.float32).reshape(-1, len(DENSE_FEATURES))
        categories = np.frombuffer(b"".join(self.categories), np.int64).reshape(-1, len(CATEGORIES))
        unknown = torch.full((len(shopper),), torch.nan, dtype=torch.float64)  # nobody knows the true probability
        clicked = torch.tensor(self.clicked, dtype=torch.float32)
        rows = ClickRows(torch.tensor(dense), torch.tensor(categories), clicked, shopper, unknown)
        order = torch.argsort(shown_ms, stable=True)
        return OwnRows(rows.take(order), shown_ms[order], held_out[shopper[order]], left_out, self.text_encoder)
