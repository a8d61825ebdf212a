"""Checks of a picture's file: whether it can be shown, is light enough, and of its format's size; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PIL import Image

from services.common.verdict import Check
from services.screening.asset import Asset
from services.screening.policy import Policy
from services.screening.version import version_of

VERSIONS: Final = {name: version_of(name, 1) for name in ("decodes", "weight", "size")}
"""Of the checks; the number counts changes of the code: what they hold a file against is in the policy."""


def file_checks(asset: Asset, picture: Image.Image | str, policy: Policy) -> Iterator[Check]:
    """The checks; `picture` is what was opened, or why nothing was."""
    rules, kind = policy.rules, asset.kind
    if policy.asks("decodes", kind, asset.ad):
        bad = isinstance(picture, str)
        why = f"the picture cannot be opened: {picture}" if bad else "it opens"
        yield rules["decodes"].check(float(not bad), why, VERSIONS["decodes"])
    if policy.asks("weight", kind, asset.ad):
        most, weight = rules["weight"].threshold, len(asset.content)
        why = f"the file has {weight / 1000:,.0f} kB; pages that load fast take ads of at most {most / 1000:,.0f} kB"
        yield rules["weight"].check(weight, why, VERSIONS["weight"])
    if policy.asks("size", kind, asset.ad) and not isinstance(picture, str):
        found = f"{picture.width}x{picture.height}"
        fits = not asset.format or found == asset.format
        why = f"the picture is {found}" + ("" if fits else f", and its place {asset.format}")
        yield rules["size"].check(float(fits), why, VERSIONS["size"])
