"""The port `Processor`: what a worker decides. The runtime (`worker.py`) reads, writes and waits around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.wire.codec.envelope import Envelope, Record


@dataclass(frozen=True, slots=True)
class StateUpdate:
    """The result of `Processor.advance` for one user."""

    state: bytes | None
    """The user's whole new state. It is always written, even where nothing changed: the message may be a redelivery
    whose first state never reached the changelog. None removes the user."""
    records: Sequence[Record] = ()
    """To be sent before the state is stored and the events are acknowledged, so they may be sent twice."""
    row: object | None = None
    """Given to `publish` once the state is durable."""
    refused: Sequence[tuple[Envelope, str]] = ()
    """Events for the dead letters, with the reason."""
    fates: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """The number of events by (topic, fate), for the metrics."""


class PartitionStates(Protocol):
    """The states of one partition, as they are at each call."""

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Every user with their state."""
        ...

    def since(self, offset: int) -> Collection[str]:
        """Users with a state that was written at this offset of the changelog or later; all users at 0.

        Blocks: to be called in a thread. Raises `Unavailable` where Kafka is down.
        """
        ...


class Processor(Protocol):
    """Decides the next state of users. Called by one task, never concurrently."""

    def restore(self, partition: int, states: PartitionStates) -> None:
        """The partition was assigned to us, with these states: drop what was kept for it, and set its timers again.

        `states` can be iterated many times until the partition is released, and shows the states of that time."""
        ...

    def release(self, partition: int) -> None:
        """The partition was revoked: drop what was kept for it."""
        ...

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Users on whom `advance` must be called without an event, because the watermark has reached `watermark_ms`.
        Must be cheap: it is called after every batch and every tick."""
        ...

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """The user's state after `events`, and after everything that was due up to `watermark_ms`.

        `events` are valid events of this user in the order of arrival, redelivered and duplicate ones included: the
        state recognises them (`Deduplicator.admit` in `profiles`, `join.apply` in `outcomes`). Every message of the
        partition first appended (LogAppendTime) by `watermark_ms`, be it in another partition, was in an earlier call;
        0 where that is not known yet. The result depends on the arguments only. An exception ends the process before
        any of the events is acknowledged.
        """
        ...

    def publish(self, rows: Sequence[object]) -> None:
        """Writes the rows of a batch to the outside store; a row replaces the user's earlier one. In a thread; may
        block. Raises `Unavailable`: the worker then waits, with the part named, and calls again with the same rows."""
        ...

    def check_store(self) -> None:
        """Checks the outside store; called every few seconds, also without events. Called in a thread; may block.
        Raises nothing: a store that is down is checked at the next call."""
        ...
