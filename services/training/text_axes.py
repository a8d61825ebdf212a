"""Makes the fixed axes of the text encoder: `python -m services.training.text_axes`.

The axes are the first principal components of the vectors of two kinds of texts that may be shipped: every fifth whole
word of the encoder's own vocabulary, which is spread over all that can be said, and the texts of the demo shop's ads,
which say it as our copywriter does. Other texts give another version, and vectors of the old one count as missing, so
this is run again only with another encoder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.models import manifest
from services.models.tensors import TEXT_ENCODER
from services.models.text_encoder.axes import AXES, content_of, fitted
from services.models.text_encoder.network import TextEncoder
from services.runtime.whole_file import write_whole
from services.training.card import write_card

_EACH: Final = 5  # with ten times as many words as texts of ads, these still have a fifth of the axes' directions
_SHORTEST: Final = 3  # letters of a word: shorter ones are mostly pieces
_BATCH: Final = 64


def words_of(encoder: TextEncoder) -> list[str]:
    """Whole words of the encoder's vocabulary, in the order of their letters."""
    vocabulary = encoder.tokenizer.get_vocab()
    return sorted(word for word in vocabulary if word.isascii() and word.isalpha() and len(word) >= _SHORTEST)


def ad_texts() -> list[str]:
    """The headlines and bodies of the demo shop's ads."""
    ads = demo_creatives(demo_catalogue())
    return sorted({text for ad in ads for text in (ad.headline, ad.body) if text})


def embedded(encoder: TextEncoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """The encoder's vectors (N, 384)."""
    order = np.argsort([len(text) for text in texts], kind="stable")  # batches of like length need little padding
    found = np.empty((len(texts), 384), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            found[rows] = encoder([texts[row] for row in rows]).numpy()
    return found


def make(repository: Path = manifest.REPOSITORY) -> manifest.Manifest:
    """Writes the axes, and pins them in the encoder's manifest."""
    encoder = TextEncoder()
    words, ads = words_of(encoder)[::_EACH], ad_texts()
    folder = manifest.folder_of(TEXT_ENCODER.name, repository=repository)
    write_whole(folder / AXES, content_of(fitted(embedded(encoder, [*words, *ads]))))
    before = manifest.read(folder)
    digest = hashlib.sha256(json.dumps([*words, *ads]).encode()).hexdigest()
    recipe = {"command": "python -m services.training.text_axes", "texts_sha256": digest}
    facts = replace(
        before,
        sha256={**before.sha256, AXES: manifest.sha256_of(folder / AXES)},
        recipe={"axes": {**recipe, "words_of_the_vocabulary": len(words), "texts_of_the_demos_ads": len(ads)}},
    )
    manifest.write(folder, facts)
    write_card(facts, repository)
    return facts


if __name__ == "__main__":
    torch.set_num_threads(1)
    make()
