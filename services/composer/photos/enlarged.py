"""Whether a photo has the detail for the size in which it is shown; pure.

A photo that is small, or blurred, looks bad only where it is enlarged: it may do in one format or layout and not in
another. A cut-out looks sharp by its edge, which is drawn anew; a whole photo has none.
"""

from __future__ import annotations

from typing import Final

from services.common.verdict import Check
from services.composer.photos.prepared_photo import CUT_OUT, PreparedPhoto

DETAIL: Final = "photo_detail"
MOST: Final = {True: 2.0, False: 1.5}
"""Times that the detail of a cut-out, or of a whole photo, may be enlarged; more looks blurred. By eye."""
LEAST_PART: Final = 0.75
"""Of its place that a cut-out fills, by its longer side; a smaller one looks lost."""


def detail_check(photo: PreparedPhoto, scale: float) -> Check:
    """The check of a photo each of whose pixels would be shown as `scale` pixels, so that it fills its place."""
    most, longest = MOST[photo.kind == CUT_OUT], max(photo.image.size)
    drawn = min(scale, MOST[True]) if photo.kind == CUT_OUT else scale
    enlarged = drawn * longest / photo.detail
    if drawn < LEAST_PART * scale:
        enlarged = scale * LEAST_PART * longest / photo.detail
    shown = f"{longest} px, sharp as {photo.detail} px, where {round(drawn * longest)} px would be shown"
    return Check(DETAIL, round(enlarged, 3), most, enlarged <= most, f"the photo has {shown}")
