"""The parts of the drill `propensities`.

`draw_cases.py` has the arms to choose from. `drawn.py` draws by the product's functions and by wrong policies.
`draw_sums.py` compares frequencies with logged probabilities, and `verdict.py` tests the result. `plain_policy.py` is
an independent implementation of the policies.
"""
