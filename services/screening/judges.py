"""The models that a screen asks; where one is not installed, its checks are unmeasured."""

from __future__ import annotations

from dataclasses import dataclass

from services.screening.model_file import NotInstalled
from services.screening.pictures import nsfw_onnx
from services.screening.pictures.ports import ImageJudge
from services.screening.reading import ppocr_onnx
from services.screening.reading.ports import Reader
from services.screening.words import lists, offence_sklearn
from services.screening.words.lists import WordLists
from services.screening.words.ports import TextJudge


@dataclass(frozen=True, slots=True)
class Judges:
    """All that judge; each may be missing."""

    images: ImageJudge | NotInstalled
    reader: Reader | NotInstalled
    texts: TextJudge | NotInstalled
    words: WordLists | NotInstalled


def installed() -> Judges:
    """Those of the extra `screening`; takes a second or two."""
    return Judges(nsfw_onnx.installed(), ppocr_onnx.installed(), offence_sklearn.installed(), lists.installed())
