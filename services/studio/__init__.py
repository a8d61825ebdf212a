"""Makes the ads of all products: what `ad.products` and `ad.photos` say becomes creatives on `ad.creatives`.

`follow.py` reads the topics onto the desk (`desk.py`), which says whose ads are to be looked at. `decide.py` tells
which ads a product is to have and what becomes of those that it has; `work.py` draws what is missing and publishes it.
`vocabulary_keeper.py` publishes on `ad.vocabulary` what features need to know of all products together.

An ad's identity is its content. So nothing is kept beside the topics: after a `kill -9` the process reads them again
and makes what is missing. Two of these processes do the same work twice and harm nothing; one is meant to run.
"""
