"""A comparison of two policies, as text and as JSON facts."""

from __future__ import annotations

from typing import Any, Final

from protos.gen.adloom.events.v1 import policy_pb2

_ALWAYS: Final = ("policy", "against")
_ABSENT_WHERE_REFUSED: Final = ("difference", "low", "high")
_RENDERS: Final = ("render_difference", "render_low", "render_high")  # absent without render pixels
_COUNTS: Final = ("impressions", "impressions_against", "refused")


def comparison_facts(found: policy_pb2.Comparison) -> dict[str, Any]:
    """The comparison under the keys that outsiders rely on; null where there is no figure."""
    optional = (*_ABSENT_WHERE_REFUSED, *_RENDERS)
    measured = {name: getattr(found, name) if found.HasField(name) else None for name in optional}
    return {name: getattr(found, name) for name in _ALWAYS} | measured | {n: getattr(found, n) for n in _COUNTS}


def comparison_line(found: policy_pb2.Comparison) -> str:
    """How much more or less a policy earns than another, and whether the difference is significant."""
    pair = f"{found.policy} - {found.against}"
    if found.refused:
        return f"{pair}: not known, {found.refused}"
    points = f"{100 * found.difference:+.2f} percentage points"
    sure = "better" if found.low > 0 else "worse" if found.high < 0 else "not yet told apart"
    interval = f"{100 * found.low:+.2f} to {100 * found.high:+.2f}, 95 % at any time"
    return f"{pair}: {points} ({interval}): {sure}{render_warning(found)}"


def render_warning(found: policy_pb2.Comparison) -> str:
    """Says where ads of one policy are rendered more often: then rates over rendered impressions are not fair."""
    if not found.HasField("render_difference") or found.render_low <= 0 <= found.render_high:
        return ""
    interval = f"{100 * found.render_low:+.2f} to {100 * found.render_high:+.2f}"
    return (
        f"; but {100 * found.render_difference:+.2f} points more of its ads are rendered ({interval}): not comparable"
    )
