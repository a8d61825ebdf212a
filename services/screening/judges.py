"""The models that a screen asks; where one is not installed, its checks are unmeasured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from services.screening.model_file import NotInstalled
from services.screening.pictures import nsfw_onnx
from services.screening.pictures.ports import ImageJudge
from services.screening.reading import ppocr_onnx
from services.screening.reading.ports import Reader
from services.screening.words import lists_parquet, offence_sklearn
from services.screening.words.lists import WordLists
from services.screening.words.ports import TextJudge

_NOBODY = NotInstalled("no model was given")


class Judges(Protocol):
    """All that judge; each may be missing."""

    @property
    def images(self) -> ImageJudge | NotInstalled:
        """Of pictures."""
        ...

    @property
    def reader(self) -> Reader | NotInstalled:
        """Of what is written in pictures."""
        ...

    @property
    def texts(self) -> TextJudge | NotInstalled:
        """Of texts."""
        ...

    @property
    def words(self) -> WordLists | NotInstalled:
        """Of single words."""
        ...


class Installed:
    """Those of the extra `screening`, each read when it is first asked: half a second, and some of it memory."""

    @cached_property
    def images(self) -> ImageJudge | NotInstalled:
        """See `Judges.images`."""
        return nsfw_onnx.installed()

    @cached_property
    def reader(self) -> Reader | NotInstalled:
        """See `Judges.reader`."""
        return ppocr_onnx.installed()

    @cached_property
    def texts(self) -> TextJudge | NotInstalled:
        """See `Judges.texts`."""
        return offence_sklearn.installed()

    @cached_property
    def words(self) -> WordLists | NotInstalled:
        """See `Judges.words`."""
        return lists_parquet.installed()


@dataclass(frozen=True, slots=True)
class Given:
    """These, and nobody else."""

    images: ImageJudge | NotInstalled = _NOBODY
    reader: Reader | NotInstalled = _NOBODY
    texts: TextJudge | NotInstalled = _NOBODY
    words: WordLists | NotInstalled = _NOBODY
