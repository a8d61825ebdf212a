"""Stage 6: impressions, clicks and orders become outcomes; which ones depends on what was read, never on the order.

The disputed rules stand alone: `attribution.py` (does this click count for that impression), `naming.py` (which
impression does a token name), `token_rules.py` (does this token count at all), `bots.py` (whose traffic is kept out of
learning). `join.py` joins them for one shopper, `state.py` is what is remembered of one, `processor.py` translates
for the Faust worker that `topology.py` builds.
"""
