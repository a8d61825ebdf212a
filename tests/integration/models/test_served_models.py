"""Triton's outputs equal those of torch (law 8), through the client that processes use."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import numpy as np
import pytest

from services.common.errors import Bug, Unavailable
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models import reference
from services.models.generator.audience import AUDIENCE_SIZE, audience_vector
from services.models.manifest import folder_of, served_version
from services.models.ports import Scores
from services.models.tensors import CONTRACTS, CTR, NOISE_SIZE, PICTURE_SIDE, ModelContract
from services.models.text_encoder.axes import served_axes
from services.models.triton_client import TritonModels
from services.models.triton_texts import TritonTexts
from services.models.verify import verify, verify_all
from services.tools.stack.session import RunningStack

T = TypeVar("T")
BUDGET_S = 10.0
every_model = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)


def ask(parts: RunningStack, question: Callable[[TritonModels], Coroutine[Any, Any, T]]) -> T:
    async def connected() -> T:
        models = TritonModels(parts.triton)
        try:
            return await question(models)
        finally:
            await models.close()

    return asyncio.run(connected())


@every_model
def test_served_output_equals_the_reference(parts: RunningStack, contract: ModelContract) -> None:
    check = ask(parts, lambda models: verify(models, contract))
    assert check.passed, check
    assert check.version == served_version(contract.name)


def test_all_models_are_verified_at_a_start(parts: RunningStack) -> None:
    checks = asyncio.run(verify_all(parts.triton, wait_s=30.0))
    assert [check.model for check in checks] == [contract.name for contract in CONTRACTS]
    assert all(check.passed for check in checks)


def test_requests_that_are_joined_get_their_own_answers(parts: RunningStack) -> None:
    inputs, expected = reference.read(folder_of(CTR.name), CTR)
    sizes = (1, 2, 3, 5, 8, 13)
    starts = [sum(sizes[:at]) for at in range(len(sizes))]

    async def together(models: TritonModels) -> list[Scores]:
        cuts = [slice(start, start + size) for start, size in zip(starts, sizes, strict=True)]
        calls = [
            models.score(inputs["dense"][cut], inputs["categories"][cut], budget_s=BUDGET_S)
            for _ in range(8)
            for cut in cuts
        ]
        return await asyncio.gather(*calls)

    for at, scores in enumerate(ask(parts, together)):
        start, size = starts[at % len(sizes)], sizes[at % len(sizes)]
        wanted = expected["click_probability"][start : start + size, 0]
        assert np.abs(scores.click_probability - wanted).max() <= CTR.tolerance


def test_same_noise_gives_the_same_picture_alone_and_in_a_batch(parts: RunningStack) -> None:
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((4, NOISE_SIZE), dtype=np.float32)
    audience = np.zeros((4, AUDIENCE_SIZE), dtype=np.float32)
    product_class = np.array([0, 3, 7, 9])

    async def both(models: TritonModels) -> tuple[np.ndarray, np.ndarray]:
        company = await models.generate(noise, product_class, audience, budget_s=BUDGET_S)
        alone = await models.generate(noise[2:3], product_class[2:3], audience[2:3], budget_s=BUDGET_S)
        return company, alone

    company, alone = ask(parts, both)
    assert company.shape == (4, PICTURE_SIDE, PICTURE_SIDE, 3)
    assert np.abs(company[2].astype(int) - alone[0]).max() <= 1  # one grey level, where rounding falls on the edge


def test_a_warm_audience_gets_warmer_pictures_than_a_cold_one(parts: RunningStack) -> None:
    noise = np.random.default_rng(4).standard_normal((20, NOISE_SIZE), dtype=np.float32)
    product_class = np.tile(np.arange(10), 2)
    wishes = [{"warmth": 1.0, "vividness": 1.0}] * 10 + [{"warmth": -1.0, "vividness": 1.0}] * 10
    audience = np.array([audience_vector(wish) for wish in wishes], dtype=np.float32)
    images = ask(parts, lambda models: models.generate(noise, product_class, audience, budget_s=BUDGET_S)).astype(float)
    warmth = (images[..., 0] - images[..., 2]).mean(axis=(1, 2))  # red minus blue
    assert warmth[:10].min() > warmth[10:].max()


def test_texts_that_mean_the_same_lie_closer(parts: RunningStack) -> None:
    texts = ["warm winter boots", "ankle boots for snow and ice", "a floral summer dress"]
    near, same, far = ask(parts, lambda models: models.encode(texts, budget_s=BUDGET_S))
    assert near @ same > near @ far + 0.2


def test_axes_keep_what_texts_mean_and_a_thread_may_ask_for_it(parts: RunningStack) -> None:
    texts, axes = TritonTexts(parts.triton), served_axes()
    said = ["warm winter boots", "ankle boots for snow and ice", "a floral summer dress"]
    near, same, far = (vector.numbers() for vector in axes.vectors(texts.encode(said, budget_s=BUDGET_S)))
    assert near @ same > near @ far + 0.2
    with pytest.raises(Unavailable, match="text_encoder did not answer within 0 ms"):
        texts.encode(said, budget_s=1e-5)
    texts.close()


def test_inputs_that_break_the_contract_are_a_bug(parts: RunningStack) -> None:
    dense = np.zeros((1, len(DENSE_FEATURES) + 1), dtype=np.float32)
    categories = np.zeros((1, len(CATEGORIES)), dtype=np.int64)
    with pytest.raises(Bug, match="dense"):
        ask(parts, lambda models: models.score(dense, categories, budget_s=BUDGET_S))


def test_too_large_a_batch_is_a_bug(parts: RunningStack) -> None:
    with pytest.raises(Bug, match="batch-size"):
        ask(parts, lambda models: models.encode(["boots"] * 65, budget_s=BUDGET_S))


@pytest.mark.parametrize("budget_s", [0.0, 1e-4])
def test_an_answer_beyond_the_budget_is_unavailable(parts: RunningStack, budget_s: float) -> None:
    with pytest.raises(Unavailable, match="text_encoder") as caught:
        ask(parts, lambda models: models.encode(["boots"], budget_s=budget_s))
    assert caught.value.part == "triton"


def test_a_server_that_is_not_there_is_unavailable_at_once() -> None:
    async def nobody() -> None:
        models = TritonModels("127.0.0.1:1")
        try:
            await models.encode(["boots"], budget_s=5.0)
        finally:
            await models.close()

    with pytest.raises(Unavailable, match="text_encoder"):
        asyncio.run(asyncio.wait_for(nobody(), 3.0))
