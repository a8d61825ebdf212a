"""What is known about a shopper, and how it becomes the numbers that a model reads.

One feature path (law 5): the stream keeps `profile.Profile`, Feast carries it, and `vector.build` turns it into the
model's input, for training and for serving alike. Everything decayed is brought to the same `now` inside `build`.
"""
