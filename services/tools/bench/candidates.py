"""Creatives for benchmarks: in a format of their own, where naming products gives 1, 16, 64 or 256 candidates."""

from __future__ import annotations

import numpy as np
import tritonclient.grpc.aio as triton_client

from services.assets.creative import Draft
from services.assets.open_library import stored_library
from services.catalogue.catalogue import demo_catalogue
from services.common.verdict import STAND_IN
from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models.tensors import CTR
from services.runtime.grpc_channel import NO_PROXY

FORMAT = "336x280"
_CREATIVES_OF = dict(zip([p.product_id for p in demo_catalogue().products], (1, 15, 48, 192), strict=False))
_NAMES = list(_CREATIVES_OF)
PRODUCTS_FOR = {1: _NAMES[:1], 16: _NAMES[:2], 64: _NAMES[:3], 256: _NAMES[:4]}
"""The products to name in a request, by number of candidates."""


def load(kafka: str, assets: str) -> None:
    """Adds the creatives to the library of a stack; safe to repeat."""
    library = stored_library(kafka, assets, demo_catalogue().index.__contains__)
    picture = library.picture(library.houses()[0])
    drafts = [
        Draft(
            product,
            FORMAT,
            f"Measured {number}",
            "",
            "Look",
            "bench",
            recipe=f"bench/{product}/{number}",
            verdict=STAND_IN,
        )
        for product, count in _CREATIVES_OF.items()
        for number in range(count)
    ]
    library.add_all([(draft, picture) for draft in drafts])
    library.close()


class BareScores:
    """The reference: scores of random rows from Triton by its own client, as any user of Triton would call it."""

    def __init__(self, triton: str) -> None:
        self._client = triton_client.InferenceServerClient(triton, channel_args=NO_PROXY)
        chance = np.random.default_rng(7)
        self._rows = chance.standard_normal((max(PRODUCTS_FOR), len(DENSE_FEATURES)), dtype=np.float32)

    async def score(self, count: int) -> None:
        """One call with `count` rows."""
        dense, categories = self._rows[:count], np.zeros((count, len(CATEGORIES)), dtype=np.int64)
        inputs = []
        for spec, array in ((CTR.inputs[0], dense), (CTR.inputs[1], categories)):
            tensor = triton_client.InferInput(spec.name, list(array.shape), spec.dtype)
            tensor.set_data_from_numpy(array)
            inputs.append(tensor)
        outputs = [triton_client.InferRequestedOutput(CTR.outputs[0].name)]
        answer = await self._client.infer(CTR.name, inputs, outputs=outputs, client_timeout=2.0)
        answer.as_numpy(CTR.outputs[0].name)

    async def close(self) -> None:
        """Ends the connection."""
        await self._client.close()
