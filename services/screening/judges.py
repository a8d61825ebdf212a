"""The models that a screen asks; where one is not installed, its checks are unmeasured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Final, Protocol

from services.screening.model_file import NotInstalled, state_of
from services.screening.pictures import nsfw_onnx
from services.screening.pictures.ports import ImageJudge
from services.screening.reading import ppocr_onnx
from services.screening.reading.ports import Reader
from services.screening.version import version_of
from services.screening.words import lists_parquet, offence_sklearn
from services.screening.words.lists import WordLists
from services.screening.words.ports import TextJudge

_NOBODY = NotInstalled("no model was given")
_FILES: Final = (
    nsfw_onnx.FILE, ppocr_onnx.FINDER, ppocr_onnx.READER,
    offence_sklearn.WORDS, offence_sklearn.MODEL, lists_parquet.FILE,
)  # fmt: skip
_RUN_BY: Final = ("onnxruntime", "sklearn", "joblib", "pyarrow")
"""What the files need to be read."""


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

    @property
    def version(self) -> str:
        """Of all of them: which there are, and what they judge by. Loads none."""
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

    @property
    def version(self) -> str:
        """See `Judges.version`; as the files are now."""
        packages = [find_spec(name) is not None for name in _RUN_BY]
        return version_of("models", *map(state_of, _FILES), packages, lists_parquet.tables())


@dataclass(frozen=True, slots=True)
class Given:
    """These, and nobody else."""

    images: ImageJudge | NotInstalled = _NOBODY
    reader: Reader | NotInstalled = _NOBODY
    texts: TextJudge | NotInstalled = _NOBODY
    words: WordLists | NotInstalled = _NOBODY

    @property
    def version(self) -> str:
        """See `Judges.version`."""
        judges = (self.images, self.reader, self.texts, self.words)
        return version_of("given", *(one.why if isinstance(one, NotInstalled) else one.version for one in judges))
