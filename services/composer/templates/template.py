"""A template: where things stand in each family of formats, and what they look like. Nouns; they import no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from services.composer.formats import Family
from services.composer.textures.tiles import TILES
from services.composer.yaml_fields import Region

PictureStyle = Literal["studio", "bold", "editorial"]
PICTURE_STYLES: Final[tuple[PictureStyle, ...]] = ("studio", "bold", "editorial")
"""The characters of pictures that the first version knew; each template is of one."""

CHARACTERS: Final = ("quiet", "calm", "lively", "loud")
BUTTONS: Final = ("pill", "round", "square", "outline", "link")
PRICES: Final = ("plain", "tag")
FRAMES: Final = ("rect", "round", "circle", "arch")
SHAPES: Final = ("rect", "round", "circle", "disc", "arch", "blob", "slope", "ramp", "ring", "frame", "rule")
BACKDROPS: Final = (
    "plain", "gradient", "glow", "dots", "stripes", "waves", "confetti", "grain", "rays", "grid", "arcs",
    *TILES,
)  # fmt: skip
SURFACES: Final = ("ground", "panel", "deep", "accent")
COLOURS: Final = (*SURFACES, "ink", "soft")
ITEMS: Final = ("logo", "headline", "description", "prices", "button", "badge")
DROPPABLE: Final = ("description", "logo", "regular")
ALIGNS: Final = ("start", "middle", "end")
PLACES: Final = ("top", "middle", "bottom", "spread")


@dataclass(frozen=True, slots=True)
class Panel:
    """A shape beneath the product and the texts."""

    shape: str
    region: Region
    colour: str
    of_product: bool = False  # it is left out where no product is shown


@dataclass(frozen=True, slots=True)
class Stack:
    """Items one above another, or side by side."""

    region: Region
    items: tuple[str, ...]
    align: str = "start"
    place: str = "middle"
    row: bool = False
    surface: str = "ground"  # the surface that it stands on
    wide_button: bool = False  # it fills the width


@dataclass(frozen=True, slots=True)
class Place:
    """Where the product stands."""

    region: Region
    anchor: str = "middle"
    tilt: float = 0.0  # degrees against the clock


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The parts in one family of formats."""

    product: Place
    stacks: tuple[Stack, ...]
    panels: tuple[Panel, ...] = ()
    sizes: Mapping[str, float] | None = None  # in units, of items whose type differs from the template's
    lines: int = 3  # of the headline, at most


@dataclass(frozen=True, slots=True)
class Template:
    """A look of ads as data."""

    name: str
    character: str
    picture_style: PictureStyle
    type: str
    palettes: tuple[str, ...]  # that suit it, the best first
    backdrops: tuple[str, ...]
    button: str
    price: str
    frame: str  # of photos that are not cut out
    drop: tuple[str, ...]  # what is left out first where room is short
    sizes: Mapping[str, float]  # of type by item, in hundredths of the picture's size
    upper: bool  # headlines in capitals, where the script has them
    shadow: float  # of the product, 0 to 1
    alone: bool  # it looks good where no product is shown
    families: Mapping[Family, Arrangement]
    version: str = (
        ""  # of a shop's own: a hash of what it says; empty: one of ours, which the composer's version covers
    )
