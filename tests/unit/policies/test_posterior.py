"""The lift's posterior recovers what it should."""

from __future__ import annotations

import numpy as np
import pytest

from services.policies.posterior import PRIOR, ArmSums, Posterior, click_probability, ctr_multipliers


def test_a_new_arm_is_believed_to_be_as_good_as_its_score() -> None:
    means, variances = ctr_multipliers(PRIOR, ["new"])
    mean, variance = click_probability(np.array([0.03]), means, variances)
    assert mean[0] == 0.03
    assert variance[0] == pytest.approx(0.03**2 / 20)


def test_a_creative_twice_as_good_as_its_score_is_found_out() -> None:
    posterior = Posterior(3, {"a": ArmSums(clicks=4000, expected_clicks=2000.0)})
    means, variances = ctr_multipliers(posterior, ["a"])
    assert means[0] == pytest.approx(2.0, abs=0.02)
    assert variances[0] ** 0.5 < 0.05


def test_an_impression_without_a_score_teaches_nothing() -> None:
    assert ArmSums(2, 1.5).after(clicked=True, score=None) == ArmSums(2, 1.5)
