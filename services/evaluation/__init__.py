"""Stage 7: did it help? Click rates with intervals that hold at any time, off-policy estimates, posteriors.

All figures are over closed attribution windows. `outcome_tally.py` defines the sums (per partition, mergeable),
`store.py` stores them with the Kafka offsets in one transaction; `confidence.py`, `difference.py` and `off_policy.py`
hold the statistics; `posterior.py` and `report.py` build the published messages; `loop.py` and `main.py` run the
process. Only one process may run at a time.
"""
