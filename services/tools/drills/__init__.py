"""Drills: proofs by fault. Each is a `drill_<name>.py`; what it alone is made of lies in a folder beside it.

The frame: `drill.py` has the nouns, `registry.py` finds drills, `mutate_build.py` makes a build without a defence.
What several share: `traffic/` makes and sends messages, `own_worker.py` runs workers, `waiting.py` waits, and `oracle/`
says what must follow and holds it against what a stack says.
"""
