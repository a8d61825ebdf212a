"""Everything that crosses Kafka: CloudEvents in binary mode, checked field by field, and the dead letters.

`encode` and `decode` are pure and inverse to each other; whatever bytes arrive, `decode` gives an `Envelope` or raises
`Rejected` with its reason, never anything else. `producer.py` sends to a broker, behind the port `Sink`;
`MemorySink` is its shipped stand-in.
"""
