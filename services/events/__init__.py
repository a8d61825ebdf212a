"""Ingests shoppers' events: the EventService gRPC server and the replay of logs.

Both, and the producer SDK (`services/sdk`), make records by `services/wire/codec/shop_events.py`: it pseudonymises the
user id first, checks the fields, and passes only events that every consumer accepts.
"""
