"""Computes the expected results of a log of events, by plain loops that import nothing of ours (`oracle.py`).

The other files read a stack's actual results and compare them with the expected ones.
"""
