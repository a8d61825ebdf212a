"""A real Apache Kafka from Maven's jars and a Java runtime of a wheel, and the settings it runs with."""
