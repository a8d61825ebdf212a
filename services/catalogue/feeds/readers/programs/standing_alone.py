"""Which shop program's export a table is, where its rows need each other to be understood."""

from __future__ import annotations

from services.catalogue.feeds.readers.programs.magento import Magento
from services.catalogue.feeds.readers.programs.squarespace import Squarespace
from services.catalogue.feeds.readers.programs.wix import Wix
from services.catalogue.feeds.readers.reader import Reader

_PROGRAMS = (Wix, Squarespace, Magento)


def standing_alone(reader: Reader) -> Reader:
    """The reader, or for exports of these programs one whose rows each stand for themselves."""
    return next((program(reader) for program in _PROGRAMS if set(reader.names) >= program.SIGNS), reader)
