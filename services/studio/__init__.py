"""Makes the ads of all products: what `ad.products` and `ad.photos` say becomes creatives on `ad.creatives`.

`follow.py` reads the topics onto the desk (`desk.py`), which says whose ads are to be looked at, the best first
(`order.py`). `work.py` hands products to makers (`maker.py`), which draw, screen and store what is missing in processes
of their own, within the budget (`budget.py`), and publishes what they made. `decide.py` tells which ads a product
is to have and what becomes of those that it has, `approval.py` which ones a person looks at first, `wishes.py` what
campaigns ask for, `asked_formats.py` which formats placements ask for, `brand_file.py` which brand kit holds.
`vocabulary_keeper.py` publishes on `ad.vocabulary` what features need to know of all products together;
`text_vectors.py` gives all creatives, whoever made them, what the text encoder says of their headlines, and
`overwritten.py` sees that nobody's word is lost by that.
`photo_keeper.py` gets the photos of products, for which their first ads wait a bounded time (`held.py`).

What lacks a verdict, whoever added it, is screened with its product: without one it is not served (law 9).

An ad's identity is its content. So nothing is kept beside the topics: after a `kill -9` the process reads them again
and makes what is missing. Several of these processes share the partitions of `ad.products` (`share.py`); two with the
same work harm nothing.
"""
