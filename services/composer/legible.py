"""What screening finds of a picture before it is drawn: whether all that it says can be read; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.common.verdict import Check, Verdict
from services.composer.drawing.palette import LEAST_CONTRAST, Palette
from services.composer.type.typesetting import SMALLEST, Illegible, Setting

GLYPHS: Final = "glyphs"
TOO_WIDE: Final = "too_wide"
TOO_LONG: Final = "too_long"
CONTRAST: Final = "contrast"

_SET: Final = {
    GLYPHS: "every letter is there",
    TOO_WIDE: "no word is too wide",
    TOO_LONG: f"nothing is cut and no text is smaller than {SMALLEST} px",
}


def screened(texts: Mapping[str, Setting | Illegible], palette: Palette) -> Verdict:
    """The verdict on texts, by name, that were set in these colours."""
    failed = {found.reason: f"{name}: {found.why}" for name, found in texts.items() if isinstance(found, Illegible)}
    smallest = min((found.size for found in texts.values() if isinstance(found, Setting)), default=0)
    checks = [
        Check(reason, smallest, SMALLEST, reason not in failed, failed.get(reason, good))
        if reason == TOO_LONG
        else Check(reason, float(reason in failed), 0, reason not in failed, failed.get(reason, good))
        for reason, good in _SET.items()
    ]
    least = palette.contrast
    return Verdict((*checks, Check(CONTRAST, least, LEAST_CONTRAST, least >= LEAST_CONTRAST, "texts on their grounds")))


def reason_of(verdict: Verdict) -> str:
    """The check that failed first; empty where none did."""
    return next((check.check for check in verdict.checks if not check.passes), "")
