"""Hundreds of small experiments, each with other true rates: two policies, one of which learns.

A run shows one of a few creatives to visitors at a few moments; a third of the visitors are the control's. The
probability vectors are the product's. The posterior is updated after every batch with the batches before it, because
the windows of the newest batch are still open. The choices of a batch are drawn and summed with arrays;
`equal_to_the_tally` shows for a run that evaluation's own sums are the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.events.v1 import outcome_pb2
from services.evaluation.off_policy import WeightSums
from services.evaluation.outcome_tally import OutcomeTally, TrafficKind
from services.policies import thompson
from services.policies.assignment import THOMPSON, UNIFORM
from services.policies.decide import probabilities_of
from services.policies.draw import seed_for
from services.policies.posterior import ArmSums, Posterior
from services.tools.drills.interval_coverage.known_rates import World

CREATIVES: Final = 8
_CONTROL: Final = 1 / 3  # more than in production, so that both policies have enough impressions
_KEY: Final = b"many runs"


@dataclass(frozen=True, slots=True)
class Size:
    """The size of each run."""

    impressions: int
    batch: int
    moments: int


@dataclass(frozen=True, slots=True)
class Run:
    """n impressions with closed windows, in order, with their true rates."""

    thompson: NDArray[np.bool_]  # (n,), whether thompson chose; otherwise uniform
    clicked: NDArray[np.bool_]  # (n,)
    probability: NDArray[np.float64]  # (n,), the true click probability
    propensity: NDArray[np.float64]  # (n,), of the choice under the policy that made it
    of_thompson: NDArray[np.float64]  # (n,), probability of the same choice under thompson
    earns: NDArray[np.float64]  # (n,), thompson's true mean click rate at that time
    control_earns: float  # uniform's true mean click rate

    def from_traffic(self, policy: str) -> NDArray[np.bool_]:
        """Which impressions are the policy's own."""
        return self.thompson if policy == THOMPSON else ~self.thompson

    def weights(self, target: str) -> NDArray[np.float64]:
        """Importance weights (n,): the probability of the choice under `target`, divided by its propensity."""
        wanted = self.of_thompson if target == THOMPSON else 1 / CREATIVES
        return np.asarray(wanted / self.propensity)

    def sums(self, policy: str, target: str, upto: int) -> WeightSums:
        """The sums over the policy's own impressions among the first `upto`."""
        own = self.from_traffic(policy)[:upto]
        w, r = self.weights(target)[:upto][own], self.clicked[:upto][own].astype(np.float64)
        of = (w, w * w, w * r, w * w * r)
        return WeightSums(len(w), 0, *(float(terms.sum()) for terms in of))

    def truly_earns(self, target: str, traffic: str, upto: int) -> float:
        """The true mean click rate of `target` over the times of the traffic's impressions."""
        if target == UNIFORM:
            return self.control_earns
        return float(self.earns[:upto][self.from_traffic(traffic)[:upto]].mean())


def runs(world: World, seed: int, count: int, size: Size) -> Iterator[Run]:
    """`count` runs; the same arguments give the same runs."""
    for number in range(count):
        chance = np.random.Generator(np.random.Philox(key=np.array([seed, 1_000 + number], dtype=np.uint64)))
        house = len(world.creative_ids) - 1
        creatives = [*chance.choice(house, CREATIVES - 1, replace=False).tolist(), house]
        moments = chance.choice(len(world.truth), size.moments, replace=False)
        part = world.of(creatives)
        yield _run(
            World(part.creative_ids, part.truth[moments], part.scores[moments]), f"{seed}-{number}", chance, size
        )


def _run(world: World, name: str, chance: np.random.Generator, size: Size) -> Run:
    sums = {creative_id: ArmSums() for creative_id in world.creative_ids}
    waiting: list[tuple[str, bool, float]] = []  # of the batch whose windows are open
    parts: list[Run] = []
    for batch in range(-(-size.impressions // size.batch)):
        q = _vectors(world, Posterior(batch, dict(sums)), f"{name}-{batch}")
        for creative_id, clicked, score in waiting:
            sums[creative_id] = sums[creative_id].after(clicked, score)
        part, moments, choices = _batch(world, q, chance, size.batch)
        scores = world.scores[moments, choices]
        waiting = [
            (world.creative_ids[choice], bool(clicked), float(score))
            for choice, clicked, score in zip(choices, part.clicked, scores, strict=True)
        ]
        parts.append(part)
    return Run(
        np.concatenate([part.thompson for part in parts]),
        np.concatenate([part.clicked for part in parts]),
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.propensity for part in parts]),
        np.concatenate([part.of_thompson for part in parts]),
        np.concatenate([part.earns for part in parts]),
        float(world.truth.mean()),
    )


def _vectors(world: World, posterior: Posterior, name: str) -> NDArray[np.float64]:
    """Thompson's vector at each moment, (X, C)."""
    least = thompson.exploration_floor(CREATIVES)
    return np.array(
        [
            probabilities_of(world.arms(x, posterior), THOMPSON, seed_for(_KEY, name, "", x), least, thompson.DRAWS)
            for x in range(len(world.truth))
        ]
    )


def _batch(
    world: World, q: NDArray[np.float64], chance: np.random.Generator, size: int
) -> tuple[Run, NDArray[np.int64], NDArray[np.intp]]:
    """One batch, with its moments (size,) and choices (size,)."""
    treated = chance.random(size) >= _CONTROL
    moments = chance.integers(len(world.truth), size=size)
    p = np.where(treated[:, None], q[moments], 1 / CREATIVES)
    u = chance.random(size) * p.sum(axis=1)
    choices = (np.cumsum(p, axis=1) <= u[:, None]).sum(axis=1).clip(max=CREATIVES - 1)
    probability = world.truth[moments, choices]
    earns = np.full(size, float((q * world.truth).sum(axis=1).mean()))
    rows = np.arange(size)
    clicked = chance.random(size) < probability
    run = Run(treated, clicked, probability, p[rows, choices], q[moments, choices], earns, float(world.truth.mean()))
    return run, moments, choices


def equal_to_the_tally(run: Run) -> float:
    """The largest relative difference of any sum from that of evaluation's tally over the same outcomes."""
    tally = OutcomeTally()
    columns = (run.thompson, run.clicked, run.propensity, run.of_thompson)
    for number, (treated, clicked, propensity, of_thompson) in enumerate(zip(*columns, strict=True)):
        tally.add_closed(
            outcome_pb2.Outcome(
                outcome_id=str(number),
                kind=outcome_pb2.CLICKED if clicked else outcome_pb2.IGNORED,
                policy_id=THOMPSON if treated else UNIFORM,
                creative_id="c",
                propensity=float(propensity),
                target_propensities={THOMPSON: float(of_thompson), UNIFORM: 1 / CREATIVES},
                window_closed=True,
                score=0.05,
            )
        )
    worst = 0.0
    for (traffic, target), theirs in tally.weights.items():
        ours = run.sums(traffic.policy, target, len(run.clicked))
        for name in ("n", "w", "w2", "wr", "w2r"):
            wanted = getattr(theirs, name)
            worst = max(worst, abs(getattr(ours, name) - wanted) / max(abs(wanted), 1e-12))
    seen = {traffic: (int(run.from_traffic(traffic.policy).sum())) for traffic in tally.rates}
    same = all(tally.rates[traffic].impressions == number for traffic, number in seen.items())
    return worst if same and TrafficKind(THOMPSON, False) in tally.rates else float("inf")
