"""Everything that crosses Kafka, in three packages. Each imports only the packages before it.

codec   bytes <-> messages: CloudEvents, validation, dead letters; pure, no client library
kafka   a producer and readers on kafka-python, and the search for messages that were deleted unread
faust   the runtime of the stateful workers: batches in, states and records out, each event counted once
"""
