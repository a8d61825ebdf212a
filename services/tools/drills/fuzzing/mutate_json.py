"""Mutates JSON by its structure: values, names, nesting, doubled fields, and the encoding of the text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from services.tools.drills.fuzzing.hostile import DEPTHS, FRAGMENTS, INTEGERS, NAMES, TEXTS, TIMES, fitting


@dataclass(frozen=True, slots=True)
class _Object:
    pairs: list[tuple[str, object]]


def break_json(text: bytes, dictionary: Sequence[bytes], chance: Random) -> bytes:
    """`text` with one value, one name or its encoding broken; to text that is no JSON a fragment is appended."""
    if chance.random() < 0.06:
        return _encoded_otherwise(text, chance)
    try:
        tree = json.loads(text, object_pairs_hook=_Object)
        return _written(tree, _Change(chance.randrange(_size(tree)), dictionary, chance), chance.random() < 0.3)
    except (ValueError, RecursionError):
        return chance.choice(FRAGMENTS) if chance.random() < 0.2 else text + chance.choice(FRAGMENTS)


class _Change:
    """The one change of a tree, made when node number `at` is written."""

    def __init__(self, at: int, dictionary: Sequence[bytes], chance: Random) -> None:
        self._left = at
        self._dictionary = dictionary
        self._chance = chance

    def due(self) -> bool:
        """Counts a node; True for the one to be changed."""
        self._left -= 1
        return self._left == -1

    def value(self, before: bytes) -> bytes:
        """A replacement of the value `before`."""
        chance = self._chance
        ways: tuple[Callable[[], bytes], ...] = (
            lambda: chance.choice(FRAGMENTS),
            lambda: chance.choice(FRAGMENTS),
            lambda: str(chance.choice(INTEGERS)).encode(),
            lambda: _quoted(chance.choice((*TEXTS, *self._dictionary))),
            lambda: _quoted(chance.choice(TIMES)),
            lambda: _nested(before, chance),
            lambda: b"[" + before + b"," + before + b"]",
            lambda: b'"' + before.strip(b'"') + b'"',
            lambda: before[1:-1] if before[:1] == b'"' else before + b"0",
        )
        return chance.choice(ways)()

    def pairs(self, pairs: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The fields of an object with one doubled, removed, added or repeated under many names."""
        chance, after = self._chance, list(pairs)
        name, value = chance.choice(after) if after else (b'"a"', b"1")
        act = chance.randrange(5)
        if act == 0:
            after.append((name, chance.choice((value, chance.choice(FRAGMENTS)))))
        elif act == 1 and after:
            after.remove((name, value))
        elif act == 2:
            after.append((b'"' + chance.choice(NAMES) + b'"', chance.choice(FRAGMENTS)))
        elif act == 3:
            after.append(
                (_quoted(chance.choice(self._dictionary)) if self._dictionary else b'"b"', chance.choice(FRAGMENTS))
            )
        else:
            after += [(f'"f{n}"'.encode(), value) for n in range(fitting(chance.choice((3, 100, 3_000)), len(value)))]
        return after


def _written(tree: object, change: _Change, spaced: bool) -> bytes:
    due = change.due()
    if isinstance(tree, _Object):
        pairs = [(json.dumps(name).encode(), _written(value, change, spaced)) for name, value in tree.pairs]
        if due:
            pairs = change.pairs(pairs)
        gap = b" \t\r\n" if spaced else b""
        return b"{" + (b"," + gap).join(name + b":" + gap + value for name, value in pairs) + b"}"
    if isinstance(tree, list):
        return b"[" + b",".join(_written(item, change, spaced) for item in tree) + b"]"
    text = json.dumps(tree).encode()
    return change.value(text) if due else text


def _size(tree: object) -> int:
    """The number of nodes of a tree."""
    if isinstance(tree, _Object):
        return 1 + sum(_size(value) for _, value in tree.pairs)
    return 1 + sum(map(_size, tree)) if isinstance(tree, list) else 1


def _nested(value: bytes, chance: Random) -> bytes:
    depth = chance.choice(DEPTHS)
    begin, end = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'{"user_id":[', b"]}")))
    return begin * depth + value + (end * depth if chance.random() < 0.8 else b"")


def _quoted(text: bytes) -> bytes:
    """As a JSON string, except that bytes which are no UTF-8 stay as they are."""
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _encoded_otherwise(text: bytes, chance: Random) -> bytes:
    plain = text.decode("utf-8", "replace")
    ways = (
        lambda: b"\xef\xbb\xbf" + text,
        lambda: plain.encode("utf-16"),
        lambda: plain.encode("utf-16-le"),
        lambda: plain.encode("utf-32-be"),
        lambda: text + chance.choice((b"\0", b" x", text, b"}", b",")),
        lambda: text[: chance.randint(0, len(text))],
        lambda: b" " * chance.choice((10, 100_000)) + text,
        lambda: text.replace(b'"', b"'"),
    )
    return chance.choice(ways)()
