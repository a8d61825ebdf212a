"""A real Redis server from a wheel."""
