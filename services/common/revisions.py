"""Which names have changed since a revision: the cost of asking is that of the changes, not of all names."""

from __future__ import annotations

from collections import OrderedDict


class Revisions:
    """Counts changes and remembers the last one of each name. Whoever shares it between threads locks it.

    >>> revisions = Revisions()
    >>> for name in ("a", "b", "a"):
    ...     revisions.touch(name)
    >>> revisions.newest, revisions.since(1), revisions.since(3)
    (3, ['a', 'b'], [])
    """

    def __init__(self) -> None:
        self.newest = 0
        self._all = 0  # revision of the last change of all names
        self._of: OrderedDict[str, int] = OrderedDict()  # name -> revision of its last change, ascending

    def touch(self, name: str) -> None:
        """The name has changed."""
        self.newest += 1
        self._of[name] = self.newest
        self._of.move_to_end(name)

    def touch_all(self) -> None:
        """All names that ever changed have changed again."""
        self.newest += 1
        self._all = self.newest

    def since(self, revision: int) -> list[str]:
        """The names that have changed after `revision`, newest first."""
        if revision < self._all:
            return list(reversed(self._of))
        changed = []
        for name in reversed(self._of):
            if self._of[name] <= revision:
                break
            changed.append(name)
        return changed
