"""Kafka through kafka-python, for processes that are not Faust workers.

    producer  the `Sink` on a broker: batched, bounded, acknowledged by all replicas; client.py replaces a broken client
    reader    reads a topic from its beginning to the end that it had when the reading began
    gaps      finds offsets that a reader has not seen, and counts messages that were deleted unread

`codecs.py` and `header_names.py` let the client read what foreign producers write and it cannot read by itself.
"""
