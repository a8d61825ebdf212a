"""What a text claims, and what of the product's row or of the shop's allowed claims supports it (law 10). Pure.

    text -> plain.py      without invisible characters and wide letters, with the way back to the original
         -> figures.py    prices, discounts, ratings, stock, dates, measures and counts, read by `figures.toml`
         -> meanings.py   superlatives, guarantees, green claims, ...: words by meaning, from `en.toml`, `zh.toml`, ...
         -> languages.py  lines in a language without such a table, whose claims nobody can read here
         -> check.py      each found claim against the row (`row.py`) and the allowed claims
         -> rests_on.py   what must stay so of the offer, so that a claim stays true: the ad ends with it

The texts of all languages are read with the words of all languages: Chinese ads are full of English words, and an
English row supports the same meaning in a German text. A line in another language is unmeasured: it does not pass.
What no pattern finds is not judged, so that the check is a net and no proof: `tests/unit/screening` says how tight.
"""
