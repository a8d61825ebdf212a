"""What a room decides inside a Faust worker; the worker (`worker.py`) reads, writes and waits around it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from services.wire.codec.envelope import Envelope, Record


@dataclass(frozen=True, slots=True)
class StateUpdate:
    """What some events made of a user."""

    state: bytes | None
    """The user's whole new state. It is always written, even where nothing changed: the message may be a redelivery
    whose first state never reached the changelog. None removes the user."""
    records: Sequence[Record] = ()
    """To be sent once the state is safe and before the events are acknowledged, so they may be sent twice."""
    row: object | None = None
    """Handed to `publish` once the state is safe."""
    refused: Sequence[tuple[Envelope, str]] = ()
    """Events for the dead letters, with the reason."""
    fates: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(topic, what became of the event): how often; counted in the metrics."""


class States(Protocol):
    """The states of one partition, as they are whenever somebody asks."""

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Every user with their state."""
        ...

    def since(self, offset: int) -> Collection[str]:
        """Users whose state was written at this offset of the changelog or later, and is there; at 0 all.

        Blocks: to be asked in a thread. Raises `Unavailable` where Kafka is away.
        """
        ...


class Processor(Protocol):
    """Decides what becomes of users. Called by one task, never twice at the same time."""

    def restore(self, partition: int, states: States) -> None:
        """The partition has become ours, with these users and states: forget what was known of it, set timers anew.

        `states` can be gone through again and again, and is as it is then, until the partition is released."""
        ...

    def release(self, partition: int) -> None:
        """The partition has been taken away: forget it."""
        ...

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Users that want `advance` although no event of theirs came, because time has reached `watermark_ms`. Cheap:
        it is called after every batch and every tick."""
        ...

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """The user after `events`, and after everything that was to happen until `watermark_ms`.

        `events` are valid events of this user in the order of arrival; they may hold redelivered and repeated ones
        (`Deduplicator.admit` tells). Every message of the partition appended (LogAppendTime) up to `watermark_ms`
        has been given to `advance` before or is in `events`; 0 where that is not known yet. Depends on its arguments
        only; whatever it raises ends the process before any of the events is acknowledged.
        """
        ...

    def publish(self, rows: Sequence[object]) -> None:
        """Makes the rows of a batch visible outside, absolutely: the last one of a user wins. Called in a thread; may
        block. Raises `Unavailable`: the worker waits, with the part named, and calls again with the same rows."""
        ...

    def look(self) -> None:
        """Sees to what is visible outside; called every few seconds, also where nothing happens. In a thread; may
        block. Raises nothing: what is away is looked at the next time."""
        ...


class StatelessProcessor:
    """For rooms that keep nothing by partition and let nothing happen by time alone: four methods of `Processor`."""

    def restore(self, partition: int, states: States) -> None:
        """Nothing is to be restored."""

    def release(self, partition: int) -> None:
        """Nothing is to be forgotten."""

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Nobody."""
        return ()

    def look(self) -> None:
        """Nothing is looked after."""
