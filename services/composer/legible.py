"""What the composer finds of a picture: whether all that it says can be read; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from services.common.errors import Rejected
from services.common.verdict import Check, Verdict
from services.composer.composition import Placed
from services.composer.drawing.palette import LEAST_CONTRAST
from services.composer.formats import Box
from services.composer.layout.arrange import SMALLEST
from services.composer.photos.enlarged import DETAIL
from services.composer.type.typesetting import Illegible

GLYPHS: Final = "glyphs"
TOO_WIDE: Final = "too_wide"
TOO_LONG: Final = "too_long"
CONTRAST: Final = "contrast"
CUT_OFF: Final = "cut_off"
COVERS: Final = "covers_product"
STANDS_OUT: Final = "stands_out"
LEAST_APART: Final = 0.08
"""OKLab, of the outline of a product and its ground: below, an ad of a white product looked empty."""

_LEAST: Final = min(SMALLEST.values())
_SET: Final = {
    GLYPHS: "every letter is there",
    TOO_WIDE: "no word is too wide",
    TOO_LONG: f"nothing is cut and no text is smaller than {_LEAST} px",
}

_STANDS: Final = {True: "the product stands out from its ground", False: "the product melts into its ground"}


def unset(failed: Mapping[str, Illegible]) -> Verdict:
    """The verdict on a picture whose texts, by name, cannot be set."""
    why = {found.reason: f"{name}: {found.why}" for name, found in failed.items()}
    return Verdict(
        tuple(
            Check(reason, float(reason in why), 0, reason not in why, why.get(reason, good))
            for reason, good in _SET.items()
        )
    )


def screened(placed: Mapping[str, Placed], size: tuple[int, int], focus: Box | None, outline: float = 1.0) -> Verdict:
    """The verdict on texts that were drawn; `focus` is what none may cover, `outline` the product's from its ground."""
    smallest = min((one.size_px for one in placed.values()), default=_LEAST)
    least_name, least = min(
        ((name, one.contrast) for name, one in placed.items()), key=lambda pair: pair[1], default=("no text", 21.0)
    )
    cut = [name for name, one in placed.items() if not _inside(one.box, size)]
    over = [name for name, one in placed.items() if focus is not None and _meet(one.box, focus)]
    return Verdict((
        Check(GLYPHS, 0, 0, True, _SET[GLYPHS]),
        Check(TOO_WIDE, 0, 0, True, _SET[TOO_WIDE]),
        Check(TOO_LONG, smallest, _LEAST, smallest >= _LEAST, _SET[TOO_LONG]),
        Check(CONTRAST, least, LEAST_CONTRAST, least >= LEAST_CONTRAST, f"{least_name} on the pixels behind it"),
        Check(CUT_OFF, len(cut), 0, not cut, _named(cut, "reach over the edge", "no text reaches over the edge")),
        Check(COVERS, len(over), 0, not over, _named(over, "cover the product", "no text covers the product")),
        Check(STANDS_OUT, round(outline, 3), LEAST_APART, outline >= LEAST_APART, _STANDS[outline >= LEAST_APART]),
    ))  # fmt: skip


def reason_of(verdict: Verdict) -> str:
    """The check that failed first; empty where none did."""
    return next((check.check for check in verdict.checks if not check.passes), "")


def why_rejected(verdict: Verdict, headline: str) -> Rejected:
    """What is told of a picture that did not pass."""
    failed = next(check for check in verdict.checks if not check.passes)
    if failed.check == DETAIL:
        return Rejected(DETAIL, "photo", failed.why, "one with enough detail for this layout (try another, or none)")
    return Rejected(failed.check, "headline", headline, f"an ad that can be read ({failed.why})")


def _named(names: Sequence[str], what: str, good: str) -> str:
    return f"{', '.join(names)} {what}" if names else good


def _inside(box: Box, size: tuple[int, int]) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]


def _meet(one: Box, other: Box) -> bool:
    return min(one[2], other[2]) > max(one[0], other[0]) and min(one[3], other[3]) > max(one[1], other[1])
