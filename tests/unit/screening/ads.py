"""Ads and judges for tests of the screen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PIL import Image, ImageDraw

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.common.verdict import Check
from services.copywriter.offer_words import Moment
from services.screening.asset import Asset, Grounds
from services.screening.judges import Given
from services.screening.policy import Policy, policy
from services.screening.reading.ports import Line
from services.screening.screen import verdict_of
from services.screening.words.lists import lists_of

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
TEE = Product(product_id="tee", title="Breton tee", price_minor=2900, currency="EUR", language="en")


@dataclass(frozen=True)
class Says:
    """A `Reader` that sees these lines, one under another, whatever the picture is."""

    texts: Sequence[str]
    version: str = "test"

    def lines(self, picture: Image.Image) -> tuple[Line, ...]:
        return tuple(Line(text, (10, 20 + 30 * n, 200, 45 + 30 * n), 1.0) for n, text in enumerate(self.texts))

    def unknown_in(self, text: str) -> str:
        return "".join(letter for letter in text if letter in "אב")


@dataclass(frozen=True)
class Thinks:
    """Judges texts and pictures with one score."""

    score: float
    version: str = "test"

    def unsafe(self, picture: Image.Image) -> float:
        return self.score

    def offence(self, texts: Sequence[str]) -> list[float]:
        return [self.score for _ in texts]


def judges(said: Sequence[str] = ("Breton tee", "€29.00"), score: float = 0.0) -> Given:
    return Given(Thinks(score), Says(said), Thinks(score), lists_of({"en": ["damn"], "zh": ["他妈"]}, ["妈妈"]))


def banner(ink: str = "black", ground: str = "white") -> Image.Image:
    picture = Image.new("RGB", (300, 250), ground)
    pen = ImageDraw.Draw(picture)
    for n in range(4):
        pen.text((10, 20 + 30 * n), "Breton tee, EUR 29", fill=ink, font_size=20)
    pen.rectangle((220, 150, 280, 240), fill=ink)
    return picture


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def finished(picture: Image.Image, headline: str = "Breton tee") -> Asset:
    return Asset("finished", "it", headline, content=png(picture), format="300x250")


def grounds(**fields: object) -> Grounds:
    return Grounds(Moment(NOON), TEE, **fields)  # type: ignore[arg-type]


def failed(asset: Asset, held: Grounds, by: Given, rules: Policy | None = None) -> dict[str, Check]:
    """The checks that fail, by name."""
    verdict = verdict_of(asset, held, by, rules or policy()).verdict
    return {check.check: check for check in verdict.checks if not check.passes}
