"""The contract of every model that Triton serves: names, types and shapes of its tensors, and what they mean.

`model_repository/*/config.pbtxt` is compared with these tables by a test; clients, exports and servers read them.
Needs no torch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike

from services.features.vector import CATEGORIES, DENSE_FEATURES
from services.models.generator.audience import AUDIENCE_SIZE

NOISE_SIZE = 64
PICTURE_SIDE = 32
HIDDEN_SIZE = 16
TEXT_BYTES = 512
EMBEDDING_SIZE = 384

_NUMPY: dict[str, DTypeLike] = {"FP32": np.float32, "INT64": np.int64, "UINT8": np.uint8}


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One tensor of a model; `shape` is that of one row, the batch comes before it."""

    name: str
    dtype: str  # Triton's name of the type
    shape: tuple[int, ...]
    meaning: str

    @property
    def numpy_dtype(self) -> np.dtype[np.generic]:
        return np.dtype(_NUMPY[self.dtype])


@dataclass(frozen=True, slots=True)
class ModelContract:
    """What a served model takes and gives."""

    name: str
    max_batch: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    tolerance: float  # by how much a served output may differ from the reference output


CTR = ModelContract(
    name="ctr",
    max_batch=1024,  # rows are candidates: up to 256 a request, and requests that wait together are joined
    inputs=(
        TensorSpec("dense", "FP32", (len(DENSE_FEATURES),), "numbers of services/features/vector.py, in its order"),
        TensorSpec(
            "categories",
            "INT64",
            (len(CATEGORIES),),
            "numbers of names and indices, each from 0 to below its category's size",
        ),
    ),
    outputs=(
        TensorSpec("click_probability", "FP32", (1,), "calibrated probability of a click, in (0, 1)"),
        TensorSpec("hidden", "FP32", (HIDDEN_SIZE,), "last hidden layer, what contextual policies build on"),
    ),
    tolerance=1e-5,  # float sums are ordered differently for other batch sizes
)

CREATIVE_GENERATOR = ModelContract(
    name="creative_generator",
    max_batch=64,
    inputs=(
        TensorSpec("noise", "FP32", (NOISE_SIZE,), "standard normal; the caller's seed decides the picture"),
        TensorSpec("product_class", "INT64", (1,), "index into PRODUCT_CLASSES"),
        TensorSpec("audience", "FP32", (AUDIENCE_SIZE,), "AUDIENCE_AXES, each in [-1, 1]"),
    ),
    outputs=(TensorSpec("image", "FP32", (3, PICTURE_SIDE, PICTURE_SIDE), "red, green, blue in [0, 1], row by row"),),
    tolerance=1e-4,  # a fortieth of one of 256 grey levels
)

TEXT_ENCODER = ModelContract(
    name="text_encoder",
    max_batch=64,
    inputs=(TensorSpec("text_utf8", "UINT8", (TEXT_BYTES,), "the text in UTF-8, filled up with zero bytes"),),
    outputs=(TensorSpec("embedding", "FP32", (EMBEDDING_SIZE,), "length 1; a dot product is a cosine"),),
    tolerance=1e-4,  # a batch is padded to its longest text, which changes the order of float sums
)

CONTRACTS: tuple[ModelContract, ...] = (CTR, CREATIVE_GENERATOR, TEXT_ENCODER)
