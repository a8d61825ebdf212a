"""From all eligible creatives to the model's input for one placement.

index.py          eligible creatives by format and products, built once per library version
live.py           excludes creatives whose product is gone, sold out or costs something else now
frequency.py      excludes creatives that a shopper had too often lately
product_index.py  finds creatives whose products match an interest
retrieve.py       selects up to 256 candidates: by match and by chance
scoring_input.py  the candidates' features, decayed to the request's time
"""
