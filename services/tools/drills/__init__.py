"""Drills: proofs by fault injection. Each is a `drill_<name>.py`, with a folder beside it for the parts of its own.

The frame: `drill.py` has the nouns, `registry.py` finds drills, `mutate_build.py` makes a build without a defence.
Shared parts: `traffic/` makes and sends messages, `own_worker.py` runs workers, `waiting.py` waits for conditions, and
`oracle/` computes the expected results and compares them with a stack's.
"""
