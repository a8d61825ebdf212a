"""The parts of the drill `judgement`: simulated shoppers with known true click rates, and evaluation's reports on them.

`known_rates.py` has the true rates and the served model's scores. `simulated_loop.py` runs decisions, join and counting
over simulated time; `true_rates.py` compares its reports with the truth. `many_runs.py` makes hundreds of small
experiments, `coverage.py` counts how often intervals miss in them, and `verdict.py` tests the counts.
`interval_picture.py` draws intervals as text. `running_loop.py` runs the whole stack.
"""
