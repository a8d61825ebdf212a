"""Delivers decision records to Kafka at least once, also after a crash or an outage.

journal.py     records are on disk before the answer goes out (frames.py is the file format)
outbox.py      a bounded queue and a thread that sends
in_flight.py   records handed to Kafka and not yet acknowledged
resend.py      sends the records that a journal still holds, after a crash or an outage
quarantine.py  records that Kafka will never accept, kept for an operator
"""
