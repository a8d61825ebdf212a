"""Stage 3: what is known about a shopper, and how it becomes the input of a model.

One feature path (law 5): the worker `profiles` maintains `profile.Profile`, Feast stores it, and `vector.build` turns
it into the model's input, for training and for serving alike. `build` decays all sums to the same `now`.
"""
