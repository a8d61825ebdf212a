"""From all eligible creatives to the model's input for one placement.

index.py          eligible creatives by format and products, put together once a version of the library
frequency.py      what a shopper had too often lately
retrieve.py       up to 256 of them
scoring_input.py  their features, decayed to the request's time
"""
