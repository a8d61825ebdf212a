"""From all creatives of the shop to the model's input for one placement.

How a change comes in, in a thread of its own, and a request reads it:

    tables of creatives, products, offers, posterior (`ports.py`)
       -> due                what has changed, and what becomes of each creative: a row, or none
       -> increments         applies it to the pools, a little at a time, and replaces `views`
       -> pool               the creatives of a format as columns that grow; rows never change (`grown.py`,
                             `growing_columns.py`), products with the rows of their creatives (`product_index.py`)
       -> pool_view          what is eligible at one moment; immutable
    request -> index         what is eligible for it: a format, or some products in it, and what a rule allows
            -> spoken        of these, those in the language of its `context.locale`; all, where none speaks it
            -> retrieve      up to 256 candidates: by match and by chance
            -> scoring_input the candidates' features, decayed to the request's time

`frequency.py` excludes creatives that a shopper had too often lately; `catalogue_version.py` names the products' state
that a decision rests on.
"""
