"""Fuzzing of our parsers.

`target_*.py` are the parsers under test with valid inputs, `mutate*.py` break these inputs, `judge.py` watches one
input, `process.py` fuzzes one target in a process of its own, `campaign.py` runs all of them, and `findings.py` keeps
past findings.
"""
