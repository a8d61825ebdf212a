"""Drill `rebalance`: workers come, freeze, wake and go under load, and every event still counts once.

One worker of each room becomes three and then one again. Workers of `profiles` are frozen (SIGSTOP) in the middle of a
batch, at the two places where they are about to write: once the states are in their local store and not in the
changelog, and once before they write rows into Feast. Their partitions move, their shoppers come again and are served
by the new owners, and then they wake. What they write then must change nothing, neither in Feast nor in what the
changelog gives back when a disk is lost.
"""

from __future__ import annotations

from services.tools.drills.drill import Drill, Mutation, Outcome, Setting


def run(setting: Setting) -> Outcome:
    """See `rebalancing/moving.py`."""
    from services.tools.drills.rebalancing.moving import prove

    return prove(setting)


DRILL = Drill(
    "rebalance",
    "workers come, freeze, wake and go under load, and every event still counts once",
    run,
    (
        Mutation(
            "fence",
            "services/features/feast_fence.py",
            "            if not all(stands.values()):\n                raise NotOwner\n",
            "",
        ),
        Mutation(
            "epochs",
            "services/wire/faust/states/changelog.py",
            "        return said == self.epoch\n",
            "        return True\n",
        ),
    ),
)
