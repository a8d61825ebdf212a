"""Corrections to aiokafka that its releases lack; each file says which fault it mends."""
