"""What screens ads for the commands: the installed models, and the shop's policy and brand kit by `ADLOOM_*`."""

from __future__ import annotations

from collections.abc import Mapping

from services.assets.screened import Screener, screener_of
from services.screening.judges import Installed


def own_screener(environ: Mapping[str, str], time_zone: str = "") -> Screener:
    """The screener; raises `Misconfigured`."""
    zone = time_zone or environ.get("ADLOOM_TIME_ZONE", "UTC")
    return screener_of(Installed(), environ.get("ADLOOM_BRAND", ""), zone, environ.get("ADLOOM_SCREEN", ""))
