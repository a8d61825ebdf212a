"""Bandit policies, pure: arms in, an explicit probability vector out, and a draw from exactly that vector.

Nothing here reads a clock, a network or a global random state. The vector comes first and is logged whole; the choice
is drawn from it by a stream of its own; both streams derive from one seed, so a record of the decision gives it again
bit for bit on any machine (laws 2 and 3).
"""
