"""Which living ads were judged by another version of the screen than the present one."""

from __future__ import annotations

import threading
from typing import Final

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.creative_messages import DatedCreative
from services.common import verdict as common_verdict

STAND_IN: Final = common_verdict.STAND_IN.checks[0].check


class Judged:
    """One thread tells, others ask. What was never screened has nothing to be judged again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version = ""
        self._by: dict[str, tuple[str, str]] = {}  # product and version of the screen, by creative
        self._outdated: dict[str, set[str]] = {}  # creatives that another version judged, by product

    def begin(self, version: str) -> None:
        """This is the screen's version from now on."""
        with self._lock:
            self._version, self._outdated = version, {}
            for creative_id, (product_id, screen) in self._by.items():
                self._keep(creative_id, product_id, screen)

    def take(self, dated: DatedCreative) -> None:
        """The creative is so from now on."""
        message, creative_id = dated.message, dated.creative_id
        with self._lock:
            product_id, _ = self._by.pop(creative_id, ("", ""))
            self._outdated.get(product_id, set()).discard(creative_id)
            if message is not None and is_judged(message):
                self._by[creative_id] = message.product_id, message.verdict.screen
                self._keep(creative_id, message.product_id, message.verdict.screen)

    def outdated(self) -> dict[str, frozenset[str]]:
        """The creatives that another version judged, by product; those without a product under none."""
        with self._lock:
            return {product_id: frozenset(ids) for product_id, ids in self._outdated.items() if ids}

    def _keep(self, creative_id: str, product_id: str, screen: str) -> None:
        if self._version and screen != self._version:
            self._outdated.setdefault(product_id, set()).add(creative_id)


def is_judged(message: pb.Creative) -> bool:
    """Whether it has a verdict on which something hangs: what has ended hangs on it where it was refused."""
    refused = not message.verdict.passes and not message.approved_by
    has_verdict = message.HasField("verdict") and all(check.check != STAND_IN for check in message.verdict.checks)
    return has_verdict and (message.state != pb.RETIRED or refused)
