"""Which of a palette's colours the texts, buttons and tags of a stack have; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.composer.templates.template import Template


def inks_on(surface: str, template: Template, badge: bool) -> dict[str, str]:
    """The palette's role of each text on a surface."""
    inks = dict(_INKS[surface])
    filled = _INKS_OF_FILLS[fill_on(surface)]
    if template.price == "tag" or badge:
        inks |= {"price": filled, "regular": filled}
    if template.button not in ("outline", "link"):
        inks["button"] = filled
    return inks


def fill_on(surface: str) -> str:
    """The palette's role of buttons and tags on a surface."""
    return _FILLS.get(surface, "accent")


_FILLS: Final = {"deep": "on_deep", "accent": "on_accent"}
_INKS_OF_FILLS: Final = {"accent": "on_accent", "on_deep": "deep", "on_accent": "accent"}
_NAMES: Final = ("headline", "kicker", "description", "price", "regular", "button", "logo")
_LIGHT: Final = dict.fromkeys(_NAMES, "ink") | {"kicker": "soft", "description": "soft", "regular": "soft"}
_INKS: Final[Mapping[str, dict[str, str]]] = {
    "ground": _LIGHT,
    "panel": dict.fromkeys(_NAMES, "on_panel"),
    "deep": dict.fromkeys(_NAMES, "on_deep"),
    "accent": dict.fromkeys(_NAMES, "on_accent"),
}
