"""Bytes <-> messages: CloudEvents in binary mode, checked field by field, and the dead letters. Pure.

    encode    message -> Record           headers.py (CloudEvents), json_codec.py, check_size
    decode    RawRecord -> Envelope       or `Rejected` with its reason, never anything else
    deadletter                            Rejected -> a record for `ad.deadletter`
    raw_user, hidden_person               what of it is redacted
    moved     RawRecord -> Record         for the partition of its key; its first LogAppendTime goes with it

`encode` and `decode` are inverse to each other. `ports.py` has the `Sink` that records are sent to. `MemorySink` is the
fake that ships with the package; `services/wire/kafka/producer.py` is the sink on a broker.
"""
