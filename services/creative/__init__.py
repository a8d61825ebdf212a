"""Stage 4: a gRPC server that answers a page with creatives, each with the exact probability of its choice.

The way of a request is `select.py`, top to bottom. What decides is pure (`check`, `budget`, `candidates`, `ladder`,
`reasons`, and all of `services.policies`); what talks to Kafka, Feast and Triton stands behind a port and has a slice
of the caller's time. Whatever is late or down, there is an answer (law 1).
"""
