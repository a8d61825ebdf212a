"""How decision records reach Kafka whatever happens.

journal.py     on disk before the answer goes out (frames.py is the format of the file)
outbox.py      a bounded queue and a thread that sends
in_flight.py   handed to Kafka and not yet acknowledged
resend.py      what a journal still holds goes once more, after a crash or an outage
quarantine.py  what Kafka will never take, kept for a person
"""
