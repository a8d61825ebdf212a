"""Stage 3: what is known about a shopper, and how it becomes the input of a model.

One feature path (law 5): the worker `profiles` maintains `profile.Profile`, Feast stores it, and `vector.build` turns
it into the model's input, for training and for serving alike. `build` decays all sums to the same `now`.

What a product means follows the shop's own vocabulary (`services/catalogue/vocabulary.py`), as it was when an event was
applied. So the integers of a profile depend on the events alone (law 4), and its decayed sums on the events and on the
catalogue: a replay gives the same sums while products and vocabulary are the same.

The upgrade from features/1 to features/2:

1. Replace all workers of `profiles` at once. Each reads the states that features/1 left (`features_1.py`), and writes
   every shopper's row anew, into the view `profile_2`. The rows of the view `profile` stay as they are.
2. Meanwhile old servers of `creative` go on with the old rows, which age, and with the old model; none reads a new row.
   A row of features/1 cannot be kept up to date beside the new one: its facts need the old catalogue's file.
3. When the log of `profiles` says that all rows are there, replace the servers and Triton's model repository together:
   a server states its version of features in each record, and a model answers only to inputs of its own shape. A
   shopper whose row is not there yet is served as a new one.
4. The old rows, about 0.8 kB a shopper, lie in the same Redis hashes as the new ones: the fields of the view `profile`.
"""
