"""What screens ads for the commands: the installed models, and the shop's policy and brand kit by `ADLOOM_*`."""

from __future__ import annotations

from collections.abc import Mapping

from services.assets.screened import Screener, kit_of, zone_of
from services.screening.judges import Installed
from services.screening.policy import policy_in


def own_screener(environ: Mapping[str, str], time_zone: str = "") -> Screener:
    """The screener; raises `Misconfigured`."""
    zone = zone_of(time_zone or environ.get("ADLOOM_TIME_ZONE", "UTC"))
    kit, policy = kit_of(environ.get("ADLOOM_BRAND", "")), policy_in(environ.get("ADLOOM_SCREEN", ""))
    return Screener(Installed(), policy, kit, zone)
