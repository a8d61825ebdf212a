"""Stage 4: a gRPC server that answers a page with creatives, each with the exact probability of its choice.

`select.py` is the path of a request, top to bottom. The modules that decide are pure (`check`, `time_budget`,
`candidates/retrieve`, `ladder`, `reasons`, and all of `services.policies`). Kafka, Feast and Triton are behind ports. A
request waits for Feast and Triton only, for each within a slice of the caller's time. A dependency that is late or down
never prevents an answer (law 1).
"""
