"""The drill of propensities: `draw_cases.py` is what is chosen between, `drawn.py` draws by the product's path and by
wrong policies, `draw_sums.py` says whether choices came as often as logged, `plain_policy.py` shares no code with us.
"""
