"""Mutates a case: one to four changes, structural ones by the shape of a part, and changes of bytes."""

from __future__ import annotations

from random import Random

from services.tools.drills.fuzzing.case import Case
from services.tools.drills.fuzzing.hostile import TEXTS, TIMES
from services.tools.drills.fuzzing.mutate_json import break_json
from services.tools.drills.fuzzing.mutate_protobuf import break_protobuf
from services.tools.drills.fuzzing.target import Shape, Target

_RARELY = 0.02  # how often a part is made long; long inputs are slow, and fewer could be tried


def mutated(case: Case, target: Target, chance: Random) -> Case:
    """`case` with one to four changes, no part longer than the target's largest."""
    parts = list(case)
    open_parts = [n for n in range(len(parts)) if target.shape_of(n) is not Shape.KEPT]
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        number = chance.choice(open_parts)
        parts[number] = broken(parts[number], target.shape_of(number), target, chance)[: target.largest]
        if chance.random() < 0.05:
            parts = _rearranged(parts, target, chance)
            open_parts = [n for n in range(len(parts)) if target.shape_of(n) is not Shape.KEPT]
    return tuple(parts)


def broken(part: bytes, shape: Shape, target: Target, chance: Random) -> bytes:
    """`part` with one change that fits its shape, or one at the level of bytes."""
    if chance.random() < _RARELY:
        return _grown(part, target.largest, chance)
    if shape is Shape.PROTOBUF and chance.random() < 0.75:
        return break_protobuf(part, target.dictionary, chance)
    if shape is Shape.JSON and chance.random() < 0.8:
        return break_json(part, target.dictionary, chance)
    if shape is Shape.JSON_LINES and chance.random() < 0.8:
        return _broken_line(part, target, chance)
    if shape is Shape.TEXT and chance.random() < 0.5:
        return _other_text(part, target, chance)
    return _bytes_changed(part, target, chance)


def _broken_line(part: bytes, target: Target, chance: Random) -> bytes:
    """JSON lines with one of them broken, doubled or removed."""
    lines = part.split(b"\n")
    at = chance.randrange(len(lines))
    act = chance.random()
    if act < 0.8:
        lines[at] = break_json(lines[at], target.dictionary, chance)
    elif act < 0.9:
        lines.insert(at, lines[chance.randrange(len(lines))])
    else:
        del lines[at]
    return chance.choice((b"\n", b"\n", b"\n", b"\n", b"\r\n", b"\r")).join(lines)


def _other_text(part: bytes, target: Target, chance: Random) -> bytes:
    word = chance.choice((*target.dictionary, *TEXTS, *TIMES))
    at = chance.randint(0, len(part))
    return chance.choice((word, part + word, word + part, part[:at] + word + part[at:]))


def _bytes_changed(part: bytes, target: Target, chance: Random) -> bytes:
    """Bits flipped, or bytes inserted, removed, repeated or replaced."""
    raw = bytearray(part)
    at = chance.randint(0, len(raw))
    end = min(len(raw), at + chance.choice((1, 1, 2, 4, 16, 64)))
    act = chance.randrange(6)
    if act == 0 and at < len(raw):
        raw[at] ^= 1 << chance.randrange(8)
    elif act == 1:
        raw[at:at] = chance.choice((*TEXTS, *target.dictionary))
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
    """A piece of the part repeated until it is long, sometimes as long as a caller can send."""
    at = chance.randint(0, len(part))
    piece = part[at : at + chance.choice((1, 2, 5, 40, 400))] or b"["
    size = chance.choice((300, 5_000, 70_000, largest)) - len(part)
    return part[:at] + piece * max(size // len(piece), 0) + part[at:]


def _rearranged(parts: list[bytes], target: Target, chance: Random) -> list[bytes]:
    """The parts beyond the target's fixed ones doubled, removed, or in another order."""
    fixed = len(target.shapes) - 1
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
