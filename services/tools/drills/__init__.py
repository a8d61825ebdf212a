"""Drills: proofs by fault. Each is a `drill_<name>.py`; what it alone is made of lies in a folder beside it.

The frame: `drill.py` has the nouns, `registry.py` finds drills, `mutate_build.py` makes a build without a defence.
What several share: `traffic.py`, `decision_records.py`, `poison.py` and `many_shoppers.py` make messages, `sending.py`
sends them; `own_worker.py` runs workers, `waiting.py` waits; `whole_log.py`, `shown_profiles.py` and `stored_states.py`
read what was said; `oracle.py` says what must follow, from the dicts of `plain.py`; `comparison.py` holds the two
against each other.
"""
