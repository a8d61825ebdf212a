"""Breaks a case: one to a few changes, at the level of what its parts mean and at the level of bytes."""

from __future__ import annotations

from random import Random

from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.door import Shape, Target
from services.tools.drills.fuzzing.hostile import TEXTS, TIMES
from services.tools.drills.fuzzing.mutate_json import break_json
from services.tools.drills.fuzzing.mutate_protobuf import break_protobuf

_RARELY = 0.02  # how often a part is made long: most inputs must be quick, or few are tried


def mutated(case: Case, door: Target, chance: Random) -> Case:
    """`case` with one to four changes, no part longer than the door's largest."""
    parts = list(case)
    open_parts = [n for n in range(len(parts)) if door.shape_of(n) is not Shape.KEPT]
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        number = chance.choice(open_parts)
        parts[number] = broken(parts[number], door.shape_of(number), door, chance)[: door.largest]
        if chance.random() < 0.05:
            parts = _rearranged(parts, door, chance)
            open_parts = [n for n in range(len(parts)) if door.shape_of(n) is not Shape.KEPT]
    return tuple(parts)


def broken(part: bytes, shape: Shape, door: Target, chance: Random) -> bytes:
    """`part` with one change that fits its shape, or one at the level of bytes."""
    if chance.random() < _RARELY:
        return _grown(part, door.largest, chance)
    if shape is Shape.PROTOBUF and chance.random() < 0.75:
        return break_protobuf(part, door.words, chance)
    if shape is Shape.JSON and chance.random() < 0.8:
        return break_json(part, door.words, chance)
    if shape is Shape.JSON_LINES and chance.random() < 0.8:
        return _broken_line(part, door, chance)
    if shape is Shape.TEXT and chance.random() < 0.5:
        return _other_text(part, door, chance)
    return _bytes_changed(part, door, chance)


def _broken_line(part: bytes, door: Target, chance: Random) -> bytes:
    """JSON lines with one of them broken, doubled or taken away."""
    lines = part.split(b"\n")
    at = chance.randrange(len(lines))
    act = chance.random()
    if act < 0.8:
        lines[at] = break_json(lines[at], door.words, chance)
    elif act < 0.9:
        lines.insert(at, lines[chance.randrange(len(lines))])
    else:
        del lines[at]
    return chance.choice((b"\n", b"\n", b"\n", b"\n", b"\r\n", b"\r")).join(lines)


def _other_text(part: bytes, door: Target, chance: Random) -> bytes:
    word = chance.choice((*door.words, *TEXTS, *TIMES))
    at = chance.randint(0, len(part))
    return chance.choice((word, part + word, word + part, part[:at] + word + part[at:]))


def _bytes_changed(part: bytes, door: Target, chance: Random) -> bytes:
    """Bits flipped, bytes inserted, taken away, doubled, or put in the place of others."""
    raw = bytearray(part)
    at = chance.randint(0, len(raw))
    end = min(len(raw), at + chance.choice((1, 1, 2, 4, 16, 64)))
    act = chance.randrange(6)
    if act == 0 and at < len(raw):
        raw[at] ^= 1 << chance.randrange(8)
    elif act == 1:
        raw[at:at] = chance.choice((*TEXTS, *door.words))
    elif act == 2:
        del raw[at:end]
    elif act == 3:
        raw[at:at] = raw[at:end] * chance.choice((1, 2, 30))
    elif act == 4:
        raw[at:end] = chance.randbytes(end - at)
    else:
        del raw[at:]
    return bytes(raw)


def _grown(part: bytes, largest: int, chance: Random) -> bytes:
    """Some piece of it repeated until it is long, often as long as a caller can make it."""
    at = chance.randint(0, len(part))
    piece = part[at : at + chance.choice((1, 2, 5, 40, 400))] or b"["
    size = chance.choice((300, 5_000, 70_000, largest)) - len(part)
    return part[:at] + piece * max(size // len(piece), 0) + part[at:]


def _rearranged(parts: list[bytes], door: Target, chance: Random) -> list[bytes]:
    """Parts beyond those that the door names one by one: doubled, taken away, or in another order."""
    fixed = len(door.shapes) - 1
    free = parts[fixed:]
    if len(free) <= 1:
        return parts
    at = chance.randrange(len(free))
    act = chance.randrange(3)
    if act == 0:
        free.insert(at, chance.choice(free))
    elif act == 1:
        del free[at]
    else:
        chance.shuffle(free)
    return [*parts[:fixed], *free]
