"""Real clicks on real headlines: does a text's vector say which of a test's headlines will be clicked more?

Upworthy's randomised tests (`upworthy.parquet`), arms of one headline summed. A ridge regression on the vectors
predicts an arm's log click rate relative to its test, out of fold by test. This is the warm start of a new creative:
nothing is known of it but its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from services.training.click_figures import Interval
from tests.statistics.training.vectors.encodings import embedded, encoders, ways, weighted
from tests.statistics.training.vectors.paired import Line, mean_gain, ratio_gain

Floats = NDArray[np.float64]
_FOLDS: Final = 5
_RIDGES: Final = (10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0, 10_000.0)
_FEW: Final = (50, 200)
"""Tests to learn from, as few as a shop has products with several headlines."""

_PRIOR: Final = 20.0
"""Impressions, as a share of whose clicks the test's own rate is added to each arm: no arm's rate is zero."""


@dataclass(frozen=True, slots=True)
class Arms:
    """A arms of tests, one headline each; a test has at least two."""

    test: NDArray[np.int64]  # (A,), ascending
    texts: list[str]
    impressions: Floats  # (A,)
    clicks: Floats  # (A,)

    @property
    def lift(self) -> Floats:
        """The log click rate of each arm, less the mean of its test."""
        tests = int(self.test.max()) + 1
        rate = _per(self.test, self.clicks, tests) / _per(self.test, self.impressions, tests)
        log_rate = np.log((self.clicks + _PRIOR * rate[self.test]) / (self.impressions + _PRIOR))
        return centred(log_rate, self.test)


def read(path: Path) -> Arms:
    """The arms of the file; those of one headline in one test are one arm."""
    sums: dict[tuple[str, str], list[int]] = {}
    columns = pq.read_table(path, columns=["clickability_test_id", "headline", "impressions", "clicks"]).to_pydict()
    for test, headline, shown, clicked in zip(*columns.values(), strict=True):
        found = sums.setdefault((test, headline or ""), [0, 0])
        found[0] += shown
        found[1] += clicked
    of_test: dict[str, list[tuple[str, int, int]]] = {}
    for (test, headline), (shown, clicked) in sums.items():
        of_test.setdefault(test, []).append((headline, shown, clicked))
    several = [arms for _, arms in sorted(of_test.items()) if len(arms) > 1]
    rows = [(number, *arm) for number, arms in enumerate(several) for arm in arms]
    tests, texts, shown_, clicked_ = zip(*rows, strict=True)
    return Arms(np.array(tests), list(texts), np.array(shown_, float), np.array(clicked_, float))


def compared(data: Path) -> list[Line]:
    """Each way against words, learnt from all other tests and from few; and an encoder's whole vectors."""
    arms = read(data / "upworthy.parquet")
    words = weighted(arms.texts).vectors(arms.texts)
    scores = {"words": out_of_fold(words, arms), "no vector": np.zeros(len(words))}
    for name, vectors_of in ways(data).items():
        short = vectors_of(arms.texts)
        scores[name] = out_of_fold(short, arms)
        for tests in _FEW:
            scores[f"{name}, {tests} tests"] = out_of_fold(short, arms, tests)
    for name, encode in encoders().items():
        scores[f"{name}, all 384"] = out_of_fold(embedded(encode, tuple(arms.texts)), arms)
    return [line for name in scores if name != "words" for line in _lines(arms, name, scores[name], scores["words"])]


def out_of_fold(vectors: Floats, arms: Arms, most: int = 10**9) -> Floats:
    """The predicted lift (A,) of each arm by a regression on other tests, `most` of them at most."""
    x = np.column_stack([centred(column, arms.test) for column in vectors.T])
    y, weight = arms.lift, np.sqrt(arms.impressions)
    fold = arms.test % _FOLDS
    score = np.empty(len(y))
    for at in range(_FOLDS):
        kept = (fold != at) & (arms.test < np.unique(arms.test[fold != at])[:most][-1] + 1)
        chosen = kept & (arms.test // _FOLDS % 4 == 0)  # a quarter chooses the penalty
        inner = kept & ~chosen
        fits = [x[chosen] @ ridge(x[inner], y[inner], weight[inner], penalty) for penalty in _RIDGES]
        losses = [float((weight[chosen] * (y[chosen] - fit) ** 2).sum()) for fit in fits]
        score[fold == at] = x[fold == at] @ ridge(x[kept], y[kept], weight[kept], _RIDGES[int(np.argmin(losses))])
    return score


def ridge(x: Floats, y: Floats, weight: Floats, penalty: float) -> Floats:
    """Coefficients; `penalty` counts in units of one column's mean square."""
    scaled = x * weight[:, None]
    unit = max(float((scaled * x).sum() / x.shape[1] / weight.sum()), 1e-12) * float(weight.mean())
    solved: Floats = np.linalg.solve(scaled.T @ x + penalty * unit * np.eye(x.shape[1]), scaled.T @ y).astype(float)
    return solved


def centred(values: Floats, test: NDArray[np.int64]) -> Floats:
    """The values less the mean of their test."""
    tests = int(test.max()) + 1
    means = _per(test, values, tests) / np.bincount(test, minlength=tests)
    less: Floats = values - means[test]
    return less


def _lines(arms: Arms, name: str, score: Floats, words: Floats) -> list[Line]:
    """Log loss of which arm a click was on; pairs put in the right order; click rate of the best-scored twentieth."""
    question = "real headlines, new to the model"
    loss, words_loss = (click_loss(arms, each) for each in (score, words))
    tests = np.arange(len(loss))
    right, words_right, of = pairs(arms, score), pairs(arms, words), pairs(arms, arms.lift)
    best, words_best = (top_lift(arms, each) for each in (score, words))
    return [
        Line(question, name, "log loss", *_means(words_loss, loss), mean_gain(words_loss - loss, tests)),
        Line(
            question, name, "pairs right", words_right.sum() / of.sum(), right.sum() / of.sum(),
            ratio_gain(right, words_right, of, tests),
        ),
        Line(question, name, "best 20th", words_best[0], best[0], _best_gain(arms, score, words)),
    ]  # fmt: skip


def click_loss(arms: Arms, score: Floats) -> Floats:
    """Mean over a test's clicks of -log of the share of clicks that the scores give to the arm, a test (T,)."""
    tests = int(arms.test.max()) + 1
    expected = arms.impressions * np.exp(score)
    share = expected / _per(arms.test, expected, tests)[arms.test]
    clicks = _per(arms.test, arms.clicks, tests)
    loss: Floats = _per(arms.test, -arms.clicks * np.log(share), tests) / np.maximum(clicks, 1.0)
    return loss


def pairs(arms: Arms, score: Floats) -> Floats:
    """How many pairs of arms of each test the score puts in the order of their click rates, (T,); a tie is a half."""
    found = np.zeros(int(arms.test.max()) + 1)
    lift = arms.lift
    for rows in np.split(np.arange(len(lift)), np.flatnonzero(np.diff(arms.test)) + 1):
        first, second = np.triu_indices(len(rows), 1)
        said = np.sign(score[rows][first] - score[rows][second])
        true = np.sign(lift[rows][first] - lift[rows][second])
        found[arms.test[rows[0]]] = float(((said * true + 1.0) / 2.0)[true != 0].sum())
    return found


def top_lift(arms: Arms, score: Floats) -> tuple[float, NDArray[np.int64]]:
    """The clicks of the best-scored twentieth, by those that their tests' mean rates would have given; and its rows."""
    rows = np.argsort(-score, kind="stable")[: len(score) // 20]
    return float(arms.clicks[rows].sum() / _usual(arms)[rows].sum()), rows


def _best_gain(arms: Arms, score: Floats, words: Floats) -> Interval:
    """The interval of the difference of two best twentieths; tests are resampled, the twentieths are kept."""
    usual = _usual(arms)
    tests = int(arms.test.max()) + 1
    over, under = [], []
    for each in (score, words):
        rows = top_lift(arms, each)[1]
        over.append(_per(arms.test[rows], arms.clicks[rows], tests))
        under.append(_per(arms.test[rows], usual[rows], tests))
    rng = np.random.default_rng(0)
    drawn = np.stack([np.bincount(rng.integers(tests, size=tests), minlength=tests) for _ in range(2000)])
    difference = (drawn @ over[0]) / (drawn @ under[0]) - (drawn @ over[1]) / (drawn @ under[1])
    low, high = np.quantile(difference, [0.025, 0.975])
    return Interval(float(over[0].sum() / under[0].sum() - over[1].sum() / under[1].sum()), float(low), float(high))


def _usual(arms: Arms) -> Floats:
    tests = int(arms.test.max()) + 1
    rate = _per(arms.test, arms.clicks, tests) / _per(arms.test, arms.impressions, tests)
    usual: Floats = arms.impressions * rate[arms.test]
    return usual


def _means(words: Floats, value: Floats) -> tuple[float, float]:
    return float(words.mean()), float(value.mean())


def _per(index: NDArray[np.int64], values: Floats, count: int) -> Floats:
    sums: Floats = np.bincount(index, weights=values, minlength=count).astype(np.float64)
    return sums
