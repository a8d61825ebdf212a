"""What is screened, and what it is held against. Nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.language import UNSURE
from services.common.verdict import Verdict
from services.composer.brand_kit import NO_KIT, BrandKit
from services.copywriter.offer_words import Moment
from services.screening.policy import Kind


@dataclass(frozen=True, slots=True)
class Photo:
    """The product's photo in a composed ad."""

    sha256: str  # so that it is judged once
    image: Image.Image = field(compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Asset:
    """An ad, or its words alone."""

    kind: Kind
    ad: str = ""  # its id, from which samples follow
    headline: str = ""
    body: str = ""
    call_to_action: str = ""
    content: bytes = b""  # the picture as it is served
    format: str = ""  # that it is to have
    made: Verdict | None = None  # what the composer found, which knows each text and its ground
    photo: Photo | None = None

    @property
    def words(self) -> str:
        """All its texts, one a line."""
        return "\n".join(text for text in (self.headline, self.body, self.call_to_action) if text)


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """What an ad is held against, beside the policy."""

    moment: Moment
    product: Product | None = None
    kit: BrandKit = NO_KIT
    language: str = ""  # of the kit's allowed claims; empty: those of all languages
    looks: Mapping[str, str] = field(default_factory=dict)  # of the product's other ads of the format, by id

    @property
    def allowed(self) -> tuple[str, ...]:
        """What the shop lets ads claim."""
        claims = self.kit.allowed_claims
        if self.language in ("", UNSURE):
            return tuple(claim for each in claims.values() for claim in each)
        return claims.get(self.language, claims.get(self.language.split("-")[0], ()))

    @property
    def own_words(self) -> tuple[str, ...]:
        """What the shop says in all its ads, in whatever language."""
        return (*self.allowed, *self.kit.call_to_action.values(), self.kit.name)
