"""The parts of the drill `overload`: generators of load, the servers under load, and the measurement."""
