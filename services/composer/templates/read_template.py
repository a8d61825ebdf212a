"""Templates from YAML: each key is checked; what is unknown, missing or outside the picture is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

from services.common.errors import Rejected
from services.composer.drawing.schemes import SCHEMES
from services.composer.formats import FAMILIES, Family
from services.composer.templates import template as nouns
from services.composer.templates.template import Arrangement, Panel, Place, Stack, Template
from services.composer.type.faces import TYPES
from services.composer.yaml_fields import Fields, read_fields

_SIZES: Final[Mapping[str, float]] = {
    "headline": 9.0, "kicker": 4.3, "description": 4.3, "prices": 6.6, "button": 4.5, "logo": 7.0, "badge": 7.0,
}  # fmt: skip
"""Of type, in hundredths of the picture's size, where a template says nothing."""
_LARGEST: Final = 40.0
_MOST_LINES: Final = 6
_MOST_TILT: Final = 20.0
_NEEDED: Final = ("headline", "button")


def template_of(name: str) -> Template:
    """One of ours; `Rejected` for a name that none has."""
    found = templates().get(name)
    if found is None:
        raise Rejected("invalid", "template", name, f"one of {', '.join(templates())}")
    return found


@cache
def templates() -> Mapping[str, Template]:
    """All that ship, by name in the order of their files."""
    folder = resources.files("services.composer.templates")
    files = sorted((it for it in folder.iterdir() if it.name.endswith(".yaml")), key=lambda it: it.name)
    made = (read_template(it.name, it.read_text("utf-8")) for it in files)
    return {template.name: template for template in made}


def read_template(file: str, text: str) -> Template:
    """The template of a file; raises `Misconfigured`."""
    said = read_fields(file, text)
    read = Template(
        name=said.text("name"),
        character=said.choice("character", nouns.CHARACTERS),
        picture_style=_picture_style(said),
        type=said.choice("type", tuple(TYPES)),
        palettes=_some(said, "palettes", tuple(SCHEMES)),
        backdrops=_some(said, "backdrops", nouns.BACKDROPS),
        button=said.choice("button", nouns.BUTTONS),
        price=said.choice("price", nouns.PRICES, "plain"),
        frame=said.choice("frame", nouns.FRAMES, "round"),
        drop=said.choices("drop", nouns.DROPPABLE),
        sizes=_sizes(said, _SIZES),
        upper=said.flag("upper", False),
        shadow=said.number("shadow", 0.0, 1.0, 0.5),
        alone=said.flag("alone", True),
        families=_families(said.fields("families")),
    )
    said.close()
    return read


def _some(said: Fields, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
    return said.choices(key, allowed) or said.refuse(key, f"at least one of {', '.join(allowed)}")


def _picture_style(said: Fields) -> nouns.PictureStyle:
    chosen = said.choice("picture_style", nouns.PICTURE_STYLES)
    return next(style for style in nouns.PICTURE_STYLES if style == chosen)


def _families(said: Fields) -> Mapping[Family, Arrangement]:
    read = {
        family: _arrangement(said.fields(family))
        for family in FAMILIES
        if said.has(family) or said.refuse(family, "an arrangement")
    }
    said.close()
    return read


def _arrangement(said: Fields) -> Arrangement:
    stacks = tuple(_stack(one) for one in said.each("stacks"))
    items = [item for stack in stacks for item in stack.items]
    if len(set(items)) < len(items) or not set(_NEEDED) <= set(items):
        said.refuse("stacks", f"stacks that hold {' and '.join(_NEEDED)}, and no item twice,")
    read = Arrangement(
        product=_place(said.fields("product")),
        stacks=stacks,
        panels=tuple(_panel(one) for one in said.each("panels")),
        sizes=_sizes(said, {}),
        lines=int(said.number("lines", 1, _MOST_LINES, 3)),
    )
    said.close()
    return read


def _place(said: Fields) -> Place:
    region = said.region("region")
    read = Place(
        region,
        said.choice("anchor", ("top", "middle", "bottom"), "middle"),
        said.number("tilt", -_MOST_TILT, _MOST_TILT, 0.0),
    )
    said.close()
    return read


def _stack(said: Fields) -> Stack:
    read = Stack(
        region=said.region("region"),
        items=said.choices("items", nouns.ITEMS),
        align=said.choice("align", nouns.ALIGNS, "start"),
        place=said.choice("place", nouns.PLACES, "middle"),
        row=said.flag("row", False),
        surface=said.choice("surface", nouns.SURFACES, "ground"),
        wide_button=said.flag("wide_button", False),
    )
    said.close()
    return read


def _panel(said: Fields) -> Panel:
    read = Panel(
        said.choice("shape", nouns.SHAPES),
        said.region("region"),
        said.choice("colour", nouns.COLOURS),
        said.flag("of_product", False),
    )
    said.close()
    return read


def _sizes(said: Fields, defaults: Mapping[str, float]) -> Mapping[str, float]:
    sizes = said.fields("sizes")
    read = {item: sizes.number(item, 1.0, _LARGEST, defaults.get(item, 1.0)) for item in _SIZES if sizes.has(item)}
    sizes.close()
    return {**defaults, **read}
