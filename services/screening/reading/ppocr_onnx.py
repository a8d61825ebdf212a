"""PP-OCRv6 small (PaddleOCR, Apache-2.0), read by onnxruntime from the files in the wheel `rapidocr`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from services.screening.model_file import ModelFile, NotInstalled
from services.screening.onnx_session import session_of
from services.screening.reading.find_lines import line_boxes, planes_of, scaled_for_finding
from services.screening.reading.likeness import plain_letters
from services.screening.reading.ports import Line
from services.screening.reading.read_line import letters_of, planes_of_line

FINDER: Final = ModelFile(
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
READER: Final = ModelFile(
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
SHORTEST: Final = 480
"""Pixels of the shorter side in which lines are looked for: those of 8 px in the smallest ads are found there."""
LONGEST: Final = 960

_LEAST_SURE: Final = 0.5  # of a line; below, it is texture


@dataclass(frozen=True, slots=True)
class PpOcr:
    """A `Reader`; safe to share among threads."""

    finder: Any  # onnxruntime.InferenceSession
    reader: Any
    letters: Sequence[str]  # by the reader's number
    known: frozenset[str]  # letters as they are compared
    version: str = "pp-ocrv6-small/1"

    def lines(self, picture: Image.Image) -> tuple[Line, ...]:
        """See `Reader.lines`."""
        scaled = scaled_for_finding(picture, SHORTEST, LONGEST)
        probable = self.finder.run(None, {"x": planes_of(scaled)[None]})[0][0, 0]  # (H, W)
        found = []
        for box in line_boxes(probable, picture.size):
            columns = self.reader.run(None, {"x": planes_of_line(picture.crop(box))[None]})[0][0]  # (W, letters)
            text, sure = letters_of(columns, self.letters)
            if text.strip() and sure >= _LEAST_SURE:
                found.append(Line(text.strip(), box, sure))
        return tuple(found)

    def unknown_in(self, text: str) -> str:
        """See `Reader.unknown_in`."""
        return "".join(dict.fromkeys(letter for letter in plain_letters(text) if letter not in self.known))


def installed() -> PpOcr | NotInstalled:
    """The models where the extra `screening` is installed."""
    finder, reader = session_of(FINDER), session_of(READER)
    if isinstance(finder, NotInstalled):
        return finder
    if isinstance(reader, NotInstalled):
        return reader
    named: str = reader.get_modelmeta().custom_metadata_map["character"]
    letters = ("", *named.splitlines(), " ")
    return PpOcr(finder, reader, letters, frozenset(plain_letters("".join(letters))))
