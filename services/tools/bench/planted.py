"""What the screen misses, and what it alarms of for nothing: finished banners, good ones and ones that were spoilt.

The good ones are ads of ours, as an agency would send them: with the brand's colours, as PNG and light JPEG. Each
spoilt one has one fault, and the check that is to find it is named here. No nudity: no package ships any.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from PIL import Image, ImageEnhance, ImageFilter

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.composer.brand_kit import BrandKit
from services.composer.brief import Brief
from services.composer.compose import painted
from services.composer.composition import Composition
from services.composer.drawing.palette import rgb
from services.composer.encode import JPEG, PNG, encoded
from services.copywriter.offer_words import Moment
from services.screening.asset import Asset, Grounds
from services.screening.judges import Judges
from services.screening.pictures.looks import look_of
from services.screening.policy import Policy
from services.screening.screen import verdict_of
from services.tools.bench.compose import photo_of
from services.tools.bench.figures import Figure
from services.tools.bench.legibility import NOW, compositions, products

KIT: Final = BrandKit(
    name="Linden", colours={"primary": rgb("#1f4d3a"), "accent": rgb("#d9822b")}, look_version="linden"
)
_OFF: Final = BrandKit(
    name="other", colours={"primary": rgb("#7a2fb5"), "accent": rgb("#e0218a")}, look_version="other"
)
PLANTED: Final = 66
"""Good banners, and as many of each fault: each format and language twice."""

_OTHER: Final = {"en": "New for your home", "de": "Neu für dein Zuhause", "zh": "家居新品上架"}
_OF_ONE_HUE: Final = ("tint", "deep")
"""Schemes in the hues of the kit alone; others add hues of their own, or have none."""

_FAINT: Final = 0.82  # of a text that is gone
_TINY: Final = 5.0  # pixels of a headline's letters: nobody reads them
_Z: Final = 1.96


@dataclass(frozen=True, slots=True, eq=False)
class Planted:
    """A banner, and the checks of which one is to fail."""

    fault: str  # empty: it is good
    found_by: tuple[str, ...]
    asset: Asset
    grounds: Grounds


Spoil = Callable[["Base"], tuple[bytes, Mapping[str, str]]]
"""The spoilt file, and the looks of the product's other ads."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A good ad that is to be spoilt."""

    brief: Brief
    product: Product
    image: Image.Image
    headline_px: int

    def again(self, **changes: object) -> Image.Image:
        """The picture of the brief with changes."""
        return _image(self._made(changes))

    def look(self, **changes: object) -> str:
        """The look of the brief's ad with changes."""
        made = self._made(changes)
        return look_of(_image(made), " ".join(one.text for one in made.placed.values()))

    def _made(self, changes: Mapping[str, object]) -> Composition:
        return painted(replace(self.brief, **changes), photo_of(self.brief.colour_hex))  # type: ignore[arg-type]


def _image(made: Composition) -> Image.Image:
    assert made.image is not None
    return made.image


def bases() -> Iterator[Base]:
    """Ads without end, in the brand's colours."""
    rows = {product.product_id: product.message for found in products() for product in found}
    for number, (product_id, brief, _) in enumerate(compositions()):
        branded = replace(brief, kit=KIT, palette=_OF_ONE_HUE[number % len(_OF_ONE_HUE)])
        made = painted(branded, photo_of(brief.colour_hex))
        if made.image is not None and made.verdict.passes:
            yield Base(branded, rows[product_id], made.image, made.placed["headline"].size_px)


def wrong_price(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """Another price, in the same form."""
    digits = {"1": "3", "2": "5", "3": "8", "4": "7", "5": "6", "6": "9", "7": "2", "8": "3", "9": "4"}
    first = next(letter for letter in base.brief.price if letter in digits)
    return png(base.again(price=base.brief.price.replace(first, digits[first], 1))), {}


def faint(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """Texts nearly in the colour of what is behind them."""
    bare = painted(base.brief, photo_of(base.brief.colour_hex), frozenset())
    assert bare.image is not None
    return png(Image.blend(base.image, bare.image, _FAINT)), {}


def tiny(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """All of it so small that no letter is left."""
    width, height = base.image.size
    scale = _TINY / base.headline_px
    small = base.image.resize((max(1, round(width * scale)), max(1, round(height * scale))), Image.Resampling.LANCZOS)
    page = Image.new("RGB", base.image.size, base.image.getpixel((1, 1)))
    page.paste(small, ((width - small.width) // 2, (height - small.height) // 2))
    return png(page), {}


def blurred(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """As a small picture that was blown up."""
    radius = max(2.0, max(base.image.size) / 160)
    return png(base.image.filter(ImageFilter.GaussianBlur(radius))), {}


def squeezed(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """A JPEG that shows its blocks."""
    return jpeg(base.image, 6), {}


def off_brand(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """In another shop's colours."""
    return png(base.again(kit=_OFF)), {}


def copied(base: Base) -> tuple[bytes, Mapping[str, str]]:
    """The same ad saved once more: lighter, a little cut, as a JPEG."""
    width, height = base.image.size
    cut = base.image.crop((1, 1, width - 1, height - 1)).resize(base.image.size, Image.Resampling.LANCZOS)
    return jpeg(ImageEnhance.Brightness(cut).enhance(1.04), 60), {"first": base.look()}


FAULTS: Final[Mapping[str, tuple[Spoil, tuple[str, ...]]]] = {
    "wrong_price": (wrong_price, ("claims_seen",)),
    "faint_text": (faint, ("contrast_seen", "reads_back")),
    "tiny_text": (tiny, ("reads_back",)),
    "blurred": (blurred, ("sharp",)),
    "jpeg_blocks": (squeezed, ("blocks",)),
    "off_brand": (off_brand, ("brand_colours",)),
    "copy": (copied, ("duplicate",)),
}


def planted(count: int) -> Iterator[Planted]:
    """So many good ones, and as many of each fault."""
    for number, base in enumerate(islice(bases(), count)):
        other = {"other": base.look(headline=_OTHER[base.brief.language])}
        content = encoded(base.image, (PNG, JPEG) if number % 2 else (JPEG,))[0]
        yield Planted("", (), *_case(base, content, other))
        for fault, (spoil, found_by) in FAULTS.items():
            if fault != "wrong_price" or base.brief.price:
                yield Planted(fault, found_by, *_case(base, *spoil(base)))


def _case(base: Base, content: bytes, looks: Mapping[str, str]) -> tuple[Asset, Grounds]:
    brief = base.brief
    asset = Asset("finished", brief.headline, brief.headline, "", brief.call_to_action, content, brief.format)
    return asset, Grounds(Moment(NOW), base.product, KIT, looks=looks)


def planted_figures(judges: Judges, policy: Policy, count: int) -> list[Figure]:
    """Misses by fault and false alarms by check, each with Wilson's interval of 95 %."""
    missed: dict[str, list[bool]] = {}
    alarms: dict[str, list[bool]] = {}
    for one in planted(count):
        checks = verdict_of(one.asset, one.grounds, judges, policy).verdict.checks
        failed = {check.check for check in checks if not check.passes}
        if one.fault:
            missed.setdefault(one.fault, []).append(not failed & set(one.found_by))
        else:
            alarms.setdefault("any", []).append(bool(failed))
            for check in checks:
                alarms.setdefault(check.check, []).append(not check.passes)
    return [
        *(_figure(f"missed_{fault}", found) for fault, found in missed.items()),
        *(_figure(f"false_alarm_{check}", found) for check, found in alarms.items()),
    ]


def _figure(name: str, found: list[bool]) -> Figure:
    low, high = wilson(sum(found), len(found))
    unit = f"% of {len(found)} ({100 * low:.1f} to {100 * high:.1f} with 95 %)"
    return Figure(name, 100 * sum(found) / len(found), unit)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Wilson's interval of a share, 95 %.

    >>> [round(edge, 3) for edge in wilson(0, 100)], [round(edge, 3) for edge in wilson(98, 100)]
    ([0.0, 0.037], [0.93, 0.994])
    """
    share, z2 = hits / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z * math.sqrt(share * (1 - share) / count + z2 / (4 * count * count)) / (1 + z2 / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def png(image: Image.Image) -> bytes:
    """The picture as PNG."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def jpeg(image: Image.Image, quality: int) -> bytes:
    """The picture as JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
