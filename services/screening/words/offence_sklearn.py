"""How likely an English text is to offend: the linear classifier of `alt-profanity-check` (MIT), read as a file.

It was trained on comments of users, so it is asked of Latin words alone and says little of other languages.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from services.screening.model_file import ModelFile, NotInstalled, content_of

WORDS: Final = ModelFile(
    "profanity_check",
    "data/vectorizer.joblib",
    "19c5200dc6a41f026e0558e2f164f5fe8d8f58e502b46b37e4385037fcfa4831",
)
MODEL: Final = ModelFile(
    "profanity_check",
    "data/model.joblib",
    "aeafc04849d4d93db4721cf30a86ebf22085595294b8a07d51918e7fa98f538b",
)


@dataclass(frozen=True, slots=True)
class LinearOffence:
    """A `TextJudge`; safe to share among threads."""

    words: Any  # sklearn's CountVectorizer
    model: Any
    version: str = "alt-profanity-check 1.9.1"

    def offence(self, texts: Sequence[str]) -> list[float]:
        """See `TextJudge.offence`."""
        if not texts:
            return []
        return [float(row[1]) for row in self.model.predict_proba(self.words.transform(texts))]


def installed() -> LinearOffence | NotInstalled:
    """The model where the extra `screening` is installed. Its pickles are run only as the files that were tried."""
    words, model = content_of(WORDS), content_of(MODEL)
    if isinstance(words, NotInstalled):
        return words
    if isinstance(model, NotInstalled):
        return model
    if find_spec("sklearn") is None or find_spec("joblib") is None:
        return NotInstalled('scikit-learn is not installed (extra "screening")')
    import joblib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a pickle of another scikit-learn: the contract test holds its scores
        return LinearOffence(joblib.load(io.BytesIO(words)), joblib.load(io.BytesIO(model)))
