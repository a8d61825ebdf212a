"""The drill of judgement: simulated shoppers whose true click rates are known, and what evaluation says of them.

`known_rates.py` is what is true and what the served model believes; `simulated_loop.py` plays decisions, join and
counting as they run, moment by moment; `many_runs.py` and `coverage.py` repeat cheaply what intervals must hold for,
hundreds of times, and `verdict.py` judges what came of it; `truth_of_books.py` compares a report with what is true,
`interval_picture.py` draws; `running_loop.py` asks the whole stack.
"""
