"""Drill `exactness`: with processes killed at critical points, all results equal those of a plain oracle (law 4)."""

from __future__ import annotations

from services.tools.drills.drill import Drill, Mutation, Outcome, Setting

_DEDUPLICATOR, _STEP = "services/wire/faust/deduplicator.py", "services/wire/faust/batch.py"


def run(setting: Setting) -> Outcome:
    """Sends, kills, and compares everything."""
    from services.tools.drills.exactness.proving import prove

    return prove(setting)


DRILL = Drill(
    "exactness",
    "profiles, outcomes, dead letters and figures equal the oracle's after kills at any point; restarts need no person",
    run,
    (
        Mutation(
            "remembered-ids",
            _DEDUPLICATOR,
            "        if known_ms is not None and known_ms + _LATENESS_MS >= appended_ms:",
            "        if False:",
        ),
        Mutation(
            "records-before-states",
            _STEP,
            "        if outgoing:\n            await self._io.send(outgoing)\n            self._io.check_ours()\n"
            "        await self._store(updates)\n",
            "        await self._store(updates)\n        if outgoing:\n            await self._io.send(outgoing)\n"
            "            self._io.check_ours()\n",
        ),
        Mutation(
            "one-transaction",
            "services/evaluation/store.py",
            '        self._db.execute("BEGIN IMMEDIATE")\n        try:\n            yield\n'
            '        except BaseException:\n            self._db.execute("ROLLBACK")\n            raise\n'
            '        self._db.execute("COMMIT")\n',
            "        yield\n",
        ),
        Mutation(
            "outcomes-counted-once",
            "services/evaluation/store.py",
            "        return cursor.rowcount == 1",
            "        return True",
        ),
    ),
)
