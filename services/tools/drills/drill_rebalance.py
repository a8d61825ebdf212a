"""Drill `rebalance`: workers start, freeze, wake and end under load, and every event still counts once.

One worker of each of `profiles` and `outcomes` becomes three and then one again. Two workers of `profiles` are frozen
(SIGSTOP) in the middle of a batch, just before a write: one when the states are in its local store and not yet in the
changelog, the other before it writes rows to Feast. Their partitions move, the new owners apply further events of the
same shoppers, and then the frozen workers wake. Their late writes must change nothing, neither in Feast nor in the
states that are restored from the changelog when a disk is lost.
"""

from __future__ import annotations

from services.tools.drills.drill import Drill, Mutation, Outcome, Setting


def run(setting: Setting) -> Outcome:
    """See `rebalancing/moving.py`."""
    from services.tools.drills.rebalancing.moving import prove

    return prove(setting)


DRILL = Drill(
    "rebalance",
    "workers start, freeze, wake and end under load, and every event still counts once",
    run,
    (
        Mutation(
            "fence",
            "services/features/feast_fence.py",
            "            if not all(valid.values()):\n                raise NotOwner\n",
            "            if not all(valid.values()):\n"  # rows alone: a changed mark would be noticed
            "                pipe.reset()\n                return super().pipeline(transaction, shard_hint)\n",
        ),
        Mutation(
            "epochs",
            "services/wire/faust/states/changelog.py",
            "        return received == self.epoch\n",
            "        return True\n",
        ),
    ),
)
