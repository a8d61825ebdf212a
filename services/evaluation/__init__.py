"""Stage 7: did it help? Click rates with intervals that hold at any time, off-policy estimates, posteriors.

Everything is counted over closed attribution windows. `tally.py` is what is summed (per partition, mergeable),
`store.py` keeps it together with the offsets in one transaction; `confidence.py` and `off_policy.py` hold the
statistics; `posterior.py` and `report.py` say what is published; `loop.py` and `main.py` run it. One process writes.
"""
