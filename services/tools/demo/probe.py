"""Measures the delay from a click to its feature: sends a click, and reads Feast until the profile includes it."""

from __future__ import annotations

import threading
import time
from typing import Final

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.common.clock import SystemClock
from services.common.errors import AdloomError, Unavailable
from services.common.pseudonym import PseudonymKey
from services.features.ports import ProfileReader
from services.wire.codec.encode import encode
from services.wire.codec.ports import Sink

_EVERY_S: Final = 1.0
_LOOK_S: Final = 0.005
_GIVE_UP_S: Final = 10.0
_PRODUCT: Final = "bag-tote"


class ClickProbe:
    """Sends one click a second, each by a new shopper; these clicks are counted as events of the run."""

    def __init__(self, sink: Sink, reader: ProfileReader, key: PseudonymKey, run_id: str) -> None:
        self._sink = sink
        self._reader = reader
        self._key = key
        self._run_id = run_id
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._probe, name="run-click-probe", daemon=True)
        self.delays_ms: list[float] = []
        self.failure: AdloomError | None = None

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join(timeout=_GIVE_UP_S + 1.0)

    def _probe(self) -> None:
        number = 0
        while not self._stop.wait(_EVERY_S):
            try:
                self.delays_ms.append(self._once(number) * 1000.0)
                self.failure = None
            except AdloomError as error:
                self.failure = error
            number += 1

    def _once(self, number: int) -> float:
        """Seconds until Feast shows one click; raises `Unavailable` after ten seconds."""
        user = self._key.pseudonym(f"probe-{self._run_id}-{number}")
        record = encode(
            events.Click(user_id=user, product_id=_PRODUCT),
            event_id=f"probe-{self._run_id}-{number}",
            source="adloom-run",
            time=SystemClock().now(),
            key=user.encode(),
        )
        began = time.perf_counter()
        self._sink.send(record)
        while self._clicks(user) < 1:
            if time.perf_counter() - began > _GIVE_UP_S:
                raise Unavailable("profiles", f"a click was not in the features after {_GIVE_UP_S:.0f} s")
            time.sleep(_LOOK_S)
        return time.perf_counter() - began

    def _clicks(self, user: str) -> int:
        """The shopper's clicks in Feast; 0 while the store is down."""
        try:
            return self._reader.read([user])[user].profile.integer("clicks_total")
        except Unavailable:
            return 0
