"""Kafka's jars and Triton's folder, checked, under `.adloom/parts`."""
