"""A shop's brand kit: colours by role, type, logo with clear space, tone, and what ads may say. Read from YAML.

name: Linden & Co
colours: {primary: "#1f4d3a", accent: "#d9822b", ground: "#faf7f0"}
headline_type: serif            # of services/composer/type/faces.py
text_type: grotesk
backdrop: texture_paper         # of services/composer/templates/template.py, on all ads; without it, the templates'
logo: logo.png                  # beside this file; PNG with transparency
clear_space: 0.5                # around the logo, in its heights
tone: plain
forbidden_words: [cheap]
call_to_action: {en: "Have a look", de: "Ansehen"}
allowed_claims: {en: ["free returns"]}
reduced_motion: false
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from services.common.errors import Misconfigured
from services.composer.drawing.palette import Colour, rgb
from services.composer.drawing.schemes import ROLES
from services.composer.templates.template import BACKDROPS
from services.composer.type.faces import TYPES
from services.composer.yaml_fields import Fields, read_fields

PRIMARY: Final = "primary"
"""The role of the colour around which schemes are made, in place of the product's."""

TONES: Final = ("plain", "warm", "lively", "formal")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_MOST_SPACE: Final = 2.0
_LARGEST_LOGO: Final = 600  # pixels of a side; ads show no larger one


@dataclass(frozen=True, slots=True)
class BrandKit:
    """What makes an ad the shop's."""

    name: str = ""  # empty: no kit
    colours: Mapping[str, Colour] = field(default_factory=dict)  # by role
    headline_face: str = ""  # a character of type; empty: the template's
    text_face: str = ""
    backdrop: str = ""  # what all ads stand on; empty: what suits their template
    logo: Image.Image | None = None  # RGBA
    clear_space: float = 0.5  # around the logo, in its heights
    forbidden_words: tuple[str, ...] = ()
    tone: str = "plain"
    call_to_action: Mapping[str, str] = field(default_factory=dict)  # by language
    allowed_claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by language
    reduced_motion: bool = False  # no animated banners
    version: str = ""  # of all that it says; comments are nothing
    look_version: str = ""  # of what is drawn alone: equal ones give equal pixels. Part of an ad's identity


NO_KIT: Final = BrandKit()
"""Of a shop that has none: templates choose colours and type."""


def kit_in(path: Path) -> BrandKit:
    """The kit of a file, its logo beside it; raises `Misconfigured`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: a brand kit in YAML was expected ({error})") from error
    return read_kit(path.name, text, path.parent)


def read_kit(file: str, text: str, folder: Path) -> BrandKit:
    """The kit of a text; raises `Misconfigured`, which names key, value and what was expected."""
    said = read_fields(file, text)
    logo, logo_bytes = _logo(said, folder)
    kit = _with_versions(_kit(said, logo), logo_bytes)
    said.close()
    return kit


def _kit(said: Fields, logo: Image.Image | None) -> BrandKit:
    return BrandKit(
        name=said.text("name"),
        colours=_colours(said.fields("colours")),
        headline_face=said.choice("headline_type", tuple(TYPES), ""),
        text_face=said.choice("text_type", tuple(TYPES), ""),
        backdrop=said.choice("backdrop", BACKDROPS, ""),
        logo=logo,
        clear_space=said.number("clear_space", 0.0, _MOST_SPACE, 0.5),
        forbidden_words=said.texts("forbidden_words", ()),
        tone=said.choice("tone", TONES, "plain"),
        call_to_action=_by_language(said.fields("call_to_action")),
        allowed_claims=_claims(said.fields("allowed_claims")),
        reduced_motion=said.flag("reduced_motion", False),
    )


def _with_versions(kit: BrandKit, logo: bytes) -> BrandKit:
    """Words that ads use are their texts, and those that they must not use are checked: neither is a look."""
    shown_name = "" if logo else kit.name
    faces = kit.headline_face, kit.text_face
    drawn = sorted(kit.colours.items()), faces, hashlib.sha256(logo).hexdigest(), kit.clear_space, kit.backdrop
    look = _digest(shown_name, *drawn)
    claims = sorted((language, tuple(said)) for language, said in kit.allowed_claims.items())
    words = kit.name, kit.forbidden_words, kit.tone, sorted(kit.call_to_action.items()), claims
    return replace(kit, look_version=look, version=_digest(look, words, kit.reduced_motion))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _colours(said: Fields) -> Mapping[str, Colour]:
    roles = (PRIMARY, *ROLES)
    found: dict[str, Colour] = {}
    for role in roles:
        if said.has(role):
            value = said.text(role)
            found[role] = rgb(value) if _HEX.fullmatch(value) else said.refuse(role, 'a colour like "#1f4d3a"')
    said.close()
    return found


def _by_language(said: Fields) -> Mapping[str, str]:
    return {language: said.text(language) for language in said.all_keys()}


def _claims(said: Fields) -> Mapping[str, tuple[str, ...]]:
    return {language: said.texts(language) for language in said.all_keys()}


def _logo(said: Fields, folder: Path) -> tuple[Image.Image | None, bytes]:
    name = said.text("logo", "")
    if not name:
        return None, b""
    path = folder / name
    try:
        content = path.read_bytes()
        with Image.open(path) as opened:
            logo = opened.convert("RGBA")
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        said.refuse("logo", f"a picture in {folder}")
    logo.thumbnail((_LARGEST_LOGO, _LARGEST_LOGO), Image.Resampling.LANCZOS)
    return logo, content
