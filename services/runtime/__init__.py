"""What surrounds any process: start and end, health, the HTTP port, the gRPC shell, load shedding and fault points."""
