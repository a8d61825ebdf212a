"""Kafka by kafka-python, for processes that are no Faust workers.

    producer  the `Sink` on a broker: batched, bounded, acknowledged by all replicas; client.py replaces a lost client
    reader    a topic from its beginning to where it ended when the reading began
    gaps      offsets that no reader has seen, and how many of their messages were deleted

`codecs.py` and `header_names.py` teach the client what foreign producers write and it does not read.
"""
