"""Stage 3: what is known about a shopper, and how it becomes the input of a model.

One feature path (law 5): the worker `profiles` maintains `profile.Profile`, Feast stores it, and `vector.build` turns
it into the model's input, for training and for serving alike. `build` decays all sums to the same `now`.

What a product means follows the shop's own vocabulary (`services/catalogue/vocabulary.py`), as it was when an event was
applied. So the integers of a profile depend on the events alone (law 4), and its decayed sums on the events and on the
catalogue: a replay gives the same sums while products and vocabulary are the same.

Versions. features/3 added the elements of ads (`creative_columns.ELEMENTS`), features/4 adds what a text encoder says
of their headlines (`creative_columns.ENCODED_FEATURES`). Its vectors come with the creatives; one that has none yet,
or one of another encoder, has zeros and a flag that says so. Rows of shoppers, and the vocabulary, are those of
features/2, so all these versions are served beside each other while servers are replaced: they read the same rows, and
each states its version in its records. A model answers only to inputs of its own shape, so the servers of `creative`
and Triton's model repository are replaced together; between the two a server answers by its last known scores, or by
the policy's prior, and says so in `degraded` (law 1). A model of features/3 becomes one of features/4 that gives the
same scores by `python -m services.training.widen`. `adloom train ctr --log` learns from records of its own version and
of those that begin it (`vector.BEGINNINGS`), and counts the others.
"""
