"""The drill of propensities: `draw_cases.py` is what is chosen between, `drawn.py` draws by the product's path and by
wrong policies, `draw_sums.py` sums up how often choices came beside what was logged, `verdict.py` judges that, and
`plain_policy.py` shares no code with us.
"""
