"""Stage 6: joins impressions, clicks, orders and renders into outcomes, which do not depend on how topics interleave.

Each disputed rule has a file of its own: `attribution.py` (does this click count for that impression), `renders.py`
(was the ad rendered in time), `naming.py` (which impression does a token name), `token_rules.py` (does this token count
at all), `invalid_hours.py` and `burst_detection.py` (which traffic is kept out of learning). `join.py` applies them to
the events of one shopper, `state.py` has the state of one shopper, and `processor.py` translates for the Faust worker
that `topology.py` builds.
"""
