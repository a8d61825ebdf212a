"""The fake keeps the promises of the port."""

import asyncio

import numpy as np
import pytest

from services.common.errors import Unavailable
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models.fake_models import FakeModels
from services.models.tensors import EMBEDDING_SIZE, NOISE_SIZE, PICTURE_SIDE

DENSE = np.linspace(-1, 1, 5 * len(DENSE_FEATURES), dtype=np.float32).reshape(5, -1)
CATEGORY = np.zeros((5, len(CATEGORIES)), dtype=np.int64)


def test_scores_are_probabilities_that_differ() -> None:
    scores = asyncio.run(FakeModels().score(DENSE, CATEGORY, budget_s=1.0))
    assert scores.click_probability.shape == (5,)
    assert ((scores.click_probability > 0) & (scores.click_probability < 1)).all()
    assert len(set(scores.click_probability.tolist())) == 5


def test_pictures_follow_noise_class_and_audience() -> None:
    noise = np.zeros((3, NOISE_SIZE), dtype=np.float32)
    audience = np.zeros((3, 8), dtype=np.float32)
    audience[2, 0] = 1.0
    images = asyncio.run(FakeModels().generate(noise, np.array([0, 5, 5]), audience, budget_s=1.0))
    assert images.shape == (3, PICTURE_SIDE, PICTURE_SIDE, 3)
    assert len({image.tobytes() for image in images}) == 3


def test_embeddings_have_length_one_and_repeat() -> None:
    one, two, again = asyncio.run(FakeModels().encode(["boots", "bag", "boots"], budget_s=1.0))
    assert one.shape == (EMBEDDING_SIZE,)
    assert np.linalg.norm(one) == pytest.approx(1.0, abs=1e-6)
    assert (one == again).all()
    assert (one != two).any()


@pytest.mark.parametrize(("fake", "budget_s"), [(FakeModels(down=True), 1.0), (FakeModels(), 0.0)])
def test_no_answer_is_unavailable_triton(fake: FakeModels, budget_s: float) -> None:
    with pytest.raises(Unavailable, match="triton is unavailable") as caught:
        asyncio.run(fake.encode(["boots"], budget_s=budget_s))
    assert caught.value.part == "triton"
