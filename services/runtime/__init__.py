"""What every serving process shares: start and stop, health, HTTP port, gRPC server, load shedding and fault points."""
